//! The doctor of APIv2: mistakes that were made here by hand, what it shows, and what it never shows.

use paysign::doctor::{Given, Language, SignatureFacts, explain_signature};
use paysign::{Key, Params, SignType, sign};

const KEY: &str = "192006250b4c09247ec02edce69f6a2d";
const FIELDS: [(&str, &str); 6] = [
    ("appid", "wxd930ea5d5a258f4f"),
    ("mch_id", "10000100"),
    ("body", "茶 & 水"),
    ("nonce_str", "ibuaiVcKdpRxkhJA"),
    ("total_fee", "100"),
    ("attach", ""),
];

fn fields(more: &[(&str, &str)]) -> Vec<(String, String)> {
    FIELDS.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn signed(pairs: &[(&str, &str)], key: &str) -> String {
    sign(&Params::from_pairs(pairs.iter().copied()).unwrap(), &Key::new(key).unwrap(), SignType::Md5)
}

fn first(signature: &str) -> (String, bool, Vec<&'static str>) {
    let facts = SignatureFacts { key: KEY, signature: Some(signature), ..SignatureFacts::default() };
    let diagnosis = explain_signature(&Given::Fields(fields(&[])), &facts).unwrap();
    assert!(!diagnosis.is_right);
    let cause = diagnosis.causes.into_iter().next().unwrap();
    (cause.code.to_owned(), cause.is_certain, cause.with)
}

#[test]
fn a_right_signature_is_right_and_has_no_cause() {
    let facts = SignatureFacts { key: KEY, ..SignatureFacts::default() };
    let right = signed(&FIELDS, KEY);
    let diagnosis = explain_signature(&Given::Fields(fields(&[("sign", &right)])), &facts).unwrap();
    assert!(diagnosis.is_right && diagnosis.causes.is_empty());
    assert_eq!(diagnosis.right_signature.as_deref(), Some(right.as_str()));
    assert_eq!(
        diagnosis.signed_text,
        "appid=wxd930ea5d5a258f4f&body=茶 & 水&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA&total_fee=100"
    );
    let unsigned: Vec<&str> =
        diagnosis.fields.iter().filter(|field| !field.is_signed).map(|field| field.name.as_str()).collect();
    assert_eq!(unsigned, ["attach", "sign"]);
}

#[test]
fn a_mistake_that_reproduces_the_signature_is_named_and_certain() {
    let right = signed(&FIELDS, KEY);
    let escaped = FIELDS.map(|(name, value)| (name, if name == "body" { "茶 &amp; 水" } else { value }));
    assert_eq!(first(&right.to_lowercase()), ("lower-case".to_owned(), true, vec![]));
    assert_eq!(first(&right[..31]), ("truncated-signature".to_owned(), true, vec![]));
    assert_eq!(first(&signed(&FIELDS[1..], KEY)), ("field-left-out".to_owned(), true, vec![]));
    assert_eq!(first(&signed(&escaped, KEY)), ("html-escaped".to_owned(), true, vec![]));
    assert_eq!(first(&signed(&FIELDS, &KEY.to_uppercase())), ("key-case".to_owned(), true, vec![]));
    assert_eq!(first(&signed(&escaped, &KEY.to_uppercase())), ("html-escaped".to_owned(), true, vec!["key-case"]));
}

#[test]
fn what_nobody_can_recompute_is_unknown_and_not_certain() {
    let other = "e".repeat(32);
    for signature in [signed(&FIELDS, &other), "0".repeat(32), "A".repeat(64), "no digits".to_owned(), String::new()] {
        assert_eq!(first(&signature), ("unknown".to_owned(), false, vec![]), "{signature}");
    }
}

#[test]
fn a_pasted_key_is_in_no_part_of_a_diagnosis() {
    let other = "Z".repeat(32);
    let keys = [("shop-2".to_owned(), zeroize::Zeroizing::new(other.clone()))];
    let facts = SignatureFacts { key: KEY, keys: &keys, ..SignatureFacts::default() };
    let text = format!("appid=wx1&body=my {KEY} {other}&mch_id=1&key={KEY}&sign={}", signed(&FIELDS, &other));
    for language in [Language::English, Language::Chinese] {
        let facts = SignatureFacts { language, ..facts.clone() };
        let shown = format!("{:?}", explain_signature(&Given::Text(&text), &facts).unwrap());
        assert!(!shown.contains(KEY) && !shown.contains(&other), "{shown}");
        assert!(shown.contains("body=my [key] [key]"), "{shown}");
    }
}

/// Explains a text, and returns its first cause.
fn first_of(text: &str, facts: &SignatureFacts<'_>) -> Option<(&'static str, bool)> {
    let diagnosis = explain_signature(&Given::Text(text), facts).unwrap();
    diagnosis.causes.first().map(|cause| (cause.code, cause.is_certain))
}

#[test]
fn a_pasted_text_with_another_key_names_the_key_and_does_not_show_it() {
    let other = "e".repeat(32);
    let text = format!("a=1&b=2&key={other}&sign={}", signed(&[("a", "1"), ("b", "2")], &other));
    let facts = SignatureFacts { key: KEY, ..SignatureFacts::default() };
    let diagnosis = explain_signature(&Given::Text(&text), &facts).unwrap();
    assert_eq!((diagnosis.causes[0].code, diagnosis.causes[0].is_certain), ("key-candidate", true));
    assert_eq!(diagnosis.signed_text, "a=1&b=2");
    assert!(!format!("{diagnosis:?}").contains(&other));
}

#[test]
fn blanks_around_the_mark_and_pluses_of_a_form_are_no_part_of_a_value() {
    let facts = SignatureFacts { key: KEY, ..SignatureFacts::default() };
    let spaced = format!("a = 1\nb = 2 3\nsign = {}", signed(&[("a", "1"), ("b", "2 3")], KEY));
    let form = format!("a=1&b=2+3&sign={}", signed(&[("a", "1"), ("b", "2 3")], KEY));
    let raw = format!("a=http://x/&b=2+3&sign={}", signed(&[("a", "http://x/"), ("b", "2+3")], KEY));
    for text in [spaced, form, raw] {
        assert_eq!(first_of(&text, &facts), None, "{text}");
    }
}

#[test]
fn what_wechat_signs_with_hmac_without_a_sign_type_is_right() {
    let facts = SignatureFacts { key: KEY, ..SignatureFacts::default() };
    let hmac = |pairs: &[(&str, &str)]| {
        sign(&Params::from_pairs(pairs.iter().copied()).unwrap(), &Key::new(KEY).unwrap(), SignType::HmacSha256)
    };
    for pairs in [
        &[("return_code", "SUCCESS"), ("total_fee", "1")][..],
        &[("account_type", "Basic"), ("bill_date", "20140603")],
        &[("begin_time", "20170724000000"), ("end_time", "20170725000000"), ("offset", "0")],
    ] {
        let text: String = pairs.iter().map(|(name, value)| format!("{name}={value}&")).collect();
        assert_eq!(first_of(&format!("{text}sign={}", hmac(pairs)), &facts), None, "{text}");
    }
    let order = [("appid", "wx1"), ("total_fee", "1")];
    let text = format!("appid=wx1&total_fee=1&sign={}", hmac(&order));
    assert_eq!(first_of(&text, &facts), Some(("sign-type", true)), "an order without sign_type is signed with MD5");
    let app = [("appid", "wx1"), ("noncestr", "n"), ("package", "Sign=WXPay"), ("timestamp", "1785028800")];
    let text: String = app.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    assert_eq!(first_of(&format!("{text}sign={}", hmac(&app)), &facts), Some(("sign-type", true)));
}

#[test]
fn a_message_without_fields_and_an_empty_key_are_refused() {
    let facts = SignatureFacts { key: KEY, ..SignatureFacts::default() };
    for text in ["", "  \n", "no message", "{}", "<xml></xml>"] {
        let error = explain_signature(&Given::Text(text), &facts).unwrap_err();
        assert_eq!(error.field(), Some("message"), "{text}");
    }
    let error = explain_signature(&Given::Fields(fields(&[])), &SignatureFacts::default()).unwrap_err();
    assert_eq!(error.field(), Some("key"));
}

#[test]
fn a_message_of_any_size_is_refused_or_explained_in_bounded_work() {
    let explained = |fields: usize, length: usize| {
        let fields = (0..fields).map(|number| (format!("name_{number}"), "茶<&>\" {[7".repeat(length)));
        let facts = SignatureFacts { key: KEY, signature: Some("ABCDEF0123456789"), ..SignatureFacts::default() };
        explain_signature(&Given::Fields(fields.collect()), &facts).map(|diagnosis| diagnosis.causes[0].code)
    };
    for (fields, length) in [(1, 0), (1, 20_000), (30, 8), (200, 90), (1_000, 20)] {
        assert_eq!(explained(fields, length).unwrap(), "unknown", "{fields} × {length}");
    }
    for (fields, length) in [(0, 0), (1, 30_000), (1_100, 1)] {
        assert_eq!(explained(fields, length).unwrap_err().field(), Some("message"), "{fields} × {length}");
    }
}
