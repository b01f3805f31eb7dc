//! The exports of the module `bills.wasm`: bills of both API generations, and comments.

use wasm_bindgen::prelude::*;

use super::error::run;
use super::object::object;
use crate::border::bill_blocks::{read_block, read_comments};
use crate::border::bill_hash::hash_part;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** What one block of a bill held. `rows` are packed (src/border/bill_parts.rs). */
export interface BlockData {
  /** The bytes of the whole lines that were read. */
  consumed: number;
  /** The names of the columns, after the header was read. */
  columns: string[];
  rows: Uint8Array;
  /** For the next block. */
  state: string;
  /** The state of the hash for the next block, and after the last one the hash. Null where none is made. */
  hash: string | null;
  /** After the last block. */
  end: {
    summary: [name: string, value: string][];
    differences: { name: string; stated: string; counted: string | null }[];
    uncompared: string[];
  } | null;
}

/** Comments as packed rows of `time`, `transaction_id`, `stars` and `comment`, and the offset of the next call. */
export interface CommentsData {
  rows: Uint8Array;
  offset: number;
}";

/// Reads a block of a bill. `state` is empty at first, and `hash` too; without it no hash is made.
///
/// # Errors
/// `ERR_BILL`.
#[wasm_bindgen(js_name = readBill, unchecked_return_type = "BlockData")]
pub fn read_bill(state: &str, hash: Option<String>, block: &[u8], last: bool) -> Result<JsValue, JsValue> {
    run(|| object(&read_block(state, hash.as_deref(), block, last)?))
}

/// Adds bytes to a SHA-1; `state` is empty at first. Returns the next state, and with `last` the hash in hexadecimal digits.
///
/// # Errors
/// `ERR_INTERNAL` for a state that was not made here.
#[wasm_bindgen(js_name = hashBill)]
pub fn hash_bill(state: &str, bytes: &[u8], last: bool) -> Result<String, JsValue> {
    run(|| hash_part(state, bytes, last))
}

/// Reads an answer of comments.
///
/// # Errors
/// `ERR_BILL`.
#[wasm_bindgen(js_name = readComments, unchecked_return_type = "CommentsData")]
pub fn read_comments_object(body: &[u8]) -> Result<JsValue, JsValue> {
    run(|| object(&read_comments(body)?))
}
