//! S4: no error and no debug text contains the key, a computed signature, or the signed text.

use std::error::Error as _;

use paysign::{
    Error, Expect, Key, Limits, Merchant, Params, Prepay, SignType, bridge_payment, build_xml, jssdk_payment,
    open_notify, parse_xml, prepare, request_payment, time_stamp,
};

use crate::calls::calls;
use crate::genuine::notice;
use crate::support::{
    APPID, BOTH, Fields, KEY, MCH_ID, NONCE, OTHER_KEY, merchant, signature_of_text, signed_by, text_to_sign, with,
    without, xml,
};

/// Everything that an error shows.
fn shown(error: &Error) -> String {
    format!(
        "{error} {error:?} {error:#?} {} {:?} {:?} {:?} {:?} {:?}",
        error.message(),
        error.field(),
        error.return_msg(),
        error.err_code(),
        error.err_code_des(),
        error.source().map(ToString::to_string)
    )
}

/// The secrets of a message: the key, and the signatures that only the key can make.
fn canaries(message: &Fields) -> Vec<String> {
    let text = text_to_sign(message);
    let mut canaries = vec![KEY.to_owned(), KEY[..16].to_owned(), KEY[16..].to_owned(), "&key=".to_owned()];
    if !text.is_empty() {
        canaries.push(text.clone());
    }
    for key in [KEY, OTHER_KEY] {
        for sign_type in BOTH {
            let signature = signature_of_text(&text, key, sign_type);
            canaries.extend([signature[..12].to_owned(), signature[..12].to_lowercase()]);
        }
    }
    canaries
}

fn assert_silent(text: &str, message: &Fields) {
    for canary in canaries(message) {
        assert!(!text.contains(&canary), "{canary} is told: {text}");
    }
}

/// A message changed in every way that some check refuses.
fn spoilt(good: &Fields) -> Vec<Fields> {
    let mut spoilt = vec![good.clone(), without(good, &["return_code"]), with(good, &[("__proto__", "1")])];
    for name in good.keys() {
        spoilt.push(without(good, &[name]));
        for text in ["", "x y&z=1", "0", "FAIL", "wx1", "NOTPAY", "\u{ffff}"] {
            spoilt.push(with(good, &[(name, text)]));
        }
    }
    spoilt
}

#[test]
fn no_refusal_of_a_notice_shows_the_right_signature() {
    let key = Key::new(KEY).unwrap();
    let mut refusals = 0;
    for message in spoilt(&notice()) {
        for signed_as in
            [None, Some((KEY, SignType::Md5)), Some((KEY, SignType::HmacSha256)), Some((OTHER_KEY, SignType::Md5))]
        {
            let signed = signed_as.map_or_else(|| message.clone(), |(key, how)| signed_by(&message, key, how));
            for body in [xml(&signed), format!("{}x", xml(&signed)), format!("<!DOCTYPE x>{}", xml(&signed))] {
                let expect = crate::support::stored(&key, &[SignType::Md5]);
                if let Err(error) = open_notify(body.as_bytes(), &expect) {
                    assert_silent(&shown(&error), &message);
                    refusals += 1;
                }
            }
        }
    }
    assert!(refusals > 1000, "only {refusals} refusals were looked at");
}

#[test]
fn no_refusal_of_an_answer_shows_the_right_signature() {
    let mut refusals = 0;
    for call in calls() {
        for message in spoilt(&call.answer) {
            for signed in [
                message.clone(),
                signed_by(&message, KEY, SignType::Md5),
                signed_by(&message, OTHER_KEY, SignType::Md5),
            ] {
                let body = xml(&signed);
                for sign_type in BOTH {
                    if let Err(error) = call.complete(sign_type, body.as_bytes()) {
                        assert_silent(&shown(&error), &message);
                        refusals += 1;
                    }
                }
            }
        }
    }
    assert!(refusals > 500, "only {refusals} refusals were looked at");
}

#[test]
fn no_refusal_of_a_malformed_request_shows_the_key() {
    let mut refused = 0;
    for call in calls() {
        for request in spoilt(&with(&call.request, &[("sign", "x"), ("appid", APPID), ("nonce_str", NONCE)])) {
            let Ok(params) = Params::from_pairs(&request) else { continue };
            if let Err(error) = prepare(call.api, &merchant(SignType::Md5), params, NONCE) {
                assert_silent(&shown(&error), &request);
                refused += 1;
            }
        }
    }
    assert!(refused > 200, "only {refused} requests were refused");
}

#[test]
fn a_refused_key_is_not_repeated() {
    let secret = "CANARYKEY";
    let long = secret.repeat(8);
    let blank = format!("{secret} 0123456789abcdef012345");
    let line = format!("{secret}0123456789abcdef0123456\n");
    let foreign = format!("{secret}密钥");
    for text in [blank.as_str(), &line, &foreign, &long] {
        assert!(!shown(&Key::new(text).map(drop).unwrap_err()).contains(secret), "{text:?}");
        assert!(!shown(&Key::borrowed(text).map(drop).unwrap_err()).contains(secret), "{text:?} borrowed");
    }
    for (appid, mch_id) in [("", MCH_ID), (APPID, "x"), (APPID, MCH_ID)] {
        let key = Key::new(&format!("{secret}0123456789")).unwrap();
        let error = Merchant::new(appid, mch_id, key, SignType::Md5).unwrap_err();
        assert!(error.kind().code() == "ERR_CONFIG" && !shown(&error).contains(secret), "{error}");
    }
}

#[test]
fn a_value_with_a_secret_does_not_print_it() {
    let (key, merchant) = (Key::new(KEY).unwrap(), merchant(SignType::HmacSha256));
    let prepay =
        Prepay { appId: APPID, prepay_id: "wx2", signType: SignType::Md5, timeStamp: 1_414_561_699, nonceStr: NONCE };
    let payments = (
        request_payment(&prepay, &key).unwrap(),
        bridge_payment(&prepay, &key).unwrap(),
        jssdk_payment(&prepay, &key).unwrap(),
    );
    let pay_sign = payments.0.paySign.clone();
    let expect = Expect::signed(&key, &BOTH);
    let printed =
        format!("{key:?} {key:#?} {merchant:?} {merchant:#?} {expect:?} {expect:#?} {payments:?} {payments:#?}");
    assert!(!printed.contains(KEY) && !printed.contains(&KEY[..8]) && !printed.contains(&pay_sign), "{printed}");
    assert!(printed.contains("[key]") && printed.contains("[signature]"), "{printed}");

    for call in calls() {
        let request = call.prepare(SignType::HmacSha256).unwrap();
        let sent = parse_xml(request.body.as_bytes(), &Limits::ANSWER).unwrap();
        let signature = sent.get("sign").unwrap();
        let printed = format!("{request:?} {request:#?} {sent:?} {sent:#?}");
        assert!(!printed.contains(signature) && !printed.contains(KEY), "{printed}");
    }
    let body = xml(&signed_by(&notice(), KEY, SignType::Md5));
    let opened = crate::support::open(body.as_bytes()).unwrap();
    let printed = format!("{opened:?} {opened:#?}");
    assert!(!printed.contains(opened.fields.get("sign").unwrap()), "{printed}");
}

#[test]
fn a_refused_payment_shows_neither_key_nor_signature() {
    let key = Key::new(KEY).unwrap();
    let good =
        Prepay { appId: APPID, prepay_id: "wx2", signType: SignType::Md5, timeStamp: 1_414_561_699, nonceStr: NONCE };
    let right = request_payment(&good, &key).unwrap().paySign;
    for bad in ["", " ", "x y", "prepay_id=wx2", "a&b", "密"] {
        let wrong =
            [Prepay { appId: bad, ..good }, Prepay { prepay_id: bad, ..good }, Prepay { nonceStr: bad, ..good }];
        for prepay in wrong {
            let told = shown(&request_payment(&prepay, &key).unwrap_err());
            assert!(!told.contains(KEY) && !told.contains(&right), "{bad:?}: {told}");
        }
        assert!(!shown(&time_stamp(bad).unwrap_err()).contains(KEY), "{bad:?} as a time");
    }
}

#[test]
fn a_value_that_cannot_be_sent_is_named_but_not_repeated() {
    let params = Params::from_pairs([("session", "CANARY\0")]).unwrap();
    let error = build_xml(&params).unwrap_err();
    assert!(error.field() == Some("session") && !shown(&error).contains("CANARY"), "{error}");
}
