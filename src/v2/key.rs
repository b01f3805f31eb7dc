//! The merchant's key: never printed, overwritten when dropped.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};

/// The block of HMAC-SHA256. A longer key would have to be hashed first, and no key of WeChat is longer.
pub(crate) const LONGEST: usize = 64;

/// The APIv2 key (API密钥) of the merchant platform. It is neither the AppSecret nor the APIv3 key.
#[derive(Clone)]
pub struct Key<'a>(Text<'a>);

/// No key: no constructor makes it. It marks a value that is not set.
pub(crate) static NO_KEY: Key<'static> = Key(Text::Borrowed(""));

#[derive(Clone)]
enum Text<'a> {
    Owned(Zeroizing<String>),
    Borrowed(&'a str),
}

impl Key<'static> {
    /// Keeps a copy of the key, which is overwritten when dropped.
    ///
    /// # Errors
    /// As [`Key::borrowed`].
    pub fn new(text: &str) -> Result<Self, Error> {
        Key::borrowed(text)?;
        Ok(Self(Text::Owned(Zeroizing::new(text.to_owned()))))
    }
}

impl<'a> Key<'a> {
    /// Checks a key without copying it. The owner of the memory wipes it.
    ///
    /// # Errors
    /// `ERR_CONFIG` when it is empty, longer than 64 bytes, or contains white space or a control character. Pasting adds those.
    pub fn borrowed(text: &'a str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::of_field(ErrorKind::Config, "key", "the merchant key is empty"));
        }
        if text.len() > LONGEST {
            return Err(Error::of_field(
                ErrorKind::Config,
                "key",
                "the merchant key is longer than 64 bytes; it has 32",
            ));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::of_field(
                ErrorKind::Config,
                "key",
                "the merchant key has white space or a character other than ASCII; copy it again from the merchant platform",
            ));
        }
        Ok(Self(Text::Borrowed(text)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Text::Owned(text) => text.as_bytes(),
            Text::Borrowed(text) => text.as_bytes(),
        }
    }
}

impl fmt::Debug for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_printed() -> Result<(), Error> {
        assert_eq!(format!("{:?}", Key::new("192006250b4c09247ec02edce69f6a2d")?), "[key]");
        Ok(())
    }

    #[test]
    fn a_pasted_blank_is_found() {
        for text in ["", "密钥", " 192006250b4c09247ec02edce69f6a2d", "192006250b4c09247ec02edce69f6a2d\n"] {
            let error = Key::new(text).map(|_| ()).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some("key")));
            assert!(!error.message().contains("1920"));
        }
    }
}
