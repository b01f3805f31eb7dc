//! The merchant: ids, key and way of signing. The key is never printed and is overwritten when dropped.

use crate::error::{Error, ErrorKind};
use crate::field::Kind;
use crate::v2::key::Key;
use crate::v2::params::Params;
use crate::v2::sign::SignType;

/// The length of an APIv2 key, in characters (API密钥, set in the merchant platform).
const KEY_LENGTH: usize = 32;

/// The merchant: the data for signing requests and judging answers.
///
/// ```
/// use paysign::{Key, Merchant, SignType};
/// let key = Key::new("192006250b4c09247ec02edce69f6a2d")?;
/// let merchant = Merchant::new("wxd930ea5d5a258f4f", "10000100", key, SignType::HmacSha256)?;
/// assert!(format!("{merchant:?}").contains("[key]"));
/// # Ok::<(), paysign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Merchant {
    appid: String,
    mch_id: String,
    key: Key<'static>,
    sign_type: SignType,
    sub_appid: String,
    sub_mch_id: String,
}

impl Merchant {
    /// Takes the mini program's `appid`, the merchant number, the APIv2 key and the way of signing.
    ///
    /// # Errors
    /// `ERR_CONFIG` with the field: an id of an impossible form, or a key that does not have 32 characters.
    pub fn new(appid: &str, mch_id: &str, key: Key<'static>, sign_type: SignType) -> Result<Self, Error> {
        if appid.is_empty() {
            return Err(Error::of_field(ErrorKind::Config, "appid", "is missing"));
        }
        if let Some(fault) = Kind::Identifier.fault(appid) {
            return Err(Error::of_field(ErrorKind::Config, "appid", fault));
        }
        check_number("mch_id", mch_id)?;
        let length = key.as_bytes().len();
        if length != KEY_LENGTH {
            let fault = format!(
                "the APIv2 key has 32 characters, this one has {length}; copy it again from the merchant platform"
            );
            return Err(Error::of_field(ErrorKind::Config, "key", fault));
        }
        Ok(Self {
            appid: appid.to_owned(),
            mch_id: mch_id.to_owned(),
            key,
            sign_type,
            sub_appid: String::new(),
            sub_mch_id: String::new(),
        })
    }

    /// Acts for a sub-merchant (服务商模式). The key stays the provider's; `sub_appid` may be empty.
    ///
    /// # Errors
    /// `ERR_CONFIG` with the field.
    pub fn for_sub_merchant(mut self, sub_appid: &str, sub_mch_id: &str) -> Result<Self, Error> {
        if !sub_appid.is_empty()
            && let Some(fault) = Kind::Identifier.fault(sub_appid)
        {
            return Err(Error::of_field(ErrorKind::Config, "sub_appid", fault));
        }
        check_number("sub_mch_id", sub_mch_id)?;
        (self.sub_appid, self.sub_mch_id) = (sub_appid.to_owned(), sub_mch_id.to_owned());
        Ok(self)
    }

    /// The sub-merchant's app id and number. Each is empty if there is none.
    #[must_use]
    pub fn sub_merchant(&self) -> (&str, &str) {
        (&self.sub_appid, &self.sub_mch_id)
    }

    /// The app in which the payer pays: the sub-merchant's app if the order names it.
    #[must_use]
    pub fn paying_app(&self) -> &str {
        if self.sub_appid.is_empty() { &self.appid } else { &self.sub_appid }
    }

    /// The mini program's id.
    #[must_use]
    pub fn appid(&self) -> &str {
        &self.appid
    }

    /// The merchant number.
    #[must_use]
    pub fn mch_id(&self) -> &str {
        &self.mch_id
    }

    /// The sign type of requests, and the required sign type of answers and notices.
    #[must_use]
    pub const fn sign_type(&self) -> SignType {
        self.sign_type
    }

    /// The APIv2 key, for the [second signature](crate::request_payment). It cannot be printed.
    #[must_use]
    pub const fn key(&self) -> &Key<'static> {
        &self.key
    }

    /// The sign type as a list of one.
    pub(crate) const fn sign_types(&self) -> &[SignType] {
        std::slice::from_ref(&self.sign_type)
    }
}

/// Whether a message names another merchant or app. A sub-merchant's ids are optional: an absent one contradicts nothing.
pub(crate) fn contradicts(fields: &Params<'_>, name: &str, own: &str) -> bool {
    let said = fields.text(name);
    said != own && !(said.is_empty() && name.starts_with("sub_"))
}

fn check_number(field: &str, number: &str) -> Result<(), Error> {
    if (1..=32).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        let fault = if number.is_empty() { "is missing" } else { "must be the merchant number, 1 to 32 digits" };
        Err(Error::of_field(ErrorKind::Config, field, fault))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_configuration_is_named_before_anything_is_sent() {
        let new = |appid: &str, mch_id: &str, key: &str| {
            let error = Key::new(key).and_then(|key| Merchant::new(appid, mch_id, key, SignType::Md5)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(!error.message().contains("1920062"), "{error}");
            error.field().unwrap().to_owned()
        };
        let key = "192006250b4c09247ec02edce69f6a2d";
        assert_eq!(new("", "10000100", key), "appid");
        assert_eq!(new("wx 1", "10000100", key), "appid");
        assert_eq!(new("wx1", "1000010O", key), "mch_id");
        assert_eq!(new("wx1", "10000100", "192006250b4c09247ec02edce69f6a2"), "key");
    }
}
