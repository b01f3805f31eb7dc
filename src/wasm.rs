//! The border to JavaScript, and the only file that knows it: decode, call, encode.
//!
//! Hot calls are packed. JavaScript writes UTF-8 into the input buffer, calls with lengths, and reads the output buffer:
//! texts with NUL between them, which no field of the protocol can hold. A call gives the number of bytes in the
//! output, or -1 with an error to take. Everything else crosses as plain objects. Nothing is kept between calls.

mod objects;

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use zeroize::{Zeroize, Zeroizing};

use self::objects::to_js;
use crate::bill::{read_block, read_comments};
use crate::error::{Error, ErrorKind};
use crate::field::integer;
use crate::key::Key;
use crate::nonce::{NONCE_LENGTH, nonce_from};
use crate::notify::{Expect, NoticeKind, open_notify, reply_notify};
use crate::packed::{Packed, text};
use crate::params::Params;
use crate::request_payment::{Prepay, pay_sign, time_stamp};
use crate::sign::{SignType, sign, signed_text, verify};
use crate::user_data::decrypt_user_data;
use crate::xml::{Limits, build_xml, parse_xml};

/// How many nonces' worth of random bytes are asked for at a time: the crossing costs more than the bytes.
const POOL_NONCES: usize = 64;

struct Border {
    input: Vec<u8>,
    output: Vec<u8>,
    random: Vec<u8>,
    error: Option<Error>,
}

thread_local! {
    static BORDER: RefCell<Border> =
        const { RefCell::new(Border { input: Vec::new(), output: Vec::new(), random: Vec::new(), error: None }) };
}

/// Makes room for so many bytes of input and tells where it is. Memory may have moved afterwards.
#[wasm_bindgen(js_name = inputAddress)]
#[must_use]
pub fn input_address(bytes: usize) -> *const u8 {
    BORDER.with_borrow_mut(|border| {
        if border.input.len() < bytes {
            border.input.resize(bytes, 0);
        }
        border.input.as_ptr()
    })
}

/// Where the output of the last call stands.
#[wasm_bindgen(js_name = outputAddress)]
#[must_use]
pub fn output_address() -> *const u8 {
    BORDER.with_borrow(|border| border.output.as_ptr())
}

/// The error of the last packed call that gave -1.
#[wasm_bindgen(js_name = takeError)]
#[must_use]
pub fn take_error() -> JsValue {
    BORDER.with_borrow_mut(|border| border.error.take()).map_or(JsValue::UNDEFINED, |error| to_js(&error))
}

/// In: fields. Out: the string that is signed.
#[wasm_bindgen(js_name = signedText)]
#[must_use]
pub fn signed_text_packed(bytes: usize, fields: usize, flags: u32) -> i32 {
    packed(bytes, |input, output| write(output, &signed_text(&find(input, fields, flags)?.params()?)))
}

/// In: fields, key. Out: the signature.
#[wasm_bindgen(js_name = sign)]
#[must_use]
pub fn sign_packed(bytes: usize, fields: usize, flags: u32) -> i32 {
    packed(bytes, |input, output| write(output, find(input, fields, flags)?.sign(sign_type(flags))?.as_str()))
}

/// In: fields with `sign`, key. Out: one byte when the signature is right, none when it is wrong.
#[wasm_bindgen(js_name = verify)]
#[must_use]
pub fn verify_packed(bytes: usize, fields: usize, flags: u32) -> i32 {
    packed(bytes, |input, output| {
        let found = find(input, fields, flags)?;
        let (key, params) = found.key_and_params()?;
        write(output, if verify(&params, &key, sign_type(flags)) { "1" } else { "" })
    })
}

/// In: fields. Out: the XML.
#[wasm_bindgen(js_name = buildXml)]
#[must_use]
pub fn build_xml_packed(bytes: usize, fields: usize, flags: u32) -> i32 {
    packed(bytes, |input, output| write(output, &build_xml(&find(input, fields, flags)?.params()?)?))
}

/// In: fields, key. Out: the XML with its `sign`.
#[wasm_bindgen(js_name = signedXml)]
#[must_use]
pub fn signed_xml_packed(bytes: usize, fields: usize, flags: u32) -> i32 {
    packed(bytes, |input, output| {
        let found = find(input, fields, flags)?;
        let (key, mut params) = found.key_and_params()?;
        let signature = sign(&params, &key, sign_type(flags));
        params.set("sign", signature)?;
        write(output, &build_xml(&params)?)
    })
}

/// In: a body. Out: fields.
#[wasm_bindgen(js_name = parseXml)]
#[must_use]
pub fn parse_xml_packed(bytes: usize) -> i32 {
    packed(bytes, |body, output| {
        pack(output, &parse_xml(body, &Limits::ANSWER)?);
        Ok(())
    })
}

/// In: key, accepted ways of signing, appid, mch_id, out_trade_no, total_fee, fee_type, sub_appid, sub_mch_id, then the body.
/// Out: 1 for a paid order, 0 for a failed one, R for a refund; fields.
#[wasm_bindgen(js_name = openNotify)]
#[must_use]
pub fn open_notify_packed(options: usize, body: usize) -> i32 {
    packed(options.saturating_add(body), |input, output| {
        let (options, body) = input.split_at_checked(options).ok_or_else(misused)?;
        let mut options = text(options)?.split('\0');
        let mut option = || options.next().filter(|text| !text.is_empty());
        let key = Key::borrowed(option().unwrap_or_default())?;
        let sign_types: Vec<SignType> =
            option().unwrap_or_default().split(',').map(SignType::from_text).collect::<Result<_, _>>()?;
        let mut expect = Expect::signed(&key, &sign_types);
        (expect.appid, expect.mch_id, expect.out_trade_no) = (option(), option(), option());
        expect.total_fee = match option() {
            None => None,
            Some(fen) => Some(
                integer(fen)
                    .ok_or_else(|| Error::param("total_fee", "the stored amount must be a whole number of fen"))?,
            ),
        };
        expect.fee_type = option();
        expect.sub_merchant = (option(), option());
        let notice = open_notify(body, &expect)?;
        output.push(match (notice.kind, notice.paid) {
            (NoticeKind::Refund, _) => b'R',
            (NoticeKind::Payment, true) => b'1',
            (NoticeKind::Payment, false) => b'0',
        });
        pack(output, &notice.fields);
        Ok(())
    })
}

/// In: appId, prepay_id, timeStamp, nonceStr (empty for a fresh one), key. Out: nonceStr, paySign.
#[wasm_bindgen(js_name = requestPayment)]
#[must_use]
pub fn request_payment_packed(bytes: usize, flags: u32) -> i32 {
    let fresh = fresh_nonce();
    packed(bytes, |input, output| {
        let mut texts = text(input)?.split('\0');
        let (Some(app_id), Some(prepay_id), Some(seconds), Some(nonce), Some(key), None) =
            (texts.next(), texts.next(), texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(misused());
        };
        let fresh = fresh?;
        let prepay = Prepay {
            appId: app_id,
            prepay_id,
            signType: sign_type(flags),
            timeStamp: time_stamp(seconds)?,
            nonceStr: if nonce.is_empty() { &fresh } else { nonce },
        };
        let signature = pay_sign(&prepay, &Key::borrowed(key)?)?;
        write(output, prepay.nonceStr)?;
        output.push(0);
        write(output, signature.as_str())
    })
}

/// In: session_key, iv, encryptedData. Out: JSON.
#[wasm_bindgen(js_name = decryptUserData)]
#[must_use]
pub fn decrypt_user_data_packed(bytes: usize) -> i32 {
    packed(bytes, |input, output| {
        let mut texts = text(input)?.split('\0');
        let (Some(session_key), Some(iv), Some(data), None) = (texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(misused());
        };
        write(output, &Zeroizing::new(decrypt_user_data(data, iv, session_key)?))
    })
}

/// Out: a nonce.
#[wasm_bindgen(js_name = nonce)]
#[must_use]
pub fn nonce_packed() -> i32 {
    let fresh = fresh_nonce();
    packed(0, |_, output| write(output, &fresh?))
}

/// In: the reason of a refusal, where there is one. Out: the reply to a notice.
#[wasm_bindgen(js_name = replyNotify)]
#[must_use]
pub fn reply_notify_packed(bytes: usize, refused: bool) -> i32 {
    packed(bytes, |input, output| {
        let reason = text(input)?;
        write(output, &reply_notify(refused.then_some(reason)))
    })
}

/// In: the state of a bill, a block of it. Out: the parts that src/bill/block.rs describes.
#[wasm_bindgen(js_name = readBill)]
#[must_use]
pub fn read_bill_packed(state: usize, block: usize, last: bool) -> i32 {
    packed(state.saturating_add(block), |input, output| {
        let (state, block) = input.split_at_checked(state).ok_or_else(misused)?;
        read_block(text(state)?, block, last, output)
    })
}

/// In: an answer of comments. Out: the same parts.
#[wasm_bindgen(js_name = readComments)]
#[must_use]
pub fn read_comments_packed(bytes: usize) -> i32 {
    packed(bytes, |body, output| read_comments(body, output))
}

/// Runs a packed call. The input may hold the key, so it is overwritten whatever happens.
fn packed(bytes: usize, call: impl FnOnce(&mut [u8], &mut Vec<u8>) -> Result<(), Error>) -> i32 {
    BORDER.with_borrow_mut(|border| {
        border.output.clear();
        let called = match border.input.get_mut(..bytes) {
            None => Err(misused()),
            Some(input) => {
                let called = call(input, &mut border.output);
                // The buffer lives on where JavaScript reads, so no compiler can leave this out.
                input.fill(0);
                wipe_stack();
                called
            }
        };
        match called.map(|()| i32::try_from(border.output.len())) {
            Ok(Ok(length)) => length,
            Ok(Err(_)) => {
                border.error = Some(misused());
                -1
            }
            Err(error) => {
                border.error = Some(error);
                -1
            }
        }
    })
}

/// The names first, then the values: messages of one kind have the same names, which JavaScript then need not read again.
fn pack(output: &mut Vec<u8>, params: &Params<'_>) {
    for (name, _) in params.iter() {
        output.extend_from_slice(name.as_bytes());
        output.push(0);
    }
    output.push(1);
    for (_, value) in params.iter() {
        output.extend_from_slice(value.as_bytes());
        output.push(0);
    }
}

fn write(output: &mut Vec<u8>, text: &str) -> Result<(), Error> {
    output.extend_from_slice(text.as_bytes());
    Ok(())
}

/// Overwrites what the calls before left on the stack: the hashers move their state, and with it the end of the signed text.
#[inline(never)]
fn wipe_stack() {
    std::hint::black_box(&mut [0_u8; 2048]);
}

/// Flag 1: HMAC-SHA256 instead of MD5.
const fn sign_type(flags: u32) -> SignType {
    if flags & 1 == 0 { SignType::Md5 } else { SignType::HmacSha256 }
}

/// Flag 2: U+FFFD stands in the texts because the caller wrote it.
fn find(input: &mut [u8], fields: usize, flags: u32) -> Result<Packed<'_>, Error> {
    Packed::find(input, fields, flags & 2 != 0)
}

/// The next nonce, from random bytes that are asked for in advance and overwritten when used.
fn fresh_nonce() -> Result<String, Error> {
    BORDER.with_borrow_mut(|border| {
        if border.random.len() < NONCE_LENGTH {
            border.random.resize(NONCE_LENGTH.saturating_mul(POOL_NONCES), 0);
            if getrandom::fill(&mut border.random).is_err() {
                border.random.clear();
                return Err(Error::new(ErrorKind::Internal, "the host gives no random numbers"));
            }
        }
        let mut random = [0; NONCE_LENGTH];
        let rest = border.random.len().saturating_sub(NONCE_LENGTH);
        if let Some(last) = border.random.get_mut(rest..) {
            random.copy_from_slice(last);
            last.zeroize();
        }
        border.random.truncate(rest);
        Ok(nonce_from(&random))
    })
}

/// A call that js/src/core.ts does not make.
fn misused() -> Error {
    Error::new(ErrorKind::Internal, "the module was called in a way that it does not know")
}
