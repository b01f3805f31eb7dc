//! The APIs: one file each under `api/`, one line each here.

mod declaration;
mod exchange;

use declaration::apis;

pub use declaration::{Declaration, Documentation, Echo, Field, Rule};
pub use exchange::{Request, complete, prepare};

apis! {
    unified_order::UnifiedOrder,
    order_query::OrderQuery,
    close_order::CloseOrder,
}

/// The declaration of the API of this name, for example `unifiedOrder`.
#[must_use]
pub fn api(name: &str) -> Option<&'static Declaration> {
    ALL.iter().copied().find(|api| api.name == name)
}
