//! The border to JavaScript, and with its rooms the only place that knows it: decode, call, encode.
//!
//! Hot calls are packed: JavaScript writes into the input buffer, calls with lengths, and reads the output buffer. A call gives a
//! number, or -1 with an error to take: twice the number of bytes in the output, and one more where the call says yes to something. Everything else crosses as plain objects.
//!
//! Parameters come as `packed` describes; fields go out as `wasm/fields.rs` describes.

mod border;
mod fields;
mod objects;

use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use self::border::{Rooms, fresh_nonce, misused, packed, with_border};
use self::fields::give;
use self::objects::to_js;
use crate::bill::{read_block, read_comments};
use crate::error::{Error, ErrorKind};
use crate::field::integer;
use crate::joined::Joined;
use crate::key::Key;
use crate::notify::{Expect, NoticeKind, open_notify, reply_notify};
use crate::packed::{Packed, list_names, text};
use crate::request_payment::{Prepay, pay_sign, time_stamp};
use crate::sign::SignType;
use crate::user_data::decrypt_user_data;
use crate::xml::{Limits, parse_xml};

/// Makes room for so many bytes of input and tells where it is. Memory may have moved afterwards.
#[wasm_bindgen(js_name = inputAddress)]
#[must_use]
pub fn input_address(bytes: usize) -> *const u8 {
    with_border(|border| border.input_room(bytes))
}

/// Where the output of the last call stands.
#[wasm_bindgen(js_name = outputAddress)]
#[must_use]
pub fn output_address() -> *const u8 {
    with_border(|border| border.output.as_ptr())
}

/// Where the numbers stand that tell of fields. They never move.
#[wasm_bindgen(js_name = endsAddress)]
#[must_use]
pub fn ends_address() -> *const u32 {
    with_border(|border| border.fields.ends_room())
}

/// The error of the last packed call that gave -1.
#[wasm_bindgen(js_name = takeError)]
#[must_use]
pub fn take_error() -> JsValue {
    with_border(|border| border.error.take()).map_or(JsValue::UNDEFINED, |error| to_js(&error))
}

/// In: names with NUL before each. Out: their list.
#[wasm_bindgen(js_name = listNames)]
#[must_use]
pub fn list_names_packed(bytes: usize) -> i32 {
    packed(bytes, |input, rooms| {
        rooms.output.put(&list_names(text(input)?)?);
        Ok(false)
    })
}

/// Out: the names of the fields that were given last, each with NUL behind it.
#[wasm_bindgen(js_name = heldNames)]
#[must_use]
pub fn held_names() -> i32 {
    packed(0, |_, rooms| {
        rooms.output.put(rooms.fields.names());
        Ok(false)
    })
}

/// In: parameters. Out: the string that is signed.
#[wasm_bindgen(js_name = signedText)]
#[must_use]
pub fn signed_text_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output| {
        output.put(params.signed_text());
        Ok(false)
    })
}

/// In: parameters, key. Out: the signature.
#[wasm_bindgen(js_name = sign)]
#[must_use]
pub fn sign_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output| {
        output.put(params.sign(sign_type(flags))?.as_bytes());
        Ok(false)
    })
}

/// In: parameters with `sign`, key. Yes when the signature is right.
#[wasm_bindgen(js_name = verify)]
#[must_use]
pub fn verify_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, _| params.verify(sign_type(flags)))
}

/// In: parameters, and the key where they are to be signed. Out: the XML. Yes when it is ASCII with marks.
#[wasm_bindgen(js_name = writeXml)]
#[must_use]
pub fn write_xml_packed(bytes: usize, names: usize, flags: u32) -> i32 {
    with_params(bytes, names, flags, |params, output| {
        let signature = if flags & KEY == 0 { None } else { Some(params.sign(sign_type(flags))?) };
        params.write_xml(signature.as_ref(), output)
    })
}

/// In: a body. Out: fields.
#[wasm_bindgen(js_name = parseXml)]
#[must_use]
pub fn parse_xml_packed(bytes: usize) -> i32 {
    packed(bytes, |body, rooms| give(&parse_xml(body, &Limits::ANSWER)?, rooms))
}

/// In: key, accepted ways of signing, appid, mch_id, out_trade_no, total_fee, fee_type, sub_appid, sub_mch_id with NUL between them;
/// then the body. Out: fields, of a refund where the call says yes; whether it is paid stands with the numbers.
#[wasm_bindgen(js_name = openNotify)]
#[must_use]
pub fn open_notify_packed(options: usize, body: usize) -> i32 {
    packed(options.saturating_add(body), |input, rooms| {
        let (options, body) = input.split_at_checked(options).ok_or_else(misused)?;
        let mut options = text(options)?.split('\0');
        let mut option = || options.next().filter(|text| !text.is_empty());
        let key = Key::borrowed(option().unwrap_or_default())?;
        let sign_types: &[SignType] = match option().unwrap_or_default() {
            "MD5" => &[SignType::Md5],
            "HMAC-SHA256" => &[SignType::HmacSha256],
            _ => &[SignType::Md5, SignType::HmacSha256],
        };
        let mut expect = Expect::signed(&key, sign_types);
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
        give(&notice.fields, rooms)?;
        rooms.fields.say(notice.paid);
        Ok(notice.kind == NoticeKind::Refund)
    })
}

/// In: appId, prepay_id, timeStamp, nonceStr (empty for a fresh one), key. Out: nonceStr, paySign.
#[wasm_bindgen(js_name = requestPayment)]
#[must_use]
pub fn request_payment_packed(bytes: usize, flags: u32) -> i32 {
    let fresh = fresh_nonce();
    packed(bytes, |input, rooms| {
        let mut texts = text(input)?.split('\0');
        let (Some(app_id), Some(prepay_id), Some(seconds), Some(nonce), Some(key), None) =
            (texts.next(), texts.next(), texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(Error::new(ErrorKind::Param, "a text holds a character that no message can carry"));
        };
        let fresh = fresh?;
        let prepay = Prepay {
            appId: app_id,
            prepay_id,
            signType: sign_type(flags),
            timeStamp: time_stamp(seconds)?,
            nonceStr: if nonce.is_empty() { text(&fresh)? } else { nonce },
        };
        let signature = pay_sign(&prepay, &Key::borrowed(key)?, rooms.work)?;
        rooms.output.put(prepay.nonceStr.as_bytes());
        rooms.output.put(signature.as_bytes());
        Ok(false)
    })
}

/// In: session_key, iv, encryptedData. Out: JSON.
#[wasm_bindgen(js_name = decryptUserData)]
#[must_use]
pub fn decrypt_user_data_packed(bytes: usize) -> i32 {
    packed(bytes, |input, rooms| {
        let mut texts = text(input)?.split('\0');
        let (Some(session_key), Some(iv), Some(data), None) = (texts.next(), texts.next(), texts.next(), texts.next())
        else {
            return Err(misused());
        };
        rooms.output.put(Zeroizing::new(decrypt_user_data(data, iv, session_key)?).as_bytes());
        Ok(false)
    })
}

/// Out: a nonce.
#[wasm_bindgen(js_name = nonce)]
#[must_use]
pub fn nonce_packed() -> i32 {
    let fresh = fresh_nonce();
    packed(0, |_, rooms| {
        rooms.output.put(&fresh?);
        Ok(false)
    })
}

/// In: the reason of a refusal, where there is one. Out: the reply to a notice.
#[wasm_bindgen(js_name = replyNotify)]
#[must_use]
pub fn reply_notify_packed(bytes: usize, refused: bool) -> i32 {
    packed(bytes, |input, rooms| {
        let reason = text(input)?;
        rooms.output.put(reply_notify(refused.then_some(reason)).as_bytes());
        Ok(false)
    })
}

/// In: the state of a bill, a block of it. Out: the parts that src/bill/block.rs describes.
#[wasm_bindgen(js_name = readBill)]
#[must_use]
pub fn read_bill_packed(state: usize, block: usize, last: bool) -> i32 {
    packed(state.saturating_add(block), |input, rooms| {
        let (state, block) = input.split_at_checked(state).ok_or_else(misused)?;
        rooms.output.replace(|output| read_block(text(state)?, block, last, output))?;
        Ok(false)
    })
}

/// In: an answer of comments. Out: the same parts.
#[wasm_bindgen(js_name = readComments)]
#[must_use]
pub fn read_comments_packed(bytes: usize) -> i32 {
    packed(bytes, |body, rooms| {
        rooms.output.replace(|output| read_comments(body, output))?;
        Ok(false)
    })
}

/// Flag 1: HMAC-SHA256 instead of MD5.
const HMAC: u32 = 1;
/// Flag 2: the key stands behind the values.
const KEY: u32 = 2;

const fn sign_type(flags: u32) -> SignType {
    if flags & HMAC == 0 { SignType::Md5 } else { SignType::HmacSha256 }
}

/// In: so many bytes of values in UTF-16, then so many of the list of their names; where the values end stands among the numbers.
fn with_params(
    bytes: usize,
    names: usize,
    flags: u32,
    call: impl FnOnce(&Packed<'_>, &mut Joined) -> Result<bool, Error>,
) -> i32 {
    packed(bytes.saturating_add(names), |input, Rooms { output, fields, values, .. }| {
        let (units, names) = input.split_at_checked(bytes).ok_or_else(misused)?;
        let called = Packed::find(names, units, fields.numbers(), flags & KEY != 0, values)
            .and_then(|params| call(&params, output));
        // The key stood among them.
        values.text.wipe();
        called
    })
}
