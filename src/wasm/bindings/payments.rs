//! The second signature: the argument of `wx.requestPayment` and of its two relatives in the browser.

use serde::ser::{Serialize, Serializer};
use wasm_bindgen::prelude::*;

use super::values::{Options, integer_text, read_key, read_sign_type, text};
use crate::error::Error;
use crate::nonce::nonce;
use crate::v2::request_payment::{Prepay, RequestPayment, request_payment, time_stamp};
use crate::wasm::error::run;
use crate::wasm::object::object;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** What is signed for the payer's phone. The server knows all of it; nothing comes from the client. */
export interface PrepayOptions {
  /** The `appid` that ordered. */
  appId: string;
  /** The `prepay_id` of the unified order, valid for two hours. */
  prepay_id: string;
  /** The merchant's APIv2 key. */
  key: string;
  /** The way the order was signed; the two must be equal. Default `MD5`. */
  signType?: SignType | undefined;
  /** Seconds since 1970 (not milliseconds). Default now. */
  timeStamp?: number | string | undefined;
  /** At most 32 letters, digits, `_` and `-`. Default a fresh nonce. */
  nonceStr?: string | undefined;
}

/** The argument of `wx.requestPayment`. It has no `appId`. */
export interface RequestPayment {
  /** Seconds since 1970, as text: some clients fail on a number. */
  timeStamp: string;
  /** The nonce. */
  nonceStr: string;
  /** `prepay_id=` and the id. */
  package: string;
  /** As the order was signed. */
  signType: SignType;
  /** The signature over these and the `appId`. */
  paySign: string;
}

/** The argument of `getBrandWCPayRequest` of the `WeixinJSBridge`. */
export interface BridgePayment extends RequestPayment {
  /** The `appid` that ordered. */
  appId: string;
}

/** The argument of `wx.chooseWXPay` of the JSSDK. */
export interface JssdkPayment extends Omit<RequestPayment, 'timeStamp'> {
  /** Seconds since 1970, as text. It is spelled in lower case here. */
  timestamp: string;
}";

/// Signs an order for `wx.requestPayment`.
///
/// # Errors
/// `ERR_PARAM` with the member that is missing or malformed, `ERR_CONFIG` for the key.
#[wasm_bindgen(js_name = requestPayment, unchecked_return_type = "RequestPayment")]
pub fn request_payment_object(
    #[wasm_bindgen(unchecked_param_type = "PrepayOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| payment_object(options, |_, payment| members(["timeStamp", &payment.timeStamp], payment).to_vec()))
}

/// Signs an order for the JSAPI bridge inside WeChat's browser: the same members, and `appId`.
///
/// # Errors
/// As `requestPayment`.
#[wasm_bindgen(js_name = bridgePayment, unchecked_return_type = "BridgePayment")]
pub fn bridge_payment_object(
    #[wasm_bindgen(unchecked_param_type = "PrepayOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        payment_object(options, |app_id, payment| {
            let mut all = vec![["appId", app_id]];
            all.extend(members(["timeStamp", &payment.timeStamp], payment));
            all
        })
    })
}

/// Signs an order for the JSSDK inside WeChat's browser, where `timeStamp` is spelled `timestamp`.
///
/// # Errors
/// As `requestPayment`.
#[wasm_bindgen(js_name = jssdkPayment, unchecked_return_type = "JssdkPayment")]
pub fn jssdk_payment_object(
    #[wasm_bindgen(unchecked_param_type = "PrepayOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| payment_object(options, |_, payment| members(["timestamp", &payment.timeStamp], payment).to_vec()))
}

/// A payment as an object with the members that `shape` returns.
fn payment_object(
    options: &JsValue,
    shape: impl for<'a> Fn(&'a str, &'a RequestPayment) -> Vec<[&'a str; 2]>,
) -> Result<JsValue, Error> {
    let options = Options::new(options, "options")?;
    let sign_type = read_sign_type(&options.get("signType")?)?;
    let seconds = read_seconds(&options.get("timeStamp")?)?;
    let (app_id, prepay_id) = (options.needed("appId")?, options.needed("prepay_id")?);
    let given = options.text("nonceStr")?;
    let prepay = Prepay {
        appId: &app_id,
        prepay_id: &prepay_id,
        signType: sign_type,
        timeStamp: seconds,
        nonceStr: &given.map_or_else(nonce, Ok)?,
    };
    let payment = request_payment(&prepay, &read_key(&options.get("key")?)?)?;
    object(&Members(shape(&app_id, &payment)))
}

fn read_seconds(value: &JsValue) -> Result<u64, Error> {
    if value.is_undefined() {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the clock shows neither")]
        return Ok((js_sys::Date::now() / 1000.0) as u64);
    }
    let digits = if value.is_string() { text("timeStamp", value) } else { integer_text("timeStamp", value) };
    time_stamp(&digits?)
}

/// The five members, of which one clock has another name.
fn members<'a>(time: [&'a str; 2], payment: &'a RequestPayment) -> [[&'a str; 2]; 5] {
    [
        time,
        ["nonceStr", &payment.nonceStr],
        ["package", &payment.package],
        ["signType", &payment.signType],
        ["paySign", &payment.paySign],
    ]
}

/// Names and texts as an object.
struct Members<'a>(Vec<[&'a str; 2]>);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|[name, value]| (name, value)))
    }
}
