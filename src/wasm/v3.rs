//! The exports of the module `v3.wasm`: texts, requests, answers and notices of APIv3. No key enters it.

use std::borrow::Cow;
use std::cell::RefCell;

use wasm_bindgen::prelude::*;

use super::error::error_object;
use super::nonces::Nonces;
use super::object::object;
use crate::border::certificate_object::CertificateObject;
use crate::border::objects_v3::RequestObject;
use crate::error::Error;
use crate::v3::api::{Declaration, api, secret_places};
use crate::v3::head::{Head, not_genuine, unknown_serial};
use crate::v3::json::{Limits, read, read_json};
use crate::v3::merchant::Merchant;
use crate::v3::notice::{Expect, NoticeKind, check_envelope, envelope_json, judge, not_decrypted, resource_json};
use crate::v3::refusal::{Refusal, refused};
use crate::v3::text::{Authorization, payment_text, request_text};
use crate::x509::read_certificate;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** A request as data. */
export interface RequestV3Data {
  method: 'GET' | 'POST';
  /** Path and query, percent-encoded. */
  path: string;
  /** Empty for a request without a body. It has the mark `SECRET_MARK` in the place of each secret. */
  body: string;
  /** The texts to encrypt, in the order of their marks. */
  secrets: string[];
  /** Whether it may be sent again if an earlier attempt may have arrived. */
  repeatable: boolean;
  /** Places and values that the answer must repeat. It may lack a place that ends with `?`. */
  asked: [place: string, value: string][];
}

/** What a certificate says. Absent names are empty. */
export interface CertificateData {
  /** Hexadecimal digits in upper case, an even number of them. */
  serial: string;
  commonName: string;
  organization: string;
  notBeforeMs: number;
  notAfterMs: number;
  /** The public key, `SubjectPublicKeyInfo` as DER. */
  spki: Uint8Array;
}";

/// The text that is signed for a request. `timestamp` is in seconds.
#[wasm_bindgen(js_name = requestText)]
#[must_use]
pub fn request_text_of(method: &str, path: &str, timestamp: f64, nonce: &str, body: &str) -> String {
    request_text(method, path, seconds(timestamp), nonce, body)
}

/// The text that is signed for `wx.requestPayment`.
#[wasm_bindgen(js_name = paymentText)]
#[must_use]
pub fn payment_text_of(app_id: &str, timestamp: &str, nonce: &str, package: &str) -> String {
    payment_text(app_id, timestamp, nonce, package)
}

/// The value of the `Authorization` header.
#[wasm_bindgen(js_name = authorizationHeader)]
#[must_use]
pub fn authorization_header(mchid: &str, serial: &str, timestamp: f64, nonce: &str, signature: &str) -> String {
    Authorization { mchid, serial, timestamp: seconds(timestamp), nonce, signature }.header()
}

/// 32 random letters and digits.
///
/// # Errors
/// `ERR_INTERNAL` when the host has no random numbers.
#[wasm_bindgen(js_name = nonce)]
pub fn nonce_text() -> Result<String, JsValue> {
    run(NONCES.with_borrow_mut(Nonces::next).map(|nonce| nonce.map(char::from).iter().collect()))
}

thread_local! {
    static NONCES: RefCell<Nonces> = const { RefCell::new(Nonces::new()) };
}

/// Checks the ids of a merchant: `appid`, `mchid`, and of a service provider `sub_mchid` and `sub_appid`. Absent ids are empty.
///
/// # Errors
/// `ERR_CONFIG` with the id that is wrong.
#[wasm_bindgen(js_name = checkMerchant)]
pub fn check_merchant(ids: Vec<String>) -> Result<(), JsValue> {
    run(merchant_of(&ids).map(|_| ()))
}

/// Makes the request of an API from its parameters as JSON.
///
/// # Errors
/// See [`prepare`](crate::v3::prepare).
#[wasm_bindgen(unchecked_return_type = "RequestV3Data")]
pub fn prepare(name: &str, ids: Vec<String>, params: &str) -> Result<JsValue, JsValue> {
    run(prepared(name, &ids, params))
}

fn prepared(name: &str, ids: &[String], params: &str) -> Result<JsValue, Error> {
    let given = read_json(params.as_bytes(), Limits::PARAMS, "params")
        .map_err(|error| Error::param("params", error.message()))?;
    let request = crate::v3::prepare(declared(name)?, &merchant_of(ids)?, &given)?;
    object(&RequestObject::new(&request))
}

/// Judges a verified answer. `asked` are places and values in turn. Returns the places of encrypted texts, such as
/// `download_bill_list/0/encrypt_key`, or nothing if there is no answer to parse.
///
/// # Errors
/// See [`complete`](crate::v3::complete).
#[wasm_bindgen]
pub fn complete(name: &str, ids: Vec<String>, asked: Vec<String>, body: &[u8]) -> Result<Option<Vec<String>>, JsValue> {
    run(completed(name, &ids, &asked, body).map_err(Error::after_sending))
}

fn completed(name: &str, ids: &[String], asked: &[String], body: &[u8]) -> Result<Option<Vec<String>>, Error> {
    let asked: Vec<(String, String)> =
        asked.as_chunks::<2>().0.iter().map(|[place, value]| (place.clone(), value.clone())).collect();
    let declaration = declared(name)?;
    let answer = crate::v3::complete(declaration, &merchant_of(ids)?, &asked, body)?;
    Ok(declaration.has_answer().then(|| secret_places(declaration.answer, &answer)))
}

/// Checks the JSON of a body that no declaration describes.
///
/// # Errors
/// See [`check_body`](crate::v3::check_body).
#[wasm_bindgen(js_name = checkBody)]
pub fn check_body(text: &str) -> Result<(), JsValue> {
    run(crate::v3::check_body(text))
}

/// Checks that a body is JSON with one meaning. `what` names it in the error.
///
/// # Errors
/// `ERR_JSON`.
#[wasm_bindgen(js_name = checkJson)]
pub fn check_json(body: &[u8], what: &str) -> Result<(), JsValue> {
    run(read::<Cow<'_, str>>(body, Limits::ANSWER, what).map(|_| ()))
}

/// Checks the signature headers of an answer or a notice, and returns the canonical serial of the key. `now` is in seconds.
///
/// The signature itself does not enter: it is the longest header by far, and is only looked for here.
///
/// # Errors
/// See [`Head::check`].
#[wasm_bindgen(js_name = checkHead)]
pub fn check_head(
    what: &str,
    timestamp: &str,
    nonce: &str,
    serial: &str,
    is_signed: bool,
    signature_type: &str,
    now: f64,
) -> Result<String, JsValue> {
    let signature = if is_signed { "signed" } else { "" };
    run(Head { timestamp, nonce, serial, signature, signature_type }.check(what, seconds(now)))
}

/// Throws the error for a signature that does not verify, or whose key is not known.
///
/// # Errors
/// Always: `ERR_SIGNATURE`.
#[wasm_bindgen(js_name = refuseSignature)]
pub fn refuse_signature(what: &str, serial: &str, signature: &str, is_known: bool) -> Result<(), JsValue> {
    let head = Head { timestamp: "", nonce: "", serial, signature, signature_type: "" };
    run(Err(if is_known || head.is_probe() { not_genuine(what, &head) } else { unknown_serial(what, &head) }))
}

/// Throws the error for an answer that is not a success. An empty name is a call by path.
///
/// # Errors
/// Always: `ERR_FAILED` or `ERR_HTTP`.
#[wasm_bindgen]
pub fn refuse(name: &str, what: &str, status: u16, request_id: &str, body: &[u8], signed: &str) -> Result<(), JsValue> {
    run(Err(refused(api(name), what, &Refusal { status, request_id, body }, signed)))
}

/// Checks the envelope of a notice whose signature was verified. JavaScript reads the same JSON, and one object is enough.
///
/// # Errors
/// See [`read_envelope`](crate::v3::read_envelope).
#[wasm_bindgen(js_name = checkEnvelope)]
pub fn check_envelope_of(body: &[u8]) -> Result<(), JsValue> {
    run(envelope_json::<Cow<'_, str>>(body).and_then(|json| check_envelope(&json).map(|_| ())))
}

/// Throws the error for a notice that does not decrypt.
///
/// # Errors
/// Always: `ERR_DECRYPT`.
#[wasm_bindgen(js_name = refuseCipher)]
pub fn refuse_cipher() -> Result<(), JsValue> {
    run(Err(not_decrypted()))
}

/// Judges a decrypted resource. Returns its kind. Absent ids of a sub-merchant are empty.
///
/// | 0 | 1 | 2 | 3 | 4 |
/// |---|---|---|---|---|
/// | another event | a payment | a refund | a paid order | a combined payment |
///
/// # Errors
/// See [`read_resource`](crate::v3::read_resource).
#[wasm_bindgen(js_name = readResource)]
pub fn resource_kind(
    event_type: &str,
    plain: Vec<u8>,
    appid: &str,
    mchid: &str,
    sub_mchid: &str,
    sub_appid: &str,
) -> Result<u32, JsValue> {
    // The only copy in the module's memory.
    let plain = zeroize::Zeroizing::new(plain);
    let [sub_mchid, sub_appid] = [sub_mchid, sub_appid].map(|id| (!id.is_empty()).then_some(id));
    let expect = Expect { appid, mchid, sub_mchid, sub_appid, out_trade_no: None, total: None };
    let judged = resource_json::<Cow<'_, str>>(&plain).and_then(|resource| judge(event_type, &resource, &expect));
    run(judged.map(|found| match found {
        (NoticeKind::Other, _) => 0,
        (NoticeKind::Payment, false) => 1,
        (NoticeKind::Refund, _) => 2,
        (NoticeKind::Payment, true) => 3,
        (NoticeKind::Combined, _) => 4,
    }))
}

/// The canonical form of a serial, or nothing for a text that is not one.
#[wasm_bindgen]
#[must_use]
pub fn serial(text: &str) -> Option<String> {
    crate::v3::serial(text)
}

/// Reads an X.509 certificate from DER.
///
/// # Errors
/// See [`read_certificate`].
#[wasm_bindgen(js_name = readCertificate, unchecked_return_type = "CertificateData")]
pub fn certificate_object(der: &[u8]) -> Result<JsValue, JsValue> {
    run(read_certificate(der).and_then(|certificate| object(&CertificateObject::new(&certificate))))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time in seconds is below 2^53")]
fn seconds(number: f64) -> u64 {
    number as u64
}

/// The merchant of `appid`, `mchid`, `sub_mchid` and `sub_appid`. Absent ids are empty.
fn merchant_of(ids: &[String]) -> Result<Merchant, Error> {
    let mut ids = ids.iter().map(String::as_str);
    let mut next = || ids.next().unwrap_or_default();
    let merchant = Merchant::new(next(), next())?;
    match (next(), next()) {
        ("", "") => Ok(merchant),
        (sub_mchid, "") => merchant.with_sub(sub_mchid, None),
        (sub_mchid, sub_appid) => merchant.with_sub(sub_mchid, Some(sub_appid)),
    }
}

fn run<T>(result: Result<T, Error>) -> Result<T, JsValue> {
    result.map_err(|error| error_object(&error))
}

fn declared(name: &str) -> Result<&'static Declaration, Error> {
    api(name).ok_or_else(|| Error::param("api", "is not the name of an API; the README lists them"))
}
