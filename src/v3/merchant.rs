//! A merchant of APIv3: the ids that requests name and that answers and notices must be about.

use crate::error::{Error, ErrorKind};
use crate::field::Kind;

/// The ids of a merchant. Its private key stays with the caller.
#[derive(Clone, Debug)]
pub struct Merchant {
    appid: String,
    mchid: String,
    sub_mchid: Option<String>,
    sub_appid: Option<String>,
}

impl Merchant {
    /// The names of the merchant's own ids: of a direct merchant, a service provider (`sp_`) and of combined orders.
    pub(crate) const OWN_IDS: [&str; 6] = ["appid", "mchid", "sp_appid", "sp_mchid", "combine_appid", "combine_mchid"];

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
        if let Some(fault) = merchant_number_fault(mchid) {
            return config("mchid", fault);
        }
        Ok(Self { appid: appid.to_owned(), mchid: mchid.to_owned(), sub_mchid: None, sub_appid: None })
    }

    /// The same merchant as a service provider (服务商) that acts for a sub-merchant. `sub_appid` is the sub-merchant's mini program,
    /// if orders name it.
    ///
    /// # Errors
    /// `ERR_CONFIG` with the field: an id of an impossible form, or the provider's own number.
    pub fn with_sub(mut self, sub_mchid: &str, sub_appid: Option<&str>) -> Result<Self, Error> {
        self.set_sub("sub_mchid", sub_mchid, ErrorKind::Config)?;
        if let Some(sub_appid) = sub_appid {
            self.set_sub("sub_appid", sub_appid, ErrorKind::Config)?;
        }
        Ok(self)
    }

    /// Takes the id of a sub-merchant under its name. `kind` is the kind of the error.
    pub(crate) fn set_sub(&mut self, name: &str, id: &str, kind: ErrorKind) -> Result<(), Error> {
        let fault = match name {
            "sub_appid" => Kind::Identifier.fault(id),
            _ if id == self.mchid => {
                Some("is the service provider's own number; pass the number of the sub-merchant".to_owned())
            }
            _ => merchant_number_fault(id),
        };
        if let Some(fault) = fault {
            return Err(Error::of_field(kind, name, fault));
        }
        let place = if name == "sub_appid" { &mut self.sub_appid } else { &mut self.sub_mchid };
        *place = Some(id.to_owned());
        Ok(())
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

    /// The sub-merchant's number, if a service provider acts for one.
    #[must_use]
    pub fn sub_mchid(&self) -> Option<&str> {
        self.sub_mchid.as_deref()
    }

    /// The sub-merchant's mini program, if orders name it.
    #[must_use]
    pub fn sub_appid(&self) -> Option<&str> {
        self.sub_appid.as_deref()
    }

    /// Whether this is the name of an id.
    pub(crate) fn is_id(name: &str) -> bool {
        Self::OWN_IDS.contains(&name) || matches!(name, "sub_mchid" | "sub_appid")
    }

    /// The id that requests carry under this name.
    pub(crate) fn id(&self, name: &str) -> Option<&str> {
        match name {
            "appid" | "sp_appid" | "combine_appid" => Some(&self.appid),
            "mchid" | "sp_mchid" | "combine_mchid" => Some(&self.mchid),
            "sub_mchid" => self.sub_mchid(),
            "sub_appid" => self.sub_appid(),
            _ => None,
        }
    }
}

/// The fault of a merchant number, if any.
pub(crate) fn merchant_number_fault(text: &str) -> Option<String> {
    let is_number = (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then(|| "must be the merchant number, 1 to 32 digits".to_owned())
}
