//! Nonces whose random bytes are fetched for many at once: the call to JavaScript takes longer than the bytes.

use zeroize::Zeroize;

use crate::error::Error;
use crate::nonce::{NONCE_LENGTH, fill_random, symbols};

/// The nonces for which random bytes are fetched in one call.
const FETCHED: usize = 64;

/// Random bytes for the next nonces.
pub struct Nonces(Vec<u8>);

impl Nonces {
    /// No bytes yet: some hosts have random numbers only while they handle a request.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The next nonce as ASCII. Its random bytes are overwritten.
    ///
    /// # Errors
    /// `ERR_INTERNAL` when the host has no random numbers.
    pub fn next(&mut self) -> Result<[u8; NONCE_LENGTH], Error> {
        let Self(random) = self;
        if random.len() < NONCE_LENGTH {
            random.resize(NONCE_LENGTH.saturating_mul(FETCHED), 0);
            fill_random(random).inspect_err(|_| random.clear())?;
        }
        let mut nonce = [0; NONCE_LENGTH];
        let rest = random.len().saturating_sub(NONCE_LENGTH);
        if let Some(last) = random.get_mut(rest..) {
            nonce.copy_from_slice(last);
            last.zeroize();
        }
        random.truncate(rest);
        Ok(symbols(&nonce))
    }
}
