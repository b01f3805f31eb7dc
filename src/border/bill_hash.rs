//! SHA-1 of a bill, whose state is text between two blocks.

use sha1::digest::common::hazmat::SerializableState;
use sha1::{Digest, Sha1};

use crate::error::{Error, ErrorKind};

/// Adds bytes to a hash. Returns the next state, and with `last` the hash in hexadecimal digits.
pub(crate) fn hash_part(state: &str, bytes: &[u8], last: bool) -> Result<String, Error> {
    let foreign = || Error::new(ErrorKind::Internal, "the state of the hash is not one of this module");
    let mut hash = BillHash::restore(state).ok_or_else(foreign)?;
    hash.update(bytes);
    Ok(if last { hash.digest() } else { hash.save() })
}

/// A hash that is being made.
pub(crate) struct BillHash(Sha1);

impl BillHash {
    /// The hash that [`save`](Self::save) saved. The empty text is the state of a new one.
    pub(crate) fn restore(state: &str) -> Option<Self> {
        if state.is_empty() {
            return Some(Self(Sha1::new()));
        }
        let bytes = hex::decode(state).ok()?;
        Sha1::deserialize(bytes.as_slice().try_into().ok()?).ok().map(Self)
    }

    /// Adds bytes.
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The state as text.
    pub(crate) fn save(&self) -> String {
        hex::encode(self.0.serialize())
    }

    /// The hash in hexadecimal digits.
    pub(crate) fn digest(self) -> String {
        hex::encode(self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_in_pieces_of_any_size_is_that_of_the_whole() {
        let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
        let whole = hex::encode(Sha1::digest(&text));
        for size in [1, 63, 64, 65, 999, 1000] {
            let mut state = String::new();
            for piece in text.chunks(size) {
                state = hash_part(&state, piece, false).unwrap();
            }
            assert_eq!(hash_part(&state, b"", true).unwrap(), whole, "{size}");
        }
    }

    #[test]
    fn the_hash_of_abc_is_that_of_fips_180() {
        let mut hash = BillHash::restore("").unwrap();
        hash.update(b"abc");
        assert_eq!(hash.digest(), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn a_state_of_another_form_is_none() {
        for state in ["x", "00", "a9993e364706816aba3e25717850c26c9cd0d89d"] {
            assert!(BillHash::restore(state).is_none(), "{state}");
        }
    }
}
