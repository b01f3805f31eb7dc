//! `prepare` and `complete`: a request as data, and the judgement of its answer. Nothing here sends, signs or verifies.

use std::fmt;

use super::check::check;
use super::declaration::Declaration;
use super::form::{Form, Shape};
use crate::error::{Error, ErrorKind};
use crate::v3::json::{Json, Limits, read_json};
use crate::v3::merchant::Merchant;

/// A request as data. Sign [`request_text`](crate::v3::request_text) of it, and send the same bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: &'static str,
    /// Path and query, percent-encoded.
    pub path: String,
    /// The JSON; empty for a request without a body.
    pub body: String,
    /// The members that the answer must repeat, and their values.
    pub asked: Vec<(String, String)>,
}

/// Shows where the request goes. The body names the payer and stays out of logs.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).field("path", &self.path).finish_non_exhaustive()
    }
}

/// A judged answer.
pub type Answer = Json;

/// Makes the request of one API: checks every member, adds the ids, and writes path and JSON.
///
/// # Errors
/// `ERR_PARAM` with the path of the member, such as `amount.total`.
pub fn prepare(api: &'static Declaration, merchant: &Merchant, given: &Json) -> Result<Request, Error> {
    let Json::Object(members) = given else { return Err(Error::param("params", "must be an object")) };
    let (ids, params): (Vec<_>, Vec<_>) = members
        .iter()
        .cloned()
        .partition(|(name, _)| merchant.id(name).is_some() && api.request.member(name).is_none());
    for (name, value) in &ids {
        if value.text() != merchant.id(name) {
            return Err(Error::param(name, "is not the configured one; leave it out"));
        }
    }
    let params = Json::Object(params);
    check(api.request, &params, "")?;
    if !api.any_of.is_empty() && api.any_of.iter().all(|name| text(&params, name).is_empty()) {
        let first = api.any_of.first().copied().unwrap_or_default();
        return Err(Error::param(first, format_args!("is missing; one of {} is needed", api.any_of.join(", "))));
    }
    let value = |name: &str| merchant.id(name).or_else(|| params.get(name).and_then(Json::text)).unwrap_or_default();
    let is_whole = |template: &&&str| names(template).all(|name| !value(name).is_empty());
    let template = api.paths.iter().find(is_whole).copied().unwrap_or_default();
    Ok(Request {
        method: api.method,
        path: filled(template, &value),
        body: if api.method == "POST" { body(api, merchant, &params, template)? } else { String::new() },
        asked: api
            .echoes
            .iter()
            .filter_map(|(name, place)| Some(((*place).to_owned(), value_at(&params, name)?)))
            .collect(),
    })
}

/// Judges the verified answer of a call that succeeded: JSON, ids, required members, and repeated members. An answer that is
/// documented without members is not read.
///
/// # Errors
/// `ERR_JSON` or `ERR_MISMATCH`. The outcome is `unknown`, since WeChat accepted the request.
pub fn complete(
    api: &'static Declaration,
    merchant: &Merchant,
    asked: &[(String, String)],
    body: &[u8],
) -> Result<Answer, Error> {
    if !api.has_answer() {
        return Ok(Json::Object(Vec::new()));
    }
    let what = ["the answer to ", api.name].concat();
    let answer = read_json(body, Limits::ANSWER, &what)?;
    for name in ["appid", "mchid"] {
        if answer.get(name).is_some_and(|said| said.text() != merchant.id(name)) {
            return Err(Error::mismatch(name, "the answer is for another merchant or app"));
        }
    }
    check_answer(api.answer, &answer, "")?;
    for (place, value) in asked {
        let said = value_at(&answer, place).ok_or_else(|| Error::mismatch(place, MISSING))?;
        if said != *value {
            return Err(Error::mismatch(
                place,
                "is not the one that was asked: the answer is about another order or refund",
            ));
        }
    }
    for (place, word, paths) in api.needed {
        let lacks = |path: &&&str| value_at(&answer, path).is_none();
        if value_at(&answer, place).as_deref() == Some(word)
            && let Some(path) = paths.iter().find(lacks)
        {
            return Err(Error::mismatch(path, MISSING));
        }
    }
    Ok(answer)
}

const MISSING: &str = "is missing from the answer; query the order before anything else";

/// Checks what a shop acts on: members that must be there, and the types of all that are declared. Lengths are WeChat's own affair.
fn check_answer(shape: &Shape, value: &Json, path: &str) -> Result<(), Error> {
    for field in shape.members {
        let place = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
        let Some(value) = value.get(field.name) else {
            // Objects within an answer may lack any member.
            if field.required && path.is_empty() {
                return Err(Error::mismatch(&place, MISSING));
            }
            continue;
        };
        let is_right = match field.form {
            Form::Object(inner) => {
                check_answer(inner, value, &place)?;
                matches!(value, Json::Object(_))
            }
            Form::List(_) | Form::Words(_) => matches!(value, Json::List(_)),
            Form::Bool => matches!(value, Json::Bool(_)),
            Form::Amount | Form::Count | Form::Quantity | Form::OneOf(_) => value.integer().is_some(),
            Form::Of(kind) if field.required => value.text().is_some_and(|text| kind.fault(text).is_none()),
            Form::Text(_) | Form::Of(_) | Form::NewOrderNumber | Form::Time | Form::Url => value.text().is_some(),
        };
        if !is_right {
            return Err(Error::mismatch(
                &place,
                "of the answer has another form than WeChat documents; query the order",
            ));
        }
    }
    Ok(())
}

/// The JSON of a request: its parameters without those of the path, and the ids.
fn body(api: &Declaration, merchant: &Merchant, params: &Json, template: &str) -> Result<String, Error> {
    let Json::Object(members) = params else { return Ok(String::new()) };
    let ids = api.ids.iter().filter_map(|name| Some(((*name).to_owned(), Json::Text(merchant.id(name)?.to_owned()))));
    let own = members.iter().filter(|(name, _)| names(template).all(|used| used != name)).cloned();
    serde_json::to_string(&Json::Object(ids.chain(own).collect()))
        .map_err(|error| Error::new(ErrorKind::Internal, format!("the request cannot be written: {error}")))
}

fn text<'a>(params: &'a Json, name: &str) -> &'a str {
    params.get(name).and_then(Json::text).unwrap_or_default()
}

/// The text or the number at a path such as `amount.total`. An empty text counts as absent.
fn value_at(json: &Json, path: &str) -> Option<String> {
    let value = path.split('.').try_fold(json, |value, name| value.get(name))?;
    let text = value.text().map(str::to_owned).or_else(|| value.integer().map(|number| number.to_string()))?;
    (!text.is_empty()).then_some(text)
}

/// The names in a template: `{out_trade_no}`.
fn names(template: &str) -> impl Iterator<Item = &str> {
    template.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn filled<'a>(template: &str, value: &impl Fn(&str) -> &'a str) -> String {
    let mut path = String::new();
    for part in template.split_inclusive('}') {
        match part.split_once('{') {
            Some((before, name)) => {
                path.push_str(before);
                put_encoded(value(name.trim_end_matches('}')), &mut path);
            }
            None => path.push_str(part),
        }
    }
    path
}

/// Percent-encodes what is not unreserved (RFC 3986, section 2.3).
fn put_encoded(text: &str, path: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::api::{ALL, api};

    fn merchant() -> Merchant {
        Merchant::new("wx8888888888888888", "1900009191").unwrap()
    }

    fn made(name: &str, given: &str) -> Result<Request, Error> {
        prepare(api(name).unwrap(), &merchant(), &read_json(given.as_bytes(), Limits::PARAMS, "the test").unwrap())
    }

    const ORDER: &str = r#"{"description":"茶","out_trade_no":"a-1234","notify_url":"https://shop.example/n","amount":{"total":1},"payer":{"openid":"o1"}}"#;

    #[test]
    fn an_order_has_the_ids_and_its_members_in_their_order() {
        let request = made("jsapiOrder", ORDER).unwrap();
        assert_eq!((request.method, request.path.as_str()), ("POST", "/v3/pay/transactions/jsapi"));
        let ids = r#"{"appid":"wx8888888888888888","mchid":"1900009191","#;
        assert_eq!(request.body, ORDER.replacen('{', ids, 1));
    }

    #[test]
    fn paths_are_filled_and_percent_encoded() {
        let path = |name, given| made(name, given).unwrap().path;
        assert_eq!(
            path("orderQuery", r#"{"out_trade_no":"a|b*c@1"}"#),
            "/v3/pay/transactions/out-trade-no/a%7Cb%2Ac%401?mchid=1900009191"
        );
        assert_eq!(
            path("orderQuery", r#"{"out_trade_no":"a1","transaction_id":"42"}"#),
            "/v3/pay/transactions/id/42?mchid=1900009191"
        );
        let close = made("closeOrder", r#"{"out_trade_no":"a1"}"#).unwrap();
        assert_eq!(close.path, "/v3/pay/transactions/out-trade-no/a1/close");
        assert_eq!(close.body, r#"{"mchid":"1900009191"}"#);
    }

    #[test]
    fn what_wechat_would_refuse_is_refused_before_it_is_sent_with_its_place() {
        for (from, to, field, why) in [
            ("\"total\":1", "\"total\":1.5", "amount.total", "1.00 yuan is 100"),
            ("\"total\":1", "\"total\":\"1\"", "amount.total", "is text"),
            ("\"total\":1", "\"total\":0", "amount.total", "above zero"),
            ("\"total\":1", "\"Total\":1", "amount.Total", "did you mean total?"),
            ("\"description\":\"茶\",", "", "description", "is missing"),
            ("\"茶\"", "\"茶😀\"", "description", "BMP"),
            ("\"茶\"", "null", "description", "null"),
            ("\"a-1234\"", "1234567", "out_trade_no", "give it as text"),
            ("out_trade_no", "outTradeNo", "outTradeNo", "did you mean out_trade_no?"),
            ("{\"openid\":\"o1\"}", "\"o1\"", "payer", "must be an object"),
            ("{\"desc", "{\"mchid\":\"1\",\"desc", "mchid", "leave it out"),
        ] {
            let error = made("jsapiOrder", &ORDER.replacen(from, to, 1)).unwrap_err();
            assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some(field)), "{error}");
            assert!(error.message().contains(why), "{error}");
        }
        assert!(made("orderQuery", "{}").unwrap_err().message().contains("one of out_trade_no, transaction_id"));
    }

    #[test]
    fn an_answer_must_have_what_a_shop_acts_on_and_repeat_what_was_asked() {
        let api = api("orderQuery").unwrap();
        let asked = [("out_trade_no".to_owned(), "a1".to_owned())];
        let judge = |body: &str| complete(api, &merchant(), &asked, body.as_bytes());
        let good = r#"{"appid":"wx8888888888888888","mchid":"1900009191","out_trade_no":"a1","trade_state":"NOTPAY","amount":{"total":1},"new":{"x":[1]}}"#;
        assert!(judge(good).is_ok());
        for (from, to, field) in [
            ("\"out_trade_no\":\"a1\"", "\"out_trade_no\":\"a2\"", "out_trade_no"),
            ("\"trade_state\":\"NOTPAY\",", "", "trade_state"),
            ("\"total\":1", "\"total\":1.5", "amount.total"),
            ("1900009191", "1900009192", "mchid"),
        ] {
            assert_eq!(judge(&good.replacen(from, to, 1)).unwrap_err().field(), Some(field));
        }
    }

    #[test]
    fn every_path_of_every_api_uses_declared_names_only() {
        for api in ALL {
            assert!(!api.paths.is_empty(), "{}", api.name);
            for name in api.paths.iter().flat_map(|path| names(path)) {
                assert!(api.ids.contains(&name) || api.request.member(name).is_some(), "{}: {name}", api.name);
            }
        }
    }
}
