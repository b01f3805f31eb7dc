//! The shared vectors, as one binary for three hosts: native, wasm in Node, wasm in Chromium. On wasm the exports are tested too.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod cases;
#[cfg(all(target_arch = "wasm32", feature = "bindings"))]
mod exports;

use cases::{Notices, RequestPayments, Signing, Xml, body, key, load};
use paysign::{
    Expect, Limits, Params, Prepay, SignType, bridge_payment, build_xml, jssdk_payment, nonce, open_notify, parse_xml,
    reply_notify, request_payment, sign, signed_text, time_stamp, verify,
};
use wasm_bindgen_test::wasm_bindgen_test;

/// Runs a check over every case, and reports all failed cases, not only the first.
fn each<T>(cases: &[T], at_least: usize, check: impl Fn(&T) -> Result<(), String>) {
    assert!(cases.len() >= at_least, "only {} cases were read", cases.len());
    let faults: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(faults.is_empty(), "{} of {} fail:\n{}", faults.len(), cases.len(), faults.join("\n"));
}

fn same<T: PartialEq + std::fmt::Debug>(name: &str, got: &T, wanted: &T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("{name}: {got:?} instead of {wanted:?}")) }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_three_signatures_of_the_manual_are_right() {
    let key = key("192006250b4c09247ec02edce69f6a2d");
    let params = Params::from_pairs([
        ("appid", "wxd930ea5d5a258f4f"),
        ("mch_id", "10000100"),
        ("device_info", "1000"),
        ("body", "test"),
        ("nonce_str", "ibuaiVcKdpRxkhJA"),
    ])
    .unwrap();
    assert_eq!(sign(&params, &key, SignType::Md5), "9A0A8659F005D6984697E2CA0A9CF3B7");
    assert_eq!(
        sign(&params, &key, SignType::HmacSha256),
        "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
    );
    let prepay = Prepay {
        appId: "wxd678efh567hg6787",
        prepay_id: "wx2017033010242291fcfe0db70013231072",
        signType: SignType::Md5,
        timeStamp: 1_490_840_662,
        nonceStr: "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
    };
    let payment = request_payment(&prepay, &cases::key("qazwsxedcrfvtgbyhnujmikolp111111")).unwrap();
    assert_eq!(payment.paySign, "22D9B4E54AB1950F51E0649E8810ACD6");
}

#[wasm_bindgen_test(unsupported = test)]
fn every_signing_vector_signs_as_it_says() {
    let Signing { cases } = load(include_str!("../vectors/signing.json"));
    each(&cases, 20, |case| {
        let params = Params::from_pairs(&case.params).map_err(|error| format!("{}: {error}", case.name))?;
        if let Some(text) = &case.signed_text {
            same(&case.name, &signed_text(&params), text)?;
        }
        for (sign_type, wanted) in case.signatures() {
            same(&case.name, &sign(&params, &key(&case.key), sign_type), wanted)?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_signing_vector_verifies_and_a_changed_one_does_not() {
    let Signing { cases } = load(include_str!("../vectors/signing.json"));
    each(&cases, 20, |case| {
        for (sign_type, signature) in case.signatures() {
            let mut params = Params::from_pairs(&case.params).unwrap();
            params.set("sign", signature.as_str()).unwrap();
            same(&case.name, &verify(&params, &key(&case.key), sign_type), &true)?;
            let other = if sign_type == SignType::Md5 { SignType::HmacSha256 } else { SignType::Md5 };
            same(&case.name, &verify(&params, &key(&case.key), other), &false)?;
            params.set("added", "1").unwrap();
            same(&case.name, &verify(&params, &key(&case.key), sign_type), &false)?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_signing_vector_is_built_and_read_back_as_it_was() {
    let Signing { cases } = load(include_str!("../vectors/signing.json"));
    each(&cases, 20, |case| {
        let mut params = Params::from_pairs(&case.params).unwrap();
        let xml = build_xml(&params).map_err(|error| format!("{}: {error}", case.name))?;
        for (name, value) in &case.params {
            if value.is_empty() {
                params.remove(name);
            }
        }
        same(&case.name, &parse_xml(xml.as_bytes(), &Limits::ANSWER), &Ok(params))
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_payment_vector_gives_its_pay_sign_in_all_three_flavours() {
    let RequestPayments { accepted, .. } = load(include_str!("../vectors/request_payment.json"));
    each(&accepted, 4, |case| {
        let (prepay, key) = (case.prepay().unwrap(), key(&case.key));
        let payment = request_payment(&prepay, &key).map_err(|error| format!("{}: {error}", case.name))?;
        same(&case.name, &Some(&payment.paySign), &case.paySign.as_ref())?;
        same(&case.name, &payment.package, &format!("prepay_id={}", case.prepay_id))?;
        let shown = [&payment.timeStamp, &payment.nonceStr, &payment.signType];
        same(&case.name, &shown, &[&case.timeStamp, &case.nonceStr, &case.signType])?;
        let (bridge, jssdk) = (bridge_payment(&prepay, &key).unwrap(), jssdk_payment(&prepay, &key).unwrap());
        same(&case.name, &(&bridge.appId, &jssdk.timestamp), &(&case.appId, &case.timeStamp))?;
        same(&case.name, &(&bridge.payment, &jssdk.payment), &(&payment, &payment))
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_malformed_argument_of_request_payment_is_named() {
    let RequestPayments { refused, .. } = load(include_str!("../vectors/request_payment.json"));
    each(&refused, 20, |case| {
        let refusal = case.prepay().and_then(|prepay| request_payment(&prepay, &key(&case.key))).err();
        let said = refusal.as_ref().map(|error| (error.kind().code(), error.field(), error.outcome().as_str()));
        same(&case.name, &said, &Some(("ERR_PARAM", case.field.as_deref(), "not-sent")))
    });
    assert!(time_stamp("1490840662").is_ok());
}

#[wasm_bindgen_test(unsupported = test)]
fn every_accepted_xml_body_is_read_to_exactly_its_fields() {
    let Xml { accepted, .. } = load(include_str!("../vectors/xml.json"));
    each(&accepted, 45, |case| {
        let body = body(&case.body, &case.base64);
        let wanted = Params::from_pairs(&case.fields).unwrap();
        for limits in [Limits::NOTICE, Limits::ANSWER] {
            same(&case.name, &parse_xml(&body, &limits), &Ok(wanted.clone()))?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_refused_xml_body_is_refused_where_it_goes_wrong() {
    let Xml { refused, .. } = load(include_str!("../vectors/xml.json"));
    each(&refused, 230, |case| {
        let body = body(&case.body, &case.base64);
        let name = format!("{} {}", case.reason, case.body.as_ref().or(case.base64.as_ref()).unwrap());
        match parse_xml(&body, &Limits::ANSWER) {
            Ok(fields) => Err(format!("{name} is read as {fields:?}")),
            Err(error) => {
                same(&name, &(error.kind().code(), error.outcome().as_str()), &("ERR_XML", "unknown"))?;
                let Some(position) = error.position() else { return Err(format!("{name} has no position")) };
                same(&name, &position, &case.position.unwrap_or(position))?;
                if position <= body.len() { Ok(()) } else { Err(format!("{name}: position {position} is outside")) }
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_genuine_notice_is_accepted_with_all_its_fields() {
    let Notices { accepted, .. } = load(include_str!("../vectors/notices.json"));
    each(&accepted, 15, |case| {
        let (key, sign_types) = (key(&case.options.key), case.options.sign_types());
        let notice = open_notify(case.body.as_bytes(), &case.options.expect(&key, &sign_types))
            .map_err(|error| format!("{}: {error}", case.name))?;
        same(&case.name, &notice.paid, &case.paid)?;
        same(&case.name, &notice.fields, &Params::from_pairs(&case.fields).unwrap())?;
        same(&case.name, &notice.out_trade_no(), &case.fields["out_trade_no"].as_str())?;
        same(&case.name, &notice.total_fee().map(|fen| fen.to_string()), &case.fields.get("total_fee").cloned())
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn every_other_notice_is_refused_for_its_own_reason() {
    let Notices { refused, .. } = load(include_str!("../vectors/notices.json"));
    each(&refused, 70, |case| {
        let (key, sign_types) = (key(&case.options.key), case.options.sign_types());
        match open_notify(case.body.as_bytes(), &case.options.expect(&key, &sign_types)) {
            Ok(notice) => Err(format!("{} is accepted: {notice:?}", case.reason)),
            Err(error) => {
                let said = (error.kind().code(), error.field(), error.outcome().as_str());
                same(&case.reason, &said, &(case.code.as_str(), case.field.as_deref(), "unknown"))
            }
        }
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn an_accepted_way_of_signing_is_never_the_senders_choice() {
    let Notices { accepted, .. } = load(include_str!("../vectors/notices.json"));
    each(&accepted, 15, |case| {
        let key = key(&case.options.key);
        let signed = if case.fields["sign"].len() == 32 { SignType::Md5 } else { SignType::HmacSha256 };
        for accepted in [&[][..], &[SignType::Md5], &[SignType::HmacSha256]] {
            let code = open_notify(case.body.as_bytes(), &Expect::signed(&key, accepted)).map_err(|e| e.kind().code());
            let wanted = match accepted {
                [] => Err("ERR_CONFIG"),
                _ if accepted.contains(&signed) => Ok(case.paid),
                _ => Err("ERR_SIGNATURE"),
            };
            same(&case.name, &code.map(|notice| notice.paid), &wanted)?;
        }
        Ok(())
    });
}

#[wasm_bindgen_test(unsupported = test)]
fn a_reply_is_read_by_the_reader_as_it_was_meant() {
    let read = |reply: &str| parse_xml(reply.as_bytes(), &Limits::NOTICE).unwrap().into_owned();
    let accepted = Params::from_pairs([("return_code", "SUCCESS"), ("return_msg", "OK")]).unwrap();
    assert_eq!(read(&reply_notify(None)), accepted);
    let refused = Params::from_pairs([("return_code", "FAIL"), ("return_msg", "忙 <&]]>")]).unwrap();
    assert_eq!(read(&reply_notify(Some("忙 <&]]>"))), refused);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_host_gives_nonces_that_do_not_repeat() {
    let nonces: std::collections::BTreeSet<String> = (0..1000).map(|_| nonce().unwrap()).collect();
    assert_eq!(nonces.len(), 1000);
    assert!(nonces.iter().all(|one| one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric())));
}
