//! The shared vectors on the exports of `wasm-pack build`, as JavaScript calls them: plain objects in, plain objects out.

use js_sys::{Array, Error, JSON, Object, Reflect, Uint8Array};
use paysign::bindings::{
    bridge_payment_object, build_xml_text, complete_object, jssdk_payment_object, nonce_text, open_notify_object,
    parse_xml_object, prepare_object, reply_notify_text, request_payment_object, sign_object, signed_text_object,
    signed_xml_text, verify_object,
};
use paysign::{SignType, api};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::cases::body;
use crate::{each, same};

const SIGN_TYPES: [&str; 2] = ["MD5", "HMAC-SHA256"];

/// The cases of a list of a vector file, as JavaScript reads them.
fn cases(json: &str, list: &str) -> Vec<JsValue> {
    Array::from(&get(&JSON::parse(json).unwrap(), list)).to_vec()
}

fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &text(name)).unwrap()
}

fn get_text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

fn text(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// A copy of an object with one more own member of any name.
fn with(object: &JsValue, name: &str, value: &JsValue) -> JsValue {
    let pairs = Object::entries(object.unchecked_ref());
    pairs.push(&Array::of2(&text(name), value));
    Object::from_entries(&pairs).unwrap().into()
}

/// The members of an object as JSON, by name.
fn members(object: &JsValue) -> String {
    JSON::stringify(&Object::entries(object.unchecked_ref()).sort()).unwrap().into()
}

/// The body of a case as JavaScript has it.
fn bytes(case: &JsValue) -> JsValue {
    Uint8Array::from(body(&get_text(case, "body"), &get_text(case, "base64")).as_slice()).into()
}

/// The result of an export, or the message of its error.
fn returned<T>(name: &str, result: Result<T, JsValue>) -> Result<T, String> {
    result.map_err(|error| format!("{name}: {}", Error::from(error).message()))
}

/// The code, the field and the outcome of an error.
fn refusal(name: &str, result: Result<JsValue, JsValue>) -> Result<[Option<String>; 3], String> {
    let Err(error) = result else { return Err(format!("{name} is accepted")) };
    if !error.is_instance_of::<Error>() {
        return Err(format!("{name}: no Error is thrown"));
    }
    Ok(["code", "field", "outcome"].map(|member| get_text(&error, member)))
}

#[wasm_bindgen_test]
fn every_signing_vector_passes_on_the_exports() {
    each(&cases(include_str!("../vectors/signing.json"), "cases"), 20, |case| {
        let name = get_text(case, "name").unwrap();
        let (params, key) = (get(case, "params"), get(case, "key"));
        if let Some(wanted) = get_text(case, "signed_text") {
            same(&name, &returned(&name, signed_text_object(&params))?, &wanted)?;
        }
        for sign_type in SIGN_TYPES {
            let Some(wanted) = get_text(case, sign_type) else { continue };
            same(&name, &returned(&name, sign_object(&params, &key, &text(sign_type)))?, &wanted)?;
            let signed = with(&params, "sign", &text(&wanted));
            same(&name, &returned(&name, verify_object(&signed, &key, &text(sign_type)))?, &true)?;
            let changed = with(&signed, "added", &JsValue::from(1));
            same(&name, &returned(&name, verify_object(&changed, &key, &text(sign_type)))?, &false)?;
            let xml = returned(&name, signed_xml_text(&params, &key, &text(sign_type)))?;
            same(&name, &returned(&name, build_xml_text(&signed))?, &xml)?;
            let read = returned(&name, parse_xml_object(&text(&xml)))?;
            same(&name, &returned(&name, verify_object(&read, &key, &text(sign_type)))?, &true)?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test]
fn every_payment_vector_passes_on_the_exports() {
    let json = include_str!("../vectors/request_payment.json");
    each(&cases(json, "accepted"), 4, |case| {
        let name = get_text(case, "name").unwrap();
        let payment = returned(&name, request_payment_object(case))?;
        for member in ["timeStamp", "nonceStr", "signType", "paySign"] {
            same(&name, &get_text(&payment, member), &get_text(case, member))?;
        }
        let package = format!("prepay_id={}", get_text(case, "prepay_id").unwrap());
        same(&name, &get_text(&payment, "package"), &Some(package))?;
        let bridge = returned(&name, bridge_payment_object(case))?;
        same(&name, &members(&bridge), &members(&with(&payment, "appId", &get(case, "appId"))))?;
        let jssdk = returned(&name, jssdk_payment_object(case))?;
        same(&name, &get_text(&jssdk, "timestamp"), &get_text(case, "timeStamp"))?;
        same(&name, &get(&jssdk, "timeStamp"), &JsValue::UNDEFINED)
    });
    each(&cases(json, "refused"), 20, |case| {
        let name = get_text(case, "name").unwrap();
        let said = refusal(&name, request_payment_object(case))?;
        same(&name, &said, &[Some("ERR_PARAM".to_owned()), get_text(case, "field"), Some("not-sent".to_owned())])
    });
}

#[wasm_bindgen_test]
fn every_xml_vector_passes_on_the_exports() {
    let json = include_str!("../vectors/xml.json");
    each(&cases(json, "accepted"), 45, |case| {
        let name = get_text(case, "name").unwrap();
        let fields = returned(&name, parse_xml_object(&bytes(case)))?;
        same(&name, &members(&fields), &members(&get(case, "fields")))
    });
    each(&cases(json, "refused"), 230, |case| {
        let name = get_text(case, "reason").unwrap();
        let result = parse_xml_object(&bytes(case));
        let position = result.as_ref().err().and_then(|error| get(error, "position").as_f64());
        same(&name, &position, &Some(get(case, "position").as_f64().or(position).unwrap_or(-1.0)))?;
        let said = refusal(&name, result)?;
        same(&name, &said, &[Some("ERR_XML".to_owned()), None, Some("unknown".to_owned())])
    });
}

#[wasm_bindgen_test]
fn every_notice_vector_passes_on_the_exports() {
    let json = include_str!("../vectors/notices.json");
    each(&cases(json, "accepted"), 15, |case| {
        let name = get_text(case, "name").unwrap();
        let notice = returned(&name, open_notify_object(&bytes(case), &get(case, "options")))?;
        same(&name, &get(&notice, "paid"), &get(case, "paid"))?;
        same(&name, &get_text(&notice, "kind").as_deref(), &Some("payment"))?;
        same(&name, &members(&get(&notice, "fields")), &members(&get(case, "fields")))
    });
    each(&cases(json, "refused"), 70, |case| {
        let name = get_text(case, "reason").unwrap();
        let said = refusal(&name, open_notify_object(&bytes(case), &get(case, "options")))?;
        same(&name, &said, &[get_text(case, "code"), get_text(case, "field"), Some("unknown".to_owned())])
    });
}

#[wasm_bindgen_test]
fn every_call_is_prepared_and_its_signed_answer_is_completed() {
    let key = text("192006250b4c09247ec02edce69f6a2d");
    let ids = with(&with(&Object::new(), "appid", &text("wxd930ea5d5a258f4f")), "mch_id", &text("10000100"));
    let merchant = with(&ids, "key", &key);
    let calls = cases(include_str!("../vectors/calls.json"), "calls");
    each(&calls, 13, |case| {
        let name = get_text(case, "api").unwrap();
        let declaration = api(&name).unwrap();
        let nonce = text("5K8264ILTKCH16CQ2502SI8ZNMTM67VS");
        let request = returned(&name, prepare_object(&text(&name), &merchant, &get(case, "request"), &nonce))?;
        same(&name, &get(&request, "path"), &get(case, "path"))?;
        same(&name, &get(&request, "certificate"), &get(case, "certificate"))?;
        let sent = returned(&name, parse_xml_object(&get(&request, "body")))?;
        same(&name, &get_text(&sent, "nonce_str"), &nonce.as_string())?;
        if !declaration.answer_signed {
            return Ok(());
        }
        let mut answer = ids.clone();
        for name in ["return_code", "result_code"] {
            answer = with(&answer, name, &text("SUCCESS"));
        }
        Object::assign(answer.unchecked_ref::<Object>(), get(case, "answer").unchecked_ref());
        let sign_type = text(declaration.sign_type.unwrap_or(SignType::Md5).as_str());
        let xml = text(&returned(&name, signed_xml_text(&answer, &key, &sign_type))?);
        let completed = returned(&name, complete_object(&text(&name), &merchant, &request, &xml))?;
        let fields = returned(&name, parse_xml_object(&xml))?;
        same(&name, &members(&get(&completed, "fields")), &members(&fields))?;
        for member in declaration.answer {
            let (typed, said) = (get(&completed, member.name), get_text(&fields, member.name));
            let shown = typed.as_string().or_else(|| typed.as_f64().map(|number| number.to_string()));
            same(&name, &shown, &said.filter(|said| !said.is_empty()))?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test]
fn a_reply_and_a_nonce_are_text() {
    let read = |reply: String| get_text(&parse_xml_object(&text(&reply)).unwrap(), "return_code");
    assert_eq!(read(reply_notify_text(&JsValue::UNDEFINED).unwrap()).as_deref(), Some("SUCCESS"));
    assert_eq!(read(reply_notify_text(&text("busy")).unwrap()).as_deref(), Some("FAIL"));
    assert!(reply_notify_text(&JsValue::from(1)).is_err());
    assert_eq!(nonce_text().unwrap().len(), 32);
}
