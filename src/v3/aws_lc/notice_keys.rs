//! The APIv3 keys of a merchant, which decrypt notices and platform certificates.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind};
use crate::v3::crypto::Decrypter;

/// The bytes of an APIv3 key.
const KEY_BYTES: usize = 32;

/// The APIv3 keys (APIv3密钥) of a merchant: while the key is being changed, the new one and the old one.
pub struct ApiV3Keys(Vec<LessSafeKey>);

impl ApiV3Keys {
    /// Takes the keys. The first one that fits is used.
    ///
    /// # Errors
    /// `ERR_CONFIG` of `apiV3Key`: no key, or one that has not exactly 32 bytes.
    pub fn new(keys: &[&str]) -> Result<Self, Error> {
        let wrong = |fault: String| Error::of_field(ErrorKind::Config, "apiV3Key", fault);
        if keys.is_empty() {
            return Err(wrong("is missing; pass the APIv3 key (APIv3密钥) of the merchant platform".to_owned()));
        }
        let keys = keys.iter().map(|key| {
            if key.len() != KEY_BYTES {
                return Err(wrong(format!(
                    "has {} bytes; the APIv3 key has {KEY_BYTES}. Copy it again from the merchant platform",
                    key.len()
                )));
            }
            UnboundKey::new(&AES_256_GCM, key.as_bytes())
                .map(LessSafeKey::new)
                .map_err(|_| Error::new(ErrorKind::Internal, "AES-256-GCM does not take the key; report this"))
        });
        Ok(Self(keys.collect::<Result<_, _>>()?))
    }
}

impl Decrypter for ApiV3Keys {
    fn decrypt(&self, nonce: &[u8], associated_data: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.0.iter().find_map(|key| {
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut text = Zeroizing::new(sealed.to_vec());
            let length = key.open_in_place(nonce, Aad::from(associated_data), &mut text).ok()?.len();
            text.truncate(length);
            Some(text)
        })
    }
}

/// Shows how many there are.
impl fmt::Debug for ApiV3Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|_| "[key]")).finish()
    }
}
