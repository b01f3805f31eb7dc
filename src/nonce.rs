//! Random nonces (`nonce_str`, `nonceStr`).

use crate::error::{Error, ErrorKind};

/// 32 symbols, so that five bits of each random byte choose one without any bias; no look-alikes.
const SYMBOLS: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The length of a nonce, in characters: the most that the manual allows (chapter 4_3).
pub const NONCE_LENGTH: usize = 32;

/// A fresh nonce from the host's random numbers: 32 characters, 160 random bits.
///
/// # Errors
/// `ERR_INTERNAL` when the host has no random numbers.
pub fn nonce() -> Result<String, Error> {
    let mut random = [0; NONCE_LENGTH];
    fill_random(&mut random)?;
    Ok(nonce_from(&random))
}

/// Random bytes from the host.
pub(crate) fn fill_random(random: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(random)
        .map_err(|_| Error::new(ErrorKind::Internal, "the host has no random numbers; check crypto.getRandomValues"))
}

/// The nonce that these random bytes make.
#[must_use]
pub fn nonce_from(random: &[u8; NONCE_LENGTH]) -> String {
    symbols(random).map(char::from).iter().collect()
}

/// The nonce as bytes of ASCII.
pub(crate) fn symbols(random: &[u8; NONCE_LENGTH]) -> [u8; NONCE_LENGTH] {
    random.map(|byte| SYMBOLS.get(usize::from(byte & 31)).copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_has_32_letters_and_digits_and_does_not_repeat() -> Result<(), Error> {
        let (one, other) = (nonce()?, nonce()?);
        assert_eq!(one.len(), NONCE_LENGTH);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{one}");
        assert_ne!(one, other);
        Ok(())
    }

    #[test]
    fn every_symbol_is_equally_likely() {
        let mut count = [0; 128];
        for first in 0..=255_u8 {
            let text = nonce_from(&[first; NONCE_LENGTH]);
            count[usize::from(text.as_bytes()[0])] += 1;
        }
        assert!(SYMBOLS.iter().all(|symbol| count[usize::from(*symbol)] == 8));
    }
}
