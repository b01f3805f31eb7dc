//! The cryptography that APIv3 needs, as traits. A program implements them with its own crate or key store.
//!
//! The feature `aws-lc` has an implementation of each.

use zeroize::Zeroizing;

/// The error of a key store that cannot sign. Its text is shown: no key may be in it.
pub type SignerError = Box<dyn std::error::Error + Send + Sync>;

/// Signs with the private key of a merchant.
pub trait Signer {
    /// The serial of the merchant's certificate, in hexadecimal digits.
    fn serial(&self) -> &str;

    /// The signature of a text: RSASSA-PKCS1-v1_5 with SHA-256.
    ///
    /// # Errors
    /// Why the key store cannot sign now.
    fn sign(&self, text: &[u8]) -> Result<Vec<u8>, SignerError>;
}

/// What a check of a signature found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The signature is right.
    Right,
    /// The signature is wrong.
    Wrong,
    /// There is no key of this serial.
    UnknownKey,
}

/// Verifies with the keys of WeChat Pay.
pub trait Verifier {
    /// Checks RSASSA-PKCS1-v1_5 with SHA-256 by the key of this serial, in the form that [`serial`](super::serial()) returns.
    fn verify(&self, serial: &str, text: &[u8], signature: &[u8]) -> Verdict;

    /// Until when the key of this serial signs, in seconds since 1970. `None` for a key without an end. A later signature is refused.
    fn valid_until(&self, _serial: &str) -> Option<i64> {
        None
    }
}

/// Decrypts with the APIv3 keys of a merchant.
pub trait Decrypter {
    /// Opens AES-256-GCM with the first key that fits. `sealed` has the tag of 16 bytes at its end, and `nonce` has 12 bytes.
    ///
    /// `None` if the tag is wrong with every key.
    fn decrypt(&self, nonce: &[u8], associated_data: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>>;
}
