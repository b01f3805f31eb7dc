//! The hash of a bill, which the signed answer names.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

use crate::error::{Error, ErrorKind};

/// Compares an unpacked bill with `hash_type` and `hash_value` of the answer. WeChat does not sign the file itself.
///
/// A file of `download_bill_list` is decrypted first: `ApiV3Keys::new(&[&key])?.decrypt(nonce, b"", file)`, where the key is `encrypt_key`
/// as [`MerchantKey::decrypt`](super::MerchantKey::decrypt) returns it.
///
/// # Errors
/// `ERR_MISMATCH` of `hash_type` for another one than `SHA1`, `ERR_BILL` for another hash.
pub fn check_bill_hash(hash_type: &str, hash_value: &str, bill: &[u8]) -> Result<(), Error> {
    if hash_type != "SHA1" {
        return Err(Error::mismatch("hash_type", "is not SHA1, which alone is supported; report this"));
    }
    if hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, bill)).eq_ignore_ascii_case(hash_value) {
        return Ok(());
    }
    let fault = "the bill has another hash than WeChat signed; download it again, and unpack a file of GZIP first";
    Err(Error::new(ErrorKind::Bill, fault))
}
