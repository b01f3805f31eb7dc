//! The packed exports of the main module, `paysign.wasm`: messages, signatures and notices.
//!
//! Formats: parameters in src/border/params.rs, fields in src/border/fields.rs. `flag` is the low bit of a result.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::buffers::run_call;
use super::error::wipe_stack;
use super::nonces::Nonces;
use crate::border::fields::{FieldNumbers, write_fields};
use crate::border::names::list_names;
use crate::border::params::{Scratch, WireParams};
use crate::border::{caller_bug, text};
use crate::buffer::Buffer;
use crate::error::{Error, ErrorKind};
use crate::nonce::NONCE_LENGTH;
use crate::shared_numbers::{HMAC_FLAG, KEY_FLAG};
use crate::v2::key::Key;
use crate::v2::notify::{Expect, NoticeKind, open_notify, reply_notify};
use crate::v2::request_payment::{Prepay, pay_sign, time_stamp};
use crate::v2::sign::SignType;
use crate::v2::xml::{Limits, parse_xml};

/// Memory besides input and output. Of a message only the names of its fields stay in it.
struct Buffers {
    /// The numbers of fields, and the cache of names.
    fields: FieldNumbers,
    /// Scratch space for the text that is signed.
    work: Buffer,
    /// The values of the input as UTF-8.
    values: Scratch,
    nonces: Nonces,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const {
        RefCell::new(Buffers { fields: FieldNumbers::new(), work: Buffer::new(), values: Scratch::new(), nonces: Nonces::new() })
    };
}

fn with_buffers(bytes: usize, call: impl FnOnce(&[u8], &mut Buffer, &mut Buffers) -> Result<bool, Error>) -> i32 {
    run_call(bytes, |input, output| BUFFERS.with_borrow_mut(|buffers| call(input, output, buffers)))
}

/// The address of the numbers of fields. They never move.
#[wasm_bindgen(js_name = endsAddress)]
#[must_use]
pub fn ends_address() -> *const u32 {
    BUFFERS.with_borrow_mut(|buffers| buffers.fields.address())
}

/// Input: names with NUL before each. Output: their list.
#[wasm_bindgen(js_name = listNames)]
#[must_use]
pub fn list_names_packed(bytes: usize) -> i32 {
    run_call(bytes, |input, output| {
        output.put(&list_names(text(input)?)?);
        Ok(false)
    })
}

/// Output: the names of the fields that were written last, each with NUL after it.
#[wasm_bindgen(js_name = heldNames)]
#[must_use]
pub fn held_names() -> i32 {
    with_buffers(0, |_, output, buffers| {
        output.put(buffers.fields.names());
        Ok(false)
    })
}

/// Input: parameters. Output: the string that is signed.
#[wasm_bindgen(js_name = signedText)]
#[must_use]
pub fn signed_text_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output, _| {
        params.put_signed_text(output);
        Ok(false)
    })
}

/// Input: parameters and key. Output: the signature.
#[wasm_bindgen(js_name = sign)]
#[must_use]
pub fn sign_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output, work| {
        output.put(params.sign(sign_type(flags), work)?.as_bytes());
        Ok(false)
    })
}

/// Input: parameters with `sign`, and key. Flag: the signature is right.
#[wasm_bindgen(js_name = verify)]
#[must_use]
pub fn verify_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, _, work| params.verify(sign_type(flags), work))
}

/// Input: parameters, and the key if they are to be signed. Output: the XML. Flag: it is ASCII with marks.
#[wasm_bindgen(js_name = writeXml)]
#[must_use]
pub fn write_xml_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output, work| {
        let signature = if flags & KEY_FLAG == 0 { None } else { Some(params.sign(sign_type(flags), work)?) };
        params.write_xml(signature.as_ref(), output)
    })
}

/// Input: a body. Output: fields.
#[wasm_bindgen(js_name = parseXml)]
#[must_use]
pub fn parse_xml_packed(bytes: usize) -> i32 {
    with_buffers(bytes, |body, output, buffers| {
        write_fields(&parse_xml(body, &Limits::ANSWER)?, output, &mut buffers.fields)?;
        Ok(false)
    })
}

/// Input: key, accepted ways of signing, appid, mch_id, sub_appid, sub_mch_id with NUL between them; then the body.
/// Output: fields; the numbers say whether it is paid. Flag: it is a refund.
#[wasm_bindgen(js_name = openNotify)]
#[must_use]
pub fn open_notify_packed(options: usize, body: usize) -> i32 {
    with_buffers(options.saturating_add(body), |input, output, buffers| {
        let (options, body) = input.split_at_checked(options).ok_or_else(caller_bug)?;
        let mut options = text(options)?.split('\0');
        let mut option = || options.next().filter(|text| !text.is_empty());
        let key = Key::borrowed(option().unwrap_or_default())?;
        let sign_types: &[SignType] = match option().unwrap_or_default() {
            "MD5" => &[SignType::Md5],
            "HMAC-SHA256" => &[SignType::HmacSha256],
            "MD5,HMAC-SHA256" => &[SignType::Md5, SignType::HmacSha256],
            _ => return Err(caller_bug()),
        };
        let mut expect = Expect::signed(&key, sign_types);
        (expect.appid, expect.mch_id) = (option(), option());
        expect.sub_merchant = (option(), option());
        let notice = open_notify(body, &expect)?;
        write_fields(&notice.fields, output, &mut buffers.fields)?;
        buffers.fields.set_paid(notice.paid);
        let is_refund = notice.kind == NoticeKind::Refund;
        if is_refund {
            // The cipher and the inner message use more of the stack than other calls, and the key was there.
            wipe_stack::<16384>();
        }
        Ok(is_refund)
    })
}

/// Input: appId, prepay_id, timeStamp, nonceStr (empty for a fresh one), key with NUL between them. Output: nonceStr, paySign.
#[wasm_bindgen(js_name = requestPayment)]
#[must_use]
pub fn request_payment_packed(bytes: usize, flags: u32) -> i32 {
    with_buffers(bytes, |input, output, buffers| {
        let mut texts = text(input)?.split('\0');
        let (Some(app_id), Some(prepay_id), Some(seconds), Some(nonce), Some(key), None) =
            (texts.next(), texts.next(), texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(Error::new(
                ErrorKind::Param,
                "a text contains a character that is not allowed in a message; remove it",
            ));
        };
        let fresh = if nonce.is_empty() { buffers.nonces.next()? } else { [0; NONCE_LENGTH] };
        let prepay = Prepay {
            appId: app_id,
            prepay_id,
            signType: sign_type(flags),
            timeStamp: time_stamp(seconds)?,
            nonceStr: if nonce.is_empty() { text(&fresh)? } else { nonce },
        };
        let signature = pay_sign(&prepay, &Key::borrowed(key)?, &mut buffers.work)?;
        output.put(prepay.nonceStr.as_bytes());
        output.put(signature.as_bytes());
        Ok(false)
    })
}

/// Output: a nonce.
#[wasm_bindgen(js_name = nonce)]
#[must_use]
pub fn nonce_packed() -> i32 {
    with_buffers(0, |_, output, buffers| {
        output.put(&buffers.nonces.next()?);
        Ok(false)
    })
}

/// Input: the reason of a refusal, if there is one. Output: the reply to a notice.
#[wasm_bindgen(js_name = replyNotify)]
#[must_use]
pub fn reply_notify_packed(bytes: usize, refused: bool) -> i32 {
    run_call(bytes, |input, output| {
        let reason = text(input)?;
        output.put(reply_notify(refused.then_some(reason)).as_bytes());
        Ok(false)
    })
}

const fn sign_type(flags: u32) -> SignType {
    if flags & HMAC_FLAG == 0 { SignType::Md5 } else { SignType::HmacSha256 }
}

/// Input: `bytes` bytes of UTF-16 values, then `names` bytes of the name list; value ends are in the numbers.
fn with_params(
    bytes: usize,
    names: usize,
    flags: u32,
    call: impl FnOnce(&WireParams<'_>, &mut Buffer, &mut Buffer) -> Result<bool, Error>,
) -> i32 {
    with_buffers(bytes.saturating_add(names), |input, output, Buffers { fields, values, work, .. }| {
        let (units, names) = input.split_at_checked(bytes).ok_or_else(caller_bug)?;
        let called = WireParams::read(names, units, fields.numbers(), flags & KEY_FLAG != 0, values)
            .and_then(|params| call(&params, output, work));
        // The key was among them.
        values.text.wipe();
        called
    })
}
