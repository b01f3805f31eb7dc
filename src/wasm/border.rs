//! The buffers that both sides write and read, and what is done around every packed call.

use std::cell::RefCell;

use zeroize::Zeroize;

use super::fields::Given;
use crate::error::{Error, ErrorKind};
use crate::joined::Joined;
use crate::nonce::{NONCE_LENGTH, symbols};
use crate::packed::Scratch;

/// How many nonces' worth of random bytes are asked for at a time: the crossing costs more than the bytes.
const POOL_NONCES: usize = 64;

/// All buffers. Nothing of a message stays in them but the names of the fields that were given last.
pub(super) struct Border {
    input: Vec<u8>,
    pub(super) output: Joined,
    pub(super) fields: Given,
    pub(super) error: Option<Error>,
    work: Joined,
    values: Scratch,
    random: Vec<u8>,
}

/// What a packed call may use besides its input.
pub(super) struct Rooms<'a> {
    /// What the other side reads.
    pub(super) output: &'a mut Joined,
    /// The numbers that tell of fields.
    pub(super) fields: &'a mut Given,
    /// Where a text is put together that nobody reads.
    pub(super) work: &'a mut Joined,
    /// Where the values of the input become UTF-8.
    pub(super) values: &'a mut Scratch,
}

thread_local! {
    static BORDER: RefCell<Border> = const {
        RefCell::new(Border {
            input: Vec::new(),
            output: Joined::new(),
            fields: Given::new(),
            error: None,
            work: Joined::new(),
            values: Scratch::new(),
            random: Vec::new(),
        })
    };
}

impl Border {
    /// Makes room for so many bytes of input and tells where it is.
    pub(super) fn input_room(&mut self, bytes: usize) -> *const u8 {
        if self.input.len() < bytes {
            self.input.resize(bytes, 0);
        }
        self.input.as_ptr()
    }
}

/// Does something with the buffers.
pub(super) fn with_border<T>(run: impl FnOnce(&mut Border) -> T) -> T {
    BORDER.with_borrow_mut(run)
}

/// Runs a packed call. The input may hold the key, so it is overwritten whatever happens.
pub(super) fn packed(bytes: usize, call: impl FnOnce(&[u8], &mut Rooms<'_>) -> Result<bool, Error>) -> i32 {
    with_border(|border| {
        let Border { input, output, fields, error, work, values, .. } = border;
        output.clear();
        let called = match input.get_mut(..bytes) {
            None => Err(misused()),
            Some(input) => {
                let called = call(input, &mut Rooms { output, fields, work, values });
                // The buffer lives on where JavaScript reads, so no compiler can leave this out.
                input.fill(0);
                wipe_stack();
                called
            }
        };
        let length = i32::try_from(output.len()).ok().and_then(|length| length.checked_mul(2));
        match (called, length) {
            (Ok(yes), Some(length)) => length | i32::from(yes),
            (Ok(_), None) => {
                *error = Some(misused());
                -1
            }
            (Err(fault), _) => {
                *error = Some(fault);
                -1
            }
        }
    })
}

/// Overwrites what the calls before left on the stack: the hashers move their state, and with it the end of the signed text.
#[inline(never)]
pub(super) fn wipe_stack() {
    std::hint::black_box(&mut [0_u8; 2048]);
}

/// The next nonce, from random bytes that are asked for in advance and overwritten when used.
pub(super) fn fresh_nonce() -> Result<[u8; NONCE_LENGTH], Error> {
    with_border(|Border { random, .. }| {
        if random.len() < NONCE_LENGTH {
            random.resize(NONCE_LENGTH.saturating_mul(POOL_NONCES), 0);
            if getrandom::fill(random).is_err() {
                random.clear();
                return Err(Error::new(ErrorKind::Internal, "the host gives no random numbers"));
            }
        }
        let mut nonce = [0; NONCE_LENGTH];
        let rest = random.len().saturating_sub(NONCE_LENGTH);
        if let Some(last) = random.get_mut(rest..) {
            nonce.copy_from_slice(last);
            last.zeroize();
        }
        random.truncate(rest);
        Ok(symbols(&nonce))
    })
}

/// A call that js/src/core.ts does not make.
pub(super) fn misused() -> Error {
    Error::new(ErrorKind::Internal, "the module was called in a way that it does not know")
}
