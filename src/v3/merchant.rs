//! A merchant of APIv3: the ids that requests name and that answers and notices must be about.

use crate::error::{Error, ErrorKind};
use crate::field::Kind;

/// The ids of a merchant. Its private key stays with the caller.
#[derive(Clone, Debug)]
pub struct Merchant {
    appid: String,
    mchid: String,
}

impl Merchant {
    /// Takes the mini program's `appid` and the merchant number.
    ///
    /// # Errors
    /// `ERR_CONFIG` with the field: an id that is missing or of an impossible form.
    pub fn new(appid: &str, mchid: &str) -> Result<Self, Error> {
        let config = |field: &str, fault: String| Err(Error::of_field(ErrorKind::Config, field, fault));
        if appid.is_empty() {
            return config("appid", "is missing".to_owned());
        }
        if let Some(fault) = Kind::Identifier.fault(appid) {
            return config("appid", fault);
        }
        if mchid.is_empty() {
            return config("mchid", "is missing".to_owned());
        }
        if mchid.len() > 32 || !mchid.bytes().all(|byte| byte.is_ascii_digit()) {
            return config("mchid", "must be the merchant number, 1 to 32 digits".to_owned());
        }
        Ok(Self { appid: appid.to_owned(), mchid: mchid.to_owned() })
    }

    /// The mini program's id.
    #[must_use]
    pub fn appid(&self) -> &str {
        &self.appid
    }

    /// The merchant number.
    #[must_use]
    pub fn mchid(&self) -> &str {
        &self.mchid
    }

    /// The id that requests carry under this name.
    pub(crate) fn id(&self, name: &str) -> Option<&str> {
        match name {
            "appid" => Some(&self.appid),
            "mchid" => Some(&self.mchid),
            _ => None,
        }
    }
}
