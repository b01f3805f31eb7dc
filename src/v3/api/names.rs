//! Names that WeChat does not know, and the name that was probably meant.

use super::form::{Form, Shape};

/// Why a name is not taken: WeChat refuses requests with members that it does not know.
pub(super) fn unknown(shape: &Shape, name: &str) -> String {
    if let Some((_, places)) = V2_NAMES.iter().find(|(old, _)| *old == name) {
        let here = places.iter().find(|place| has(shape, place)).or_else(|| places.first());
        return format!("is a name of APIv2; in APIv3 it is {}", here.copied().unwrap_or_default());
    }
    match meant(shape, name) {
        Some(place) => format!("is not a parameter of WeChat; did you mean {place}?"),
        None => "is not a parameter of WeChat; leave it out, or send it with call(method, path, body)".to_owned(),
    }
}

/// The place of the member that was probably meant: one beside it, else one in an inner object.
fn meant(shape: &Shape, name: &str) -> Option<String> {
    let names = || shape.members.iter().map(|field| field.name);
    let begins = |known: &&str| begins_with(known, name) || known.strip_prefix("combine_") == Some(name);
    let beside = names().find(|known| is_near(known, name)).or_else(|| names().find(begins));
    beside.map(str::to_owned).or_else(|| {
        shape.members.iter().find_map(|field| {
            let (inner, mark) = inner_of(field.form)?;
            let found = inner.members.iter().map(|field| field.name).find(|known| is_near(known, name));
            Some([field.name, mark, ".", found?].concat())
        })
    })
}

/// Whether a longer name begins with this one: `total_amount` with `total`, `combine_payer_info` with `payer`.
fn begins_with(known: &str, name: &str) -> bool {
    let own = known.strip_prefix("combine_").unwrap_or(known);
    name.len() > 2 && own.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'))
}

/// The inner object of a form, and the mark of a list in a place.
const fn inner_of(form: Form) -> Option<(&'static Shape, &'static str)> {
    match form {
        Form::Object(inner) => Some((inner, "")),
        Form::List(inner) | Form::ListUpTo(inner, _) => Some((inner, "[]")),
        _ => None,
    }
}

/// Whether an object has a member at a place such as `sub_orders[].amount.total_amount`.
fn has(shape: &Shape, place: &str) -> bool {
    let (name, rest) = place.split_once('.').map_or((place, None), |(name, rest)| (name, Some(rest)));
    let Some(field) = shape.member(name.trim_end_matches("[]")) else { return false };
    rest.is_none_or(|rest| inner_of(field.form).is_some_and(|(inner, _)| has(inner, rest)))
}

/// Names of APIv2, and the places in APIv3 for the same: the first one that the object has.
const V2_NAMES: &[(&str, &[&str])] = &[
    ("body", &["description", "sub_orders[].description"]),
    ("total_fee", &["amount.total", "amount.total_amount", "sub_orders[].amount.total_amount"]),
    ("refund_fee", &["amount.refund"]),
    ("fee_type", &["amount.currency", "sub_orders[].amount.currency"]),
    ("refund_fee_type", &["amount.currency"]),
    ("openid", &["payer.openid", "combine_payer_info.openid"]),
    ("sub_openid", &["payer.sub_openid", "combine_payer_info.sub_openid"]),
    ("spbill_create_ip", &["scene_info.payer_client_ip", "scene_info.device_ip"]),
    ("device_info", &["scene_info.device_id"]),
    ("refund_desc", &["reason"]),
    ("auth_code", &["payer.auth_code"]),
    ("mch_id", &["mchid"]),
    ("sub_mch_id", &["sub_mchid"]),
];

/// Whether two names differ by their case, their underscores, or by one letter.
fn is_near(known: &str, name: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect::<Vec<_>>()
    };
    let (known, name) = (plain(known), plain(name));
    let same = known.iter().zip(&name).take_while(|(one, other)| one == other).count();
    let tail = known.iter().rev().zip(name.iter().rev()).take_while(|(one, other)| one == other).count();
    let longest = known.len().max(name.len());
    same.saturating_add(tail).saturating_add(1) >= longest && longest > 2 && known.len().abs_diff(name.len()) <= 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::v3::api::{Shaped, SubOrderAmount, api};

    #[test]
    fn a_name_of_another_object_or_of_apiv2_leads_to_the_right_place() {
        for (call, name, place) in [
            ("combinedJsapiOrder", "payer", "did you mean combine_payer_info?"),
            ("combinedJsapiOrder", "out_trade_no", "did you mean combine_out_trade_no?"),
            ("combinedJsapiOrder", "openid", "it is combine_payer_info.openid"),
            ("combinedJsapiOrder", "total_fee", "it is sub_orders[].amount.total_amount"),
            ("combinedJsapiOrder", "description", "did you mean sub_orders[].description?"),
            ("jsapiOrder", "total", "did you mean amount.total?"),
            ("jsapiOrder", "payer_client_ip", "did you mean scene_info.payer_client_ip?"),
            ("jsapiOrder", "total_fee", "it is amount.total"),
            ("jsapiOrder", "sub_mch_id", "is a name of APIv2; in APIv3 it is sub_mchid"),
            ("jsapiOrder", "mch_id", "is a name of APIv2; in APIv3 it is mchid"),
            ("refund", "refund", "did you mean amount.refund?"),
            ("codepay", "spbill_create_ip", "it is scene_info.device_ip"),
            ("jsapiOrder", "colour", "leave it out"),
        ] {
            let said = unknown(api(call).unwrap().request, name);
            assert!(said.contains(place), "{call} {name}: {said}");
        }
        let said = unknown(SubOrderAmount::SHAPE, "total");
        assert!(said.ends_with("did you mean total_amount?"), "{said}");
    }

    #[test]
    fn a_misspelt_name_is_near_to_the_right_one() {
        for (known, name) in [
            ("out_trade_no", "outTradeNo"),
            ("out_trade_no", "out_trade_n"),
            ("mchid", "mch_id"),
            ("total", "totl"),
            ("total", "totel"),
        ] {
            assert!(is_near(known, name), "{name}");
        }
        for (known, name) in [("appid", "openid_"), ("total", "amount"), ("id", "ix")] {
            assert!(!is_near(known, name), "{name}");
        }
    }
}
