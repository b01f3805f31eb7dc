//! The two buffers that both sides write and read, and the frame of every packed call.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::error::{error_object, wipe_stack};
use crate::border::caller_bug;
use crate::buffer::Buffer;
use crate::error::Error;

struct Border {
    input: Vec<u8>,
    output: Buffer,
    /// The error of the last call.
    error: Option<Error>,
}

thread_local! {
    static BORDER: RefCell<Border> = const { RefCell::new(Border { input: Vec::new(), output: Buffer::new(), error: None }) };
}

/// Makes room for `bytes` bytes of input and returns its address. Memory may have moved afterwards.
#[wasm_bindgen(js_name = inputAddress)]
#[must_use]
pub fn input_address(bytes: usize) -> *const u8 {
    BORDER.with_borrow_mut(|Border { input, .. }| {
        if input.len() < bytes {
            input.resize(bytes, 0);
        }
        input.as_ptr()
    })
}

/// The address of the output of the last call.
#[wasm_bindgen(js_name = outputAddress)]
#[must_use]
pub fn output_address() -> *const u8 {
    BORDER.with_borrow(|border| border.output.as_ptr())
}

/// Runs a call. The input may contain the key, so it is always overwritten.
pub(super) fn run_call(bytes: usize, call: impl FnOnce(&[u8], &mut Buffer) -> Result<bool, Error>) -> i32 {
    BORDER.with_borrow_mut(|Border { input, output, error }| {
        output.clear();
        let called = match input.get_mut(..bytes) {
            None => Err(caller_bug()),
            Some(input) => {
                let called = call(input, output);
                // JavaScript reads the buffer afterwards, so no compiler can omit this.
                input.fill(0);
                // A failure may have used more of the stack, and need not be fast.
                if called.is_ok() {
                    wipe_stack::<2048>()
                } else {
                    wipe_stack::<16384>()
                }
                called
            }
        };
        let length = i32::try_from(output.len()).ok().and_then(|length| length.checked_mul(2));
        match called.and_then(|yes| Ok(length.ok_or_else(caller_bug)? | i32::from(yes))) {
            Ok(result) => result,
            Err(failed) => {
                *error = Some(failed);
                FAILED
            }
        }
    })
}

/// The result of a call that failed.
const FAILED: i32 = -1;

/// The error of the last call, as an object.
#[wasm_bindgen(js_name = takeError, unchecked_return_type = "WxPayErrorDetails")]
#[must_use]
pub fn take_error() -> JsValue {
    let error = BORDER.with_borrow_mut(|border| border.error.take());
    error_object(&error.unwrap_or_else(caller_bug))
}
