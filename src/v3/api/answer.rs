//! `complete`: the judgement of an answer. Nothing here verifies its signature.

use super::declaration::{Declaration, Effect, Needs};
use super::form::{Form, Shape};
use crate::error::Error;
use crate::v3::json::{Json, Limits, read_json};
use crate::v3::merchant::Merchant;

/// A judged answer.
pub type Answer = Json;

/// Judges the verified answer of a call that succeeded: JSON, ids, types, required members, and repeated members. An answer that is
/// documented without members is not read.
///
/// # Errors
/// `ERR_JSON`, or `ERR_MISMATCH` with the place, such as `sub_orders[0].amount.total_amount`. The outcome is `unknown`, since WeChat
/// accepted the request.
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
    for name in Merchant::OWN_IDS {
        if answer.get(name).is_some_and(|said| said.text() != merchant.id(name)) {
            return Err(Error::mismatch(name, "the answer is for another merchant or app"));
        }
    }
    let judge = Judge { advice: advice(api.effect) };
    judge.check(api.answer, &answer, "")?;
    judge.check_asked(asked, &answer)?;
    judge.check_needed(api.needed, &answer, "")?;
    for (name, fault) in api.filled {
        if matches!(answer.get(name), Some(Json::List(items)) if items.is_empty()) {
            return Err(Error::mismatch(name, fault));
        }
    }
    for (name, needed) in api.needed_of_each {
        let Some(Json::List(items)) = answer.get(name) else { continue };
        for (index, item) in items.iter().enumerate() {
            judge.check_needed(needed, item, &format!("{name}[{index}]."))?;
        }
    }
    Ok(answer)
}

/// The place of a member that an answer may lack, and must repeat if it has it.
pub(super) fn if_present(place: &str) -> String {
    [place, IF_PRESENT].concat()
}

/// The mark of a place that an answer may lack.
const IF_PRESENT: &str = "?";

/// What to do after an answer that cannot be used.
const fn advice(effect: Effect) -> &'static str {
    match effect {
        Effect::Query => "ask again",
        Effect::Order | Effect::Close | Effect::Money => "query the order before anything else",
    }
}

/// The checks of one answer, whose errors have the same advice.
struct Judge {
    advice: &'static str,
}

impl Judge {
    /// Checks what a shop acts on: members that must be there, and the types of all that are declared. Lengths are WeChat's own affair.
    fn check(&self, shape: &Shape, value: &Json, path: &str) -> Result<(), Error> {
        for field in shape.members {
            let place = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
            let Some(value) = value.get(field.name) else {
                if field.required {
                    return Err(self.missing(&place));
                }
                continue;
            };
            let is_right = match field.form {
                Form::Object(inner) => {
                    self.check(inner, value, &place)?;
                    matches!(value, Json::Object(_))
                }
                Form::List(inner) | Form::ListUpTo(inner, _) => {
                    let items = if let Json::List(items) = value { items.as_slice() } else { &[] };
                    for (index, item) in items.iter().enumerate() {
                        let place = format!("{place}[{index}]");
                        if !matches!(item, Json::Object(_)) {
                            return Err(self.misformed(&place));
                        }
                        self.check(inner, item, &place)?;
                    }
                    matches!(value, Json::List(_))
                }
                Form::Words(_) => matches!(value, Json::List(_)),
                Form::Bool => matches!(value, Json::Bool(_)),
                Form::Amount | Form::Count | Form::Quantity | Form::OneOf(_) => value.integer().is_some(),
                Form::Of(kind) if field.required => value.text().is_some_and(|text| kind.fault(text).is_none()),
                Form::Text(_)
                | Form::Of(_)
                | Form::NewOrderNumber
                | Form::MerchantNumber
                | Form::Time
                | Form::Url(_)
                | Form::Secret
                | Form::Date => value.text().is_some(),
            };
            if !is_right {
                return Err(self.misformed(&place));
            }
        }
        Ok(())
    }

    /// Checks that the answer repeats what was asked.
    fn check_asked(&self, asked: &[(String, String)], answer: &Json) -> Result<(), Error> {
        for (place, value) in asked {
            let optional = place.strip_suffix(IF_PRESENT);
            let place = optional.unwrap_or(place);
            let is_absent = answer.find(place).is_none_or(|said| said.text() == Some(""));
            if is_absent && optional.is_some() {
                continue;
            }
            if is_absent {
                return Err(self.missing(place));
            }
            if answer.value_at(place).as_ref() != Some(value) {
                let fault = "is not the one that was asked: the answer is about another order, refund or merchant";
                return Err(Error::mismatch(place, fault));
            }
        }
        Ok(())
    }

    /// Checks that an object has what its state needs. `before` begins the place of its members.
    fn check_needed(&self, needed: &[Needs], value: &Json, before: &str) -> Result<(), Error> {
        for (place, word, paths) in needed {
            let lacks = |path: &&&str| value.value_at(path).is_none();
            if value.value_at(place).as_deref() == Some(word)
                && let Some(path) = paths.iter().find(lacks)
            {
                return Err(self.missing(&[before, path].concat()));
            }
        }
        Ok(())
    }

    fn missing(&self, place: &str) -> Error {
        Error::mismatch(place, format_args!("is missing from the answer; {}", self.advice))
    }

    fn misformed(&self, place: &str) -> Error {
        let fault = format_args!("of the answer has another form than WeChat documents; {}", self.advice);
        Error::mismatch(place, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::api::api;

    #[test]
    fn an_answer_must_have_what_a_shop_acts_on_and_repeat_what_was_asked() {
        let api = api("orderQuery").unwrap();
        let merchant = Merchant::new("wx8888888888888888", "1900009191").unwrap();
        let asked = [("out_trade_no".to_owned(), "a1".to_owned())];
        let judge = |body: &str| complete(api, &merchant, &asked, body.as_bytes());
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
}
