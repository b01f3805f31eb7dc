//! The APIs of APIv3: one file each under `api/`, one line each here.

mod body;
mod call;
mod check;
mod declaration;
mod exchange;
mod form;
mod objects;
mod time;

use declaration::apis;

pub use body::check_body;
pub use call::Call;
pub use declaration::{Declaration, Documentation, Effect};
pub use exchange::{Answer, Request, complete, prepare};
pub use form::{Field, Form, Member, Shape, Shaped};
pub use objects::*;

apis! {
    jsapi_order,
    order_query,
    close_order,
    refund,
    refund_query,
}

/// The declaration of the API of this name, for example `jsapiOrder`.
#[must_use]
pub fn api(name: &str) -> Option<&'static Declaration> {
    ALL.iter().copied().find(|api| api.name == name)
}
