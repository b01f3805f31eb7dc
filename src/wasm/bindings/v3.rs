//! APIv3: signed texts, a request as data, and the judgement of its answer. The caller signs, sends and verifies.

mod given;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::prelude::*;

use self::given::{declared, not_json, read_body, read_merchant, read_nonce, read_params, read_seconds};
use super::values::{Options, read_asked, text};
use crate::border::objects_v3::RequestObject;
use crate::error::Error;
use crate::field::check_nonce;
use crate::v3::{Authorization, SECRET_MARK, complete, payment_text, prepare, request_text};
use crate::wasm::error::run;
use crate::wasm::object::object;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** The calls of APIv3. */
export type ApiNameV3 =
  | 'jsapiOrder' | 'appOrder' | 'h5Order' | 'nativeOrder' | 'orderQuery' | 'closeOrder' | 'codepay' | 'reverse'
  | 'refund' | 'refundQuery' | 'abnormalRefund'
  | 'tradeBill' | 'fundFlowBill' | 'subMerchantFundFlowBill' | 'certificates'
  | 'combinedJsapiOrder' | 'combinedAppOrder' | 'combinedH5Order' | 'combinedNativeOrder' | 'combinedOrderQuery'
  | 'closeCombinedOrder';

/** A JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

/** A JSON object, by WeChat's names. */
export interface JsonObject {
  /** A member by its name. */
  readonly [name: string]: JsonValue | undefined;
}

/** The merchant of APIv3. Its private key stays with the caller. */
export interface MerchantV3 {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mchid: string;
  /** The sub-merchant's number (service providers). */
  sub_mchid?: string | undefined;
  /** The sub-merchant's mini program (service providers). */
  sub_appid?: string | undefined;
}

/** A request of APIv3 as data: send `body` to `path` on `https://api.mch.weixin.qq.com`, signed. */
export interface RequestV3 {
  /** The HTTP method. */
  method: 'GET' | 'POST';
  /** Path and query, percent-encoded. */
  path: string;
  /** The JSON; empty for a request without a body. Until `sealV3` it has a mark in the place of each secret. */
  body: string;
  /** The sensitive texts to encrypt, in their order. A request without them needs no `sealV3`. */
  secrets: string[];
  /** Whether it may be sent again if an earlier attempt may have arrived. */
  repeatable: boolean;
  /** The places and values that the answer must repeat. It may lack a place that ends with `?`. */
  asked: [place: string, value: string][];
}

/** The parts of the `Authorization` header. */
export interface AuthorizationParts {
  /** The merchant number; a service provider's own. */
  mchid: string;
  /** The serial of the merchant's certificate, in hexadecimal digits. */
  serial: string;
  /** Seconds since 1970, as in the signed text. */
  timestamp: number;
  /** As in the signed text. */
  nonce: string;
  /** The signature of the request's text in base64: RSASSA-PKCS1-v1_5 with SHA-256. */
  signature: string;
}

/** What is signed for `wx.requestPayment`. */
export interface PaymentParts {
  /** The `appid` that ordered. */
  appId: string;
  /** Seconds since 1970, as text. */
  timeStamp: string;
  /** At most 32 letters, digits, `_` and `-`. */
  nonceStr: string;
  /** `prepay_id=` and the id. */
  package: string;
}";

/// Makes the request of a call of APIv3: checks every member, adds the ids, and writes path and JSON. It is not signed.
///
/// # Errors
/// `ERR_PARAM` with the path of the member, such as `amount.total`, `ERR_CONFIG` with the id of the merchant.
#[wasm_bindgen(js_name = prepareV3, unchecked_return_type = "RequestV3")]
pub fn prepare_v3_object(
    #[wasm_bindgen(js_name = api, unchecked_param_type = "ApiNameV3")] name: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "MerchantV3")] merchant: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "object")] params: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        let (declaration, merchant) = (declared(name)?, read_merchant(merchant)?);
        object(&RequestObject::new(&prepare(declaration, &merchant, &read_params(params)?)?))
    })
}

/// The same request with its sensitive texts encrypted. `encrypted` has base64 of each secret, in their order. The cipher is
/// RSAES-OAEP with SHA-1, by the key that the request names in `Wechatpay-Serial`.
///
/// # Errors
/// `ERR_PARAM` of `encrypted` for another number of texts, or a text that is not base64.
#[wasm_bindgen(js_name = sealV3, unchecked_return_type = "RequestV3")]
pub fn seal_v3(
    #[wasm_bindgen(unchecked_param_type = "RequestV3")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string[]")] encrypted: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        let body = text_of_body(&Options::new(request, "request")?)?;
        let fault = |what: &str| Error::param("encrypted", what);
        if !Array::is_array(encrypted) {
            return Err(fault("must be a list of texts in base64"));
        }
        let texts = Array::from(encrypted).to_vec();
        let mut pieces = body.split(SECRET_MARK);
        let mut sealed = pieces.next().unwrap_or_default().to_owned();
        if pieces.clone().count() != texts.len() {
            return Err(fault("must have one text for each secret"));
        }
        for (piece, text) in pieces.zip(&texts) {
            let text = text.as_string().filter(|text| STANDARD.decode(text).is_ok() && !text.is_empty());
            sealed.push_str(&text.ok_or_else(|| fault("must be a list of texts in base64"))?);
            sealed.push_str(piece);
        }
        let copy = Object::assign(&Object::new(), request.unchecked_ref());
        for (name, value) in [("body", JsValue::from_str(&sealed)), ("secrets", Array::new().into())] {
            Reflect::set(&copy, &name.into(), &value).map_err(|_| fault("the request cannot be copied"))?;
        }
        Ok(copy.into())
    })
}

/// Judges the answer to a request that `prepareV3` made: JSON, ids, required members, and repeated members. Verify its signature
/// first, with `answerTextV3`, and the status: 200 or 204. Returns the JSON, or `undefined` for an answer without a body. A text that
/// WeChat encrypted stays as it is.
///
/// # Errors
/// `ERR_JSON` or `ERR_MISMATCH`. The outcome is `unknown`, since WeChat accepted the request.
#[wasm_bindgen(js_name = completeV3, unchecked_return_type = "JsonObject | undefined")]
pub fn complete_v3_object(
    #[wasm_bindgen(js_name = api, unchecked_param_type = "ApiNameV3")] name: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "MerchantV3")] merchant: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "RequestV3")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
) -> Result<JsValue, JsValue> {
    let judge = || {
        let (declaration, merchant) = (declared(name)?, read_merchant(merchant)?);
        let asked = read_asked(&Options::new(request, "request")?.get("asked")?)?;
        let body = read_body(body)?;
        complete(declaration, &merchant, &asked, &body)?;
        if !declaration.has_answer() {
            return Ok(JsValue::UNDEFINED);
        }
        // It makes every name an own member, `__proto__` too.
        let text = String::from_utf8(body).map_err(|_| not_json())?;
        JSON::parse(&text).map_err(|_| not_json())
    };
    run(|| judge().map_err(Error::after_sending))
}

/// The text that is signed for a request. It has method, path with query, time, nonce and body, each with its line end.
///
/// # Errors
/// `ERR_PARAM` with the field: `body` for one that is not sealed yet.
#[wasm_bindgen(js_name = requestTextV3)]
pub fn request_text_v3(
    #[wasm_bindgen(unchecked_param_type = "Pick<RequestV3, 'method' | 'path' | 'body'>")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "number")] timestamp: &JsValue,
    #[wasm_bindgen(js_name = nonce, unchecked_param_type = "string")] given: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        let request = Options::new(request, "request")?;
        let body = text_of_body(&request)?;
        if body.contains(SECRET_MARK) {
            return Err(Error::param("body", "has sensitive members that are not encrypted; call sealV3 first"));
        }
        let (method, path) = (request.needed("method")?, request.needed("path")?);
        Ok(request_text(&method, &path, read_seconds(timestamp)?, &read_nonce(given)?, &body))
    })
}

/// The text that is signed for an answer or a notice. It has time, nonce and raw body, each with its line end. Time and nonce are
/// those of the headers `Wechatpay-Timestamp` and `Wechatpay-Nonce`.
///
/// # Errors
/// `ERR_PARAM` with the field, `ERR_JSON` for a body that is neither text nor bytes.
#[wasm_bindgen(js_name = answerTextV3, unchecked_return_type = "Uint8Array")]
pub fn answer_text_v3(
    #[wasm_bindgen(unchecked_param_type = "string")] timestamp: &JsValue,
    #[wasm_bindgen(js_name = nonce, unchecked_param_type = "string")] given: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
) -> Result<Vec<u8>, JsValue> {
    run(|| {
        let (timestamp, nonce) = (text("timestamp", timestamp)?, text("nonce", given)?);
        Ok(crate::v3::answer_text(&timestamp, &nonce, &read_body(body)?))
    })
}

/// The text that is signed for `wx.requestPayment`. It has app, time, nonce and package, each with its line end.
///
/// # Errors
/// `ERR_PARAM` with the field.
#[wasm_bindgen(js_name = paymentTextV3)]
pub fn payment_text_v3(
    #[wasm_bindgen(unchecked_param_type = "PaymentParts")] parts: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        let parts = Options::new(parts, "parts")?;
        let nonce = parts.needed("nonceStr")?;
        check_nonce("nonceStr", &nonce)?;
        Ok(payment_text(&parts.needed("appId")?, &parts.needed("timeStamp")?, &nonce, &parts.needed("package")?))
    })
}

/// The value of the `Authorization` header.
///
/// # Errors
/// `ERR_PARAM` with the part that is missing, or that would change the header.
#[wasm_bindgen(js_name = authorizationV3)]
pub fn authorization_v3(
    #[wasm_bindgen(unchecked_param_type = "AuthorizationParts")] parts: &JsValue,
) -> Result<String, JsValue> {
    run(|| {
        let parts = Options::new(parts, "parts")?;
        let [mchid, serial, signature] = ["mchid", "serial", "signature"].map(|name| {
            let value = parts.needed(name)?;
            let is_right = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
            if is_right { Ok(value) } else { Err(Error::param(name, "has a character that would change the header")) }
        });
        let nonce = read_nonce(&parts.get("nonce")?)?;
        let timestamp = read_seconds(&parts.get("timestamp")?)?;
        let (mchid, serial, signature) = (mchid?, serial?, signature?);
        let made = Authorization { mchid: &mchid, serial: &serial, timestamp, nonce: &nonce, signature: &signature };
        Ok(made.header())
    })
}

/// The body of a request; the empty text without one.
fn text_of_body(request: &Options<'_>) -> Result<String, Error> {
    let body = request.get("body")?;
    if body.is_undefined() { Ok(String::new()) } else { text("body", &body) }
}
