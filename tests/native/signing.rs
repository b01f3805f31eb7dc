//! S3 and the algorithm: any parameters, any order, any change.

use paysign::{Key, Params, Prepay, SignType, build_xml, parse_xml, request_payment, sign, signed_text, verify};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{BOTH, Fields, KEY, NONCE, signature_of_text, text_to_sign};

fn key() -> Key<'static> {
    Key::new(KEY).unwrap()
}

/// Names, among them neighbours in every order of sorting, and values, among them empty ones.
fn any_fields() -> impl Strategy<Value = Fields> {
    let name = prop_oneof![
        "[a-zA-Z_][a-zA-Z0-9_.-]{0,12}",
        "coupon_(id|fee|type)_[0-9]{1,2}",
        select(&["a", "a1", "A", "a_b", "ab", "sign_type", "signs", "Sign", "__proto__", "a-b", "a.b"][..])
            .prop_map(str::to_owned),
    ];
    let value = prop_oneof![
        3 => "[ -~]{0,12}",
        1 => "[測é😀\u{a0}\u{301}]{0,6}",
        1 => Just(String::new()),
        1 => "[&=]{1,4}",
    ];
    prop::collection::btree_map(name.prop_filter("sign is set apart", |name| name != "sign"), value, 1..20)
        // A message that says nothing is not signed.
        .prop_filter("something is said", |fields| fields.values().any(|value| !value.is_empty()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_fields_are_signed_as_an_independent_signer_signs_them(fields in any_fields()) {
        let params = Params::from_pairs(&fields).unwrap();
        prop_assert_eq!(signed_text(&params), text_to_sign(&fields));
        for sign_type in BOTH {
            prop_assert_eq!(sign(&params, &key(), sign_type), signature_of_text(&text_to_sign(&fields), KEY, sign_type));
        }
    }

    #[test]
    fn the_order_of_arrival_does_not_matter(fields in any_fields(), order in any::<prop::sample::Index>()) {
        let sorted: Vec<(&String, &String)> = fields.iter().collect();
        let mut turned = sorted.clone();
        turned.rotate_left(order.index(sorted.len()));
        let reversed = sorted.iter().rev().copied().collect::<Vec<_>>();
        let mut set = Params::new();
        for (name, value) in &turned {
            set.set(name.as_str(), value.as_str()).unwrap();
        }
        for params in [Params::from_pairs(turned).unwrap(), Params::from_pairs(reversed).unwrap(), set] {
            prop_assert_eq!(&params, &Params::from_pairs(sorted.clone()).unwrap());
            prop_assert_eq!(signed_text(&params), text_to_sign(&fields));
        }
    }

    #[test]
    fn what_is_signed_verifies_and_one_changed_character_anywhere_does_not(
        fields in any_fields(), which in any::<Index>(), place in any::<Index>(), to in any::<char>(), hmac in any::<bool>()
    ) {
        let sign_type = BOTH[usize::from(hmac)];
        let mut params = Params::from_pairs(&fields).unwrap();
        params.set("sign", signature_of_text(&text_to_sign(&fields), KEY, sign_type)).unwrap();
        prop_assert!(verify(&params, &key(), sign_type));

        let said: Vec<(&String, &String)> = fields.iter().filter(|(_, value)| !value.is_empty()).collect();
        let (name, value) = which.get(&said);
        let mut changed: Vec<char> = value.chars().collect();
        let at = place.index(changed.len());
        if changed[at] != to {
            changed[at] = to;
            params.set(name.as_str(), changed.into_iter().collect::<String>()).unwrap();
            prop_assert!(!verify(&params, &key(), sign_type));
        }
    }

    #[test]
    fn a_field_put_in_or_taken_out_is_noticed_unless_it_is_empty(fields in any_fields(), which in any::<Index>()) {
        let mut params = Params::from_pairs(&fields).unwrap();
        params.set("sign", signature_of_text(&text_to_sign(&fields), KEY, SignType::HmacSha256)).unwrap();
        let mut with_empty = params.clone();
        with_empty.set("zzzz", "").unwrap();
        prop_assert!(verify(&with_empty, &key(), SignType::HmacSha256));
        with_empty.set("zzzz", "1").unwrap();
        prop_assert!(!verify(&with_empty, &key(), SignType::HmacSha256));
        let names: Vec<&String> = fields.keys().collect();
        let taken = params.remove(names[which.index(names.len())]).unwrap();
        prop_assert_eq!(verify(&params, &key(), SignType::HmacSha256), taken.is_empty());
    }

    #[test]
    fn only_the_one_spelling_of_the_signature_verifies(fields in any_fields(), place in any::<Index>(), to in any::<char>(), hmac in any::<bool>()) {
        let sign_type = BOTH[usize::from(hmac)];
        let mut params = Params::from_pairs(&fields).unwrap();
        let signature = signature_of_text(&text_to_sign(&fields), KEY, sign_type);
        let mut changed: Vec<char> = signature.chars().collect();
        let at = place.index(changed.len());
        changed[at] = if changed[at] == to { 'g' } else { to };
        params.set("sign", changed.into_iter().collect::<String>()).unwrap();
        prop_assert!(!verify(&params, &key(), sign_type));
        for wrong in [&signature[1..], &signature[..signature.len() - 1], "", &format!("{signature}0"), &format!("{signature}{signature}")] {
            params.set("sign", wrong.to_owned()).unwrap();
            prop_assert!(!verify(&params, &key(), sign_type), "{}", wrong);
        }
    }

    #[test]
    fn another_key_makes_another_signature(fields in any_fields(), place in 0..32_usize) {
        let mut other: Vec<u8> = KEY.bytes().collect();
        other[place] ^= 1;
        let other = Key::new(std::str::from_utf8(&other).unwrap()).unwrap();
        let params = Params::from_pairs(&fields).unwrap();
        for sign_type in BOTH {
            prop_assert_ne!(sign(&params, &key(), sign_type), sign(&params, &other, sign_type));
        }
    }

    #[test]
    fn what_is_signed_here_still_verifies_after_it_travelled_as_xml(fields in any_fields()) {
        let mut params = Params::from_pairs(&fields).unwrap();
        for sign_type in BOTH {
            let signature = sign(&params, &key(), sign_type);
            params.set("sign", signature).unwrap();
            let xml = build_xml(&params).unwrap();
            let read = parse_xml(xml.as_bytes(), &paysign::Limits::ANSWER).unwrap();
            prop_assert!(verify(&read, &key(), sign_type), "{}", xml);
            prop_assert!(read.iter().all(|(name, value)| fields.get(name).is_none_or(|sent| sent == value)));
        }
    }
}

#[test]
fn a_sign_of_the_other_length_is_wrong_though_it_is_right_for_the_other_type() {
    let mut params = Params::from_pairs([("nonce_str", NONCE)]).unwrap();
    for (signed, accepted) in [(SignType::Md5, SignType::HmacSha256), (SignType::HmacSha256, SignType::Md5)] {
        params.set("sign", signature_of_text(&format!("nonce_str={NONCE}"), KEY, signed)).unwrap();
        assert!(verify(&params, &key(), signed) && !verify(&params, &key(), accepted), "{signed:?}");
    }
}

#[test]
fn only_two_ways_of_signing_have_a_name() {
    for text in [
        "",
        "md5",
        "MD5 ",
        "Md5",
        "HMAC_SHA256",
        "HMAC-SHA-256",
        "hmac-sha256",
        "SHA256",
        "RSA",
        "NONE",
        "none",
        "null",
        "__proto__",
        "toString",
        "constructor",
        "0",
    ] {
        let error = SignType::from_text(text).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some("signType")), "{text}");
    }
    for sign_type in BOTH {
        assert_eq!(SignType::from_text(sign_type.as_str()).unwrap(), sign_type);
    }
}

#[test]
fn a_payment_is_not_signed_with_milliseconds() {
    let prepay = |seconds| Prepay {
        appId: "wx2421b1c4370ec43b",
        prepay_id: "u802345jgfjsdfgsdg888",
        signType: SignType::Md5,
        timeStamp: seconds,
        nonceStr: NONCE,
    };
    assert!(request_payment(&prepay(1_414_561_699), &key()).is_ok());
    for wrong in [0, 14, 1_414_561_699_000, u64::MAX] {
        let field = request_payment(&prepay(wrong), &key()).map_err(|error| error.field().map(str::to_owned));
        assert_eq!(field, Err(Some("timeStamp".to_owned())), "{wrong}");
    }
}
