//! Messages: signing, verifying, XML, nonces and notices.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::values::{
    Options, fields_object, integer_text, read_body, read_key, read_params, read_sign_type, set, text,
};
use crate::error::{Error, ErrorKind};
use crate::field::integer;
use crate::nonce::nonce;
use crate::v2::key::Key;
use crate::v2::notify::{Expect, Notice, NoticeKind, open_notify, reply_notify};
use crate::v2::sign::{SignType, sign, signed_text, verify};
use crate::v2::xml::{Limits, build_xml, parse_xml};
use crate::wasm::error::run;
use crate::wasm::object::object;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** The stored order. At least one member must be there. */
export interface ExpectedOrder {
  /** The shop's number of the order. */
  out_trade_no?: string | undefined;
  /** The amount that the shop stored, in fen. */
  total_fee?: number | bigint | string | undefined;
  /** The currency that the shop stored. Default `CNY` if there is an amount. */
  fee_type?: string | null | undefined;
}

/** What a notice is held against. */
export interface NotifyOptions {
  /** The merchant's APIv2 key; while it is being changed, the new one and the old one. */
  key: string | readonly string[];
  /** The ways of signing that are accepted, never the sender's choice. Default `MD5`, as in the manual. */
  signType?: SignType | readonly SignType[] | undefined;
  /** The mini program's own id. */
  appid?: string | undefined;
  /** The merchant's own number. */
  mch_id?: string | undefined;
  /** The sub-merchant's own app (service providers). A notice without it is accepted. */
  sub_appid?: string | undefined;
  /** The sub-merchant's own number (service providers). A notice without it is accepted. */
  sub_mch_id?: string | undefined;
  /** The stored order. */
  expect?: ExpectedOrder | undefined;
}

/** A genuine notice. */
export interface Notice {
  /** What it is about. Confirm a refund with a refund query before anything depends on it. */
  kind: 'payment' | 'refund';
  /** Whether the order is paid. A refund's is false. */
  paid: boolean;
  /** Every field as text. */
  fields: Fields;
}";

/// The signature of the parameters: 32 (`MD5`) or 64 (`HMAC-SHA256`) hexadecimal digits in upper case. A `sign` among them is left out.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_CONFIG` for the key.
#[wasm_bindgen(js_name = sign)]
pub fn sign_object(
    #[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] key: &JsValue,
    #[wasm_bindgen(js_name = signType, unchecked_optional_param_type = "SignType")] sign_type: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        let sign_type = read_sign_type(sign_type)?;
        Ok(sign(&read_params(params)?, &read_key(key)?, sign_type))
    })
}

/// Whether `params.sign` is the signature of the others, compared in constant time. A missing `sign` is wrong.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_CONFIG` for the key.
#[wasm_bindgen(js_name = verify)]
pub fn verify_object(
    #[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] key: &JsValue,
    #[wasm_bindgen(js_name = signType, unchecked_optional_param_type = "SignType")] sign_type: &JsValue,
) -> Result<bool, JsValue> {
    run(|| {
        let sign_type = read_sign_type(sign_type)?;
        Ok(verify(&read_params(params)?, &read_key(key)?, sign_type))
    })
}

/// The string that is signed, without the key. It is `name=value` of all fields but `sign` and empty ones, in byte order of the
/// names, joined by `&`.
///
/// # Errors
/// `ERR_PARAM` with the field.
#[wasm_bindgen(js_name = signedText)]
pub fn signed_text_object(
    #[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue,
) -> Result<String, JsValue> {
    run(|| Ok(signed_text(&read_params(params)?)))
}

/// 32 random letters and digits, from the host's own source of random numbers.
///
/// # Errors
/// `ERR_INTERNAL` when the host has no random numbers.
#[wasm_bindgen(js_name = nonce)]
pub fn nonce_text() -> Result<String, JsValue> {
    run(nonce)
}

/// Reads a flat `<xml>` into its fields: strict UTF-8, text kept exactly. DOCTYPE, nesting, attributes, duplicate names and
/// anything else that could be read in two ways is refused.
///
/// # Errors
/// `ERR_XML` with a `position` in bytes.
#[wasm_bindgen(js_name = parseXml, unchecked_return_type = "Fields")]
pub fn parse_xml_object(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| fields_object(&parse_xml(&read_body(body, &Limits::ANSWER)?, &Limits::ANSWER)?))
}

/// Writes the fields unchanged, also a `sign`. Empty ones are left out, as WeChat asks.
///
/// # Errors
/// `ERR_PARAM` with the field that has a character that XML does not allow.
#[wasm_bindgen(js_name = buildXml)]
pub fn build_xml_text(#[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue) -> Result<String, JsValue> {
    run(|| build_xml(&read_params(params)?))
}

/// Signs the fields and writes them with their `sign`. A `sign` among them is replaced.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_CONFIG` for the key.
#[wasm_bindgen(js_name = signedXml)]
pub fn signed_xml_text(
    #[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] key: &JsValue,
    #[wasm_bindgen(js_name = signType, unchecked_optional_param_type = "SignType")] sign_type: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        let sign_type = read_sign_type(sign_type)?;
        let mut params = read_params(params)?;
        let signature = sign(&params, &read_key(key)?, sign_type);
        params.set("sign", signature)?;
        build_xml(&params)
    })
}

/// Opens a notice: size, UTF-8, XML, signature, ids, form of the fields, the stored order, in this order. If a check fails, no
/// data of the body is returned. Pass the raw bytes of the body.
///
/// A notice arrives at least once and carries no signed time: act on it only once per `mch_id` and `out_trade_no`.
///
/// # Errors
/// `ERR_XML`, `ERR_SIGNATURE`, `ERR_DECRYPT` for a refund's, or `ERR_MISMATCH` with the field.
#[wasm_bindgen(js_name = openNotify, unchecked_return_type = "Notice")]
pub fn open_notify_object(
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "NotifyOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        let options = Options::new(options, "options")?;
        let keys = read_keys(&options.get("key")?)?;
        let sign_types = read_sign_types(&options.get("signType")?)?;
        let [appid, mch_id, sub_appid, sub_mch_id] =
            [options.text("appid")?, options.text("mch_id")?, options.text("sub_appid")?, options.text("sub_mch_id")?];
        let Stored { out_trade_no, total_fee, fee_type } = read_stored(&options.get("expect")?)?;
        let body = read_body(body, &Limits::NOTICE)?;
        let notice = open_with_first(&body, &keys, |key| Expect {
            sub_merchant: (sub_appid.as_deref(), sub_mch_id.as_deref()),
            appid: appid.as_deref(),
            mch_id: mch_id.as_deref(),
            out_trade_no: out_trade_no.as_deref(),
            total_fee,
            fee_type: fee_type.as_deref(),
            ..Expect::signed(key, &sign_types)
        })?;
        notice_object(&notice)
    })
}

/// The XML that WeChat waits for, with HTTP status 200. Without a reason the notice is accepted. With a reason WeChat sends the
/// notice again. The reason is sent unencrypted: write nothing that helps a forger.
///
/// # Errors
/// `ERR_PARAM` if the reason is not text.
#[wasm_bindgen(js_name = replyNotify)]
pub fn reply_notify_text(
    #[wasm_bindgen(unchecked_optional_param_type = "string")] reason: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        if reason.is_undefined() {
            return Ok(reply_notify(None));
        }
        let reason = reason.as_string().ok_or_else(|| Error::param("reason", "must be text"))?;
        Ok(reply_notify(Some(&reason)))
    })
}

/// Opens a notice with the first of the keys that opens it; the error is that of the first key.
fn open_with_first<'a, 'e>(
    body: &'a [u8],
    keys: &'e [Key<'static>],
    expect: impl Fn(&'e Key<'static>) -> Expect<'e>,
) -> Result<Notice<'a>, Error> {
    let mut refusal = None;
    for key in keys {
        match open_notify(body, &expect(key)) {
            Err(error) if matches!(error.kind(), ErrorKind::Signature | ErrorKind::Decrypt) => {
                refusal.get_or_insert(error);
            }
            result => return result,
        }
    }
    Err(refusal.unwrap_or_else(|| Error::of_field(ErrorKind::Config, "key", "is an empty list")))
}

fn notice_object(notice: &Notice<'_>) -> Result<JsValue, Error> {
    #[derive(serde::Serialize)]
    struct Head {
        kind: &'static str,
        paid: bool,
    }
    let kind = match notice.kind {
        NoticeKind::Payment => "payment",
        NoticeKind::Refund => "refund",
    };
    let object = object(&Head { kind, paid: notice.paid })?;
    set(&object, "fields", &fields_object(&notice.fields)?)?;
    Ok(object)
}

fn read_keys(value: &JsValue) -> Result<Vec<Key<'static>>, Error> {
    value
        .dyn_ref::<Array>()
        .map_or_else(|| read_key(value).map(|key| vec![key]), |keys| keys.iter().map(|key| read_key(&key)).collect())
}

/// The accepted ways of signing: one, or a list that is not empty.
fn read_sign_types(value: &JsValue) -> Result<Vec<SignType>, Error> {
    let Some(list) = value.dyn_ref::<Array>() else { return Ok(vec![read_sign_type(value)?]) };
    if list.length() == 0 {
        return Err(Error::param("signType", "is an empty list"));
    }
    list.iter().map(|one| SignType::from_text(&one.as_string().unwrap_or_default())).collect()
}

#[derive(Default)]
struct Stored {
    out_trade_no: Option<String>,
    total_fee: Option<u64>,
    fee_type: Option<String>,
}

/// The stored order. An order that was not found, or has other members, must not pass for a matching one.
fn read_stored(value: &JsValue) -> Result<Stored, Error> {
    if value.is_undefined() {
        return Ok(Stored::default());
    }
    let order = Options::new(value, "expect")?;
    let fee_type = order.get("fee_type")?;
    let stored = Stored {
        out_trade_no: order.text("out_trade_no")?,
        total_fee: read_amount(&order.get("total_fee")?)?,
        fee_type: if fee_type.is_null() { None } else { order.text("fee_type")? },
    };
    if stored.out_trade_no.is_none() && stored.total_fee.is_none() && stored.fee_type.is_none() {
        return Err(Error::param("expect", "must be the stored order, with its out_trade_no or total_fee"));
    }
    Ok(stored)
}

fn read_amount(value: &JsValue) -> Result<Option<u64>, Error> {
    if value.is_undefined() {
        return Ok(None);
    }
    let digits = if value.is_string() {
        text("total_fee", value)?
    } else if value.is_bigint() {
        js_sys::BigInt::from(value.clone()).to_string(10).map(String::from).unwrap_or_default()
    } else {
        integer_text("total_fee", value)?
    };
    let amount = integer(&digits);
    let fault = || Error::param("total_fee", "of the stored order must be a whole number of fen; 1.00 yuan is 100");
    amount.map(Some).ok_or_else(fault)
}
