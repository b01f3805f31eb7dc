//! The two buffers that both sides write and read, and what is done around every call.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use crate::border::caller_bug;
use crate::border::json::Object;
use crate::buffer::Buffer;
use crate::error::Error;

struct Border {
    input: Vec<u8>,
    output: Buffer,
}

thread_local! {
    static BORDER: RefCell<Border> = const { RefCell::new(Border { input: Vec::new(), output: Buffer::new() }) };
}

/// Makes room for so many bytes of input and tells where it is. Memory may have moved afterwards.
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

/// Where the output of the last call stands.
#[wasm_bindgen(js_name = outputAddress)]
#[must_use]
pub fn output_address() -> *const u8 {
    BORDER.with_borrow(|border| border.output.as_ptr())
}

/// Runs a call. The input may hold the key, so it is overwritten whatever happens.
pub(super) fn run_call(bytes: usize, call: impl FnOnce(&[u8], &mut Buffer) -> Result<bool, Error>) -> i32 {
    BORDER.with_borrow_mut(|Border { input, output }| {
        output.clear();
        let called = match input.get_mut(..bytes) {
            None => Err(caller_bug()),
            Some(input) => {
                let called = call(input, output);
                // The buffer lives on where JavaScript reads, so no compiler can leave this out.
                input.fill(0);
                // What fails has gone other ways, some of them further down, and need not be fast.
                if called.is_ok() {
                    wipe_stack::<2048>()
                } else {
                    wipe_stack::<16384>()
                }
                called
            }
        };
        match (called, i32::try_from(output.len()).ok().and_then(|length| length.checked_mul(2))) {
            (Ok(yes), Some(length)) => length | i32::from(yes),
            (Ok(_), None) => tell(&caller_bug(), output),
            (Err(error), _) => tell(&error, output),
        }
    })
}

/// Overwrites what the calls before left on the stack: the hashers move their state, and with it the end of the signed text.
#[inline(never)]
fn wipe_stack<const BYTES: usize>() {
    std::hint::black_box(&mut [0_u8; BYTES]);
}

/// Writes an error as a plain object in place of the output.
#[cold]
#[inline(never)]
fn tell(error: &Error, output: &mut Buffer) -> i32 {
    output.clear();
    let mut object = Object::new(output);
    let said = [
        ("code", Some(error.kind().code())),
        ("outcome", Some(error.outcome().as_str())),
        ("message", Some(error.message())),
        ("field", error.field()),
        ("return_msg", error.return_msg()),
        ("err_code", error.err_code()),
        ("err_code_des", error.err_code_des()),
    ];
    for (name, text) in said {
        if let Some(text) = text {
            object.text(name, text);
        }
    }
    if let Some(position) = error.position() {
        object.number("position", position as u64);
    }
    object.end();
    i32::try_from(output.len()).unwrap_or(i32::MAX).saturating_neg()
}
