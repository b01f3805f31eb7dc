//! The calls of WeChat's API: a request as data, and the judgement of its answer. The caller sends.

use wasm_bindgen::prelude::*;

use super::values::{Options, fields_object, read_asked, read_body, read_key, read_params, read_sign_type, set, text};
use crate::border::objects::{RequestObject, TypedMembers};
use crate::error::Error;
use crate::nonce::nonce;
use crate::v2::api::{Declaration, api, complete, prepare};
use crate::v2::merchant::Merchant;
use crate::v2::params::Params;
use crate::v2::xml::Limits;
use crate::wasm::error::run;
use crate::wasm::object::object;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"/** The calls, by WeChat's names. */
export type ApiName =
  | 'unifiedOrder'
  | 'orderQuery'
  | 'closeOrder'
  | 'refund'
  | 'refundQuery'
  | 'refundQueryV2'
  | 'micropay'
  | 'reverse'
  | 'downloadBill'
  | 'downloadFundFlow'
  | 'batchQueryComment'
  | 'report'
  | 'sandboxSignKey';

/** The merchant who takes the money. */
export interface Merchant {
  /** The mini program's id. */
  appid: string;
  /** The merchant number. */
  mch_id: string;
  /** The APIv2 key of the merchant platform, 32 characters. */
  key: string;
  /** How requests are signed, and how answers must be. Default `MD5`. */
  signType?: SignType | undefined;
  /** The sub-merchant's app (service providers). */
  sub_appid?: string | undefined;
  /** The sub-merchant's number (service providers). */
  sub_mch_id?: string | undefined;
}

/** A request as data: POST `body` to `path` on `https://api.mch.weixin.qq.com`. */
export interface RequestData {
  /** The path on WeChat's host, for example `/pay/unifiedorder`. */
  path: string;
  /** Which of WeChat's services has the path. An older sandbox has another one. */
  base: 'pay' | 'sandbox';
  /** The signed XML. */
  body: string;
  /** Whether the call needs the merchant's certificate. */
  certificate: boolean;
  /** Whether it may be sent again when no answer came. */
  repeatable: boolean;
  /** The names and values that the answer must repeat. */
  asked: [name: string, value: string][];
}

/** A documented member of an answer: a whole number, text, or a list of what WeChat numbers. Absent ones are undefined. */
export type AnswerMember = string | number | AnswerMembers[] | undefined;

/** The documented members of an answer, or of one item of a list. */
export interface AnswerMembers {
  /** A member by WeChat's name; a list has our name, for example `coupons`. */
  [name: string]: AnswerMember;
}

/** A judged answer: its documented members, and every field. */
export type Answer = AnswerMembers & {
  /** Every field as text. */
  fields: Fields;
};";

/// Makes the request of a call: checks every field, adds ids, nonce and `sign_type`, signs, and writes the XML. By default the
/// nonce is a fresh one.
///
/// # Errors
/// `ERR_PARAM` with the field that is missing or malformed, `ERR_CONFIG` with the member of the merchant.
#[wasm_bindgen(js_name = prepare, unchecked_return_type = "RequestData")]
pub fn prepare_object(
    #[wasm_bindgen(js_name = api, unchecked_param_type = "ApiName")] name: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Merchant")] merchant: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Params")] params: &JsValue,
    #[wasm_bindgen(js_name = nonce, unchecked_optional_param_type = "string")] given: &JsValue,
) -> Result<JsValue, JsValue> {
    run(|| {
        let (declaration, merchant) = (declared(name)?, read_merchant(merchant)?);
        let params = read_params(params)?;
        let filled = params.iter().filter(|(_, value)| !value.is_empty());
        let nonce = if given.is_undefined() { nonce()? } else { text("nonce", given)? };
        let request = prepare(declaration, &merchant, Params::from_pairs(filled)?, &nonce)?;
        object(&RequestObject::new(declaration, &request))
    })
}

/// Judges the answer to a request that `prepare` made. A trade state is data: an unpaid order is a good answer to a query.
///
/// A bill or a list of comments is not XML: for these calls a good answer throws `ERR_XML`.
///
/// # Errors
/// `ERR_XML` for a body that is not an answer, `ERR_REFUSED`, `ERR_SIGNATURE`, `ERR_MISMATCH`, and `ERR_FAILED` with WeChat's `err_code`.
/// Read `outcome`: it says whether money may have moved.
#[wasm_bindgen(js_name = complete, unchecked_return_type = "Answer")]
pub fn complete_object(
    #[wasm_bindgen(js_name = api, unchecked_param_type = "ApiName")] name: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "Merchant")] merchant: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "RequestData")] request: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string | Uint8Array")] body: &JsValue,
) -> Result<JsValue, JsValue> {
    let judge = || {
        let (declaration, merchant) = (declared(name)?, read_merchant(merchant)?);
        let asked = read_asked(&Options::new(request, "request")?.get("asked")?)?;
        let body = read_body(body, &Limits::ANSWER)?;
        let answer = complete(declaration, &merchant, &asked, &body)?;
        let (members, families) = (declaration.answer, declaration.families);
        let object = object(&TypedMembers { members, families, answer: &answer, suffix: String::new() })?;
        set(&object, "fields", &fields_object(&answer)?)?;
        Ok(object)
    };
    run(|| judge().map_err(Error::after_sending))
}

fn declared(name: &JsValue) -> Result<&'static Declaration, Error> {
    name.as_string()
        .and_then(|name| api(&name))
        .ok_or_else(|| Error::param("api", "is not the name of an API; the README lists them"))
}

fn read_merchant(given: &JsValue) -> Result<Merchant, Error> {
    let given = Options::new(given, "merchant")?;
    let (sign_type, key) = (read_sign_type(&given.get("signType")?)?, read_key(&given.get("key")?)?);
    let merchant = Merchant::new(&given.needed("appid")?, &given.needed("mch_id")?, key, sign_type)?;
    let [sub_appid, sub_mch_id] = [given.text("sub_appid")?, given.text("sub_mch_id")?].map(Option::unwrap_or_default);
    if sub_appid.is_empty() && sub_mch_id.is_empty() {
        return Ok(merchant);
    }
    merchant.for_sub_merchant(&sub_appid, &sub_mch_id)
}
