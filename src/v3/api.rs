//! The APIs of APIv3: one file each under `api/`, one line each here.

mod answer;
mod body;
mod call;
mod check;
mod combined_order;
mod declaration;
mod exchange;
mod form;
mod names;
mod objects;
mod order;
mod path;
mod request;
mod sealing;
mod time;
mod words;

use declaration::apis;

pub use answer::{Answer, complete};
pub use body::check_body;
pub use call::Call;
pub use check::SECRET_BYTES;
pub use declaration::{Declaration, Documentation, Effect, Needs, Reads, Requirement, Side};
pub use exchange::prepare;
pub use form::{Field, Form, Member, Needed, Shape, Shaped};
pub use objects::*;
pub use request::Request;
pub use sealing::{SECRET_MARK, secret_places};

apis! {
    jsapi_order,
    app_order,
    h5_order,
    native_order,
    order_query,
    close_order,
    codepay,
    reverse,
    refund,
    refund_query,
    abnormal_refund,
    trade_bill,
    fund_flow_bill,
    sub_merchant_fund_flow_bill,
    certificates,
    combined_jsapi_order,
    combined_app_order,
    combined_h5_order,
    combined_native_order,
    combined_order_query,
    close_combined_order,
}

/// The declaration of the API of this name, for example `jsapiOrder`.
#[must_use]
pub fn api(name: &str) -> Option<&'static Declaration> {
    ALL.iter().copied().find(|api| api.name == name)
}
