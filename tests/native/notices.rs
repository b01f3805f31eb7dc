//! S1, S2, S7: no way from bytes to data around the check, and the shop's own record decides.

use paysign::{Expect, Key, Merchant, SignType, open_notify, sign, verify};

use crate::genuine::notice;
use crate::support::{
    APPID, BOTH, Fields, KEY, OTHER_KEY, fields, merchant, open, refusal, refused, signed, signed_by, stored, with,
    without, xml,
};

#[test]
fn a_genuine_notice_has_exactly_the_fields_that_were_sent() {
    for sign_type in BOTH {
        let message = signed_by(&with(&notice(), &[("brand_new_field", "0"), ("empty", "")]), KEY, sign_type);
        let body = xml(&message);
        let key = Key::new(KEY).unwrap();
        let opened = open_notify(body.as_bytes(), &stored(&key, &[sign_type])).unwrap();
        let read: Fields = opened.fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        assert_eq!(read, message, "{sign_type:?}");
        let facts = (opened.paid, opened.out_trade_no(), opened.total_fee());
        assert_eq!(facts, (true, "1409811653", Some(100)), "{sign_type:?}");
    }
}

#[test]
fn no_body_without_a_right_signature_returns_data() {
    let genuine = signed(&notice());
    let right = genuine["sign"].clone();
    let other = |key, sign_type| signed_by(&notice(), key, sign_type)["sign"].clone();
    let bodies = [
        notice(),
        with(&notice(), &[("sign", "")]),
        with(&notice(), &[("sign", &right[..31])]),
        with(&notice(), &[("sign", &format!("{right}0"))]),
        with(&notice(), &[("sign", &right.to_lowercase())]),
        with(&notice(), &[("sign", &format!(" {right}"))]),
        with(&notice(), &[("sign", &"0".repeat(32))]),
        with(&notice(), &[("sign", "undefined")]),
        with(&notice(), &[("sign", &other(OTHER_KEY, SignType::Md5))]),
        with(&notice(), &[("sign", &other(KEY, SignType::HmacSha256))]),
        with(&notice(), &[("Sign", &right)]),
        with(&notice(), &[("SIGN", &right)]),
        with(&notice(), &[("paySign", &right)]),
        with(&notice(), &[("signature", &right)]),
        with(&notice(), &[("sign.", &right)]),
        // Bugs of public SDKs: the check is skipped unless return_code is SUCCESS, or unless a sign is there.
        with(&notice(), &[("return_code", "FAIL")]),
        with(&notice(), &[("return_code", "FAIL"), ("sign", "x")]),
        with(&notice(), &[("result_code", "FAIL")]),
        without(&notice(), &["return_code"]),
        without(&notice(), &["return_code", "result_code"]),
        fields(&[("return_code", "SUCCESS")]),
        fields(&[("return_code", "FAIL"), ("return_msg", "x")]),
        fields(&[]),
        with(&notice(), &[("sign_type", "NONE")]),
        with(&notice(), &[("sign_type", "__proto__")]),
        with(&notice(), &[("sign_type", "toString"), ("sign", "")]),
    ];
    for body in bodies {
        assert_eq!(refusal(&body), refused("ERR_SIGNATURE", "sign"), "{body:?}");
    }
    let with_req_info = with(&notice(), &[("req_info", "4gS8kbcHysCW7bHqyEU0Mw==")]);
    assert_eq!(
        refusal(&with_req_info),
        refused("ERR_DECRYPT", "req_info"),
        "a refund notice is authentic only if it opens"
    );
    assert!(open(xml(&genuine).as_bytes()).is_ok());
}

#[test]
fn no_changed_byte_gets_another_text_through() {
    let genuine = signed(&notice());
    let body = xml(&genuine).into_bytes();
    let (mut refusals, mut same) = (0, 0);
    for at in 0..body.len() {
        for byte in [b'0', b'1', b'a', b'F', b' ', b'<', b'&', b']', b'\n', 0x80] {
            let mut changed = body.clone();
            changed[at] = byte;
            match open(&changed) {
                Err(_) => refusals += 1,
                Ok(notice) => {
                    same += 1;
                    assert!(notice.fields.iter().all(|(name, value)| genuine[name] == value), "byte {at} is {byte}");
                }
            }
        }
    }
    assert!(refusals > 10 * same && same >= body.len() / 100, "{refusals} refused, {same} the same");
}

#[test]
fn a_way_of_signing_that_is_not_configured_is_refused_whatever_the_sender_says() {
    let key = Key::new(KEY).unwrap();
    for (signed_as, accepted) in [(SignType::Md5, SignType::HmacSha256), (SignType::HmacSha256, SignType::Md5)] {
        for said in ["", "MD5", "HMAC-SHA256", "NONE", "__proto__", "toString"] {
            let body = xml(&signed_by(&with(&notice(), &[("sign_type", said)]), KEY, signed_as));
            let error = open_notify(body.as_bytes(), &stored(&key, &[accepted])).unwrap_err();
            assert_eq!(error.kind().code(), "ERR_SIGNATURE", "{said}");
        }
        let body = xml(&signed_by(&notice(), KEY, signed_as));
        assert!(open_notify(body.as_bytes(), &stored(&key, &BOTH)).is_ok(), "{signed_as:?}: both are configured");
        assert!(open_notify(body.as_bytes(), &stored(&key, &[])).is_err(), "{signed_as:?}: none is configured");
    }
}

#[test]
fn identity_is_compared_exactly() {
    for (name, others) in [
        ("appid", ["", "wx888888888888888", "WX8888888888888888", "wx88888888888888889", "wx8888888888888888 "]),
        ("mch_id", ["", "190000010", "19000001090", "１９００００００９", "1900000109 "]),
    ] {
        for other in others {
            assert_eq!(refusal(&signed(&with(&notice(), &[(name, other)]))), refused("ERR_MISMATCH", name), "{other}");
        }
        assert_eq!(refusal(&signed(&without(&notice(), &[name]))), refused("ERR_MISMATCH", name), "none");
    }
}

#[test]
fn the_stored_order_is_compared_exactly() {
    let key = Key::new(KEY).unwrap();
    let body = xml(&signed(&with(&notice(), &[("out_trade_no", "a1"), ("fee_type", "HKD")])));
    let expected = |number, fen, currency| {
        let expect = Expect {
            out_trade_no: number,
            total_fee: fen,
            fee_type: currency,
            ..Expect::signed(&key, &[SignType::Md5])
        };
        open_notify(body.as_bytes(), &expect)
            .map_err(|error| error.field().unwrap().to_owned())
            .map(|notice| notice.paid)
    };
    assert_eq!(expected(Some("a1"), Some(100), Some("HKD")), Ok(true));
    assert_eq!(expected(None, None, None), Ok(true), "nothing is known, nothing is compared");
    for number in ["A1", "a1 ", "a", "a11", ""] {
        assert_eq!(expected(Some(number), Some(100), Some("HKD")), Err("out_trade_no".to_owned()), "{number}");
    }
    for fen in [0, 1, 99, 101, 1000, 10_000, u64::MAX] {
        assert_eq!(expected(Some("a1"), Some(fen), Some("HKD")), Err("total_fee".to_owned()), "{fen}");
    }
    for currency in [None, Some("CNY"), Some("hkd"), Some(""), Some("HKD ")] {
        assert_eq!(expected(Some("a1"), Some(100), currency), Err("fee_type".to_owned()), "{currency:?}");
    }
}

#[test]
fn a_missing_currency_means_cny_on_both_sides() {
    let key = Key::new(KEY).unwrap();
    let judge = |said: Option<&str>, total_fee: Option<u64>, fee_type: Option<&str>| {
        let message =
            said.map_or_else(|| without(&notice(), &["fee_type"]), |said| with(&notice(), &[("fee_type", said)]));
        let body = xml(&signed(&message));
        open_notify(body.as_bytes(), &Expect { total_fee, fee_type, ..Expect::signed(&key, &[SignType::Md5]) }).is_ok()
    };
    for said in [None, Some(""), Some("CNY")] {
        for (total_fee, fee_type) in [(Some(100), None), (Some(100), Some("CNY")), (None, Some("CNY"))] {
            assert!(judge(said, total_fee, fee_type), "{said:?} for {total_fee:?} {fee_type:?}");
        }
        for total_fee in [Some(100), None] {
            assert!(!judge(said, total_fee, Some("USD")), "{said:?} for {total_fee:?} USD");
        }
    }
    assert!(!judge(Some("USD"), Some(100), None), "100 cents are not 100 fen");
    assert!(judge(Some("USD"), None, None), "nothing is known of the order");
}

#[test]
fn the_signature_comes_before_every_other_judgement() {
    // Each of these is wrong in a second way, which the error for an unverified body must not name.
    for pairs in [
        [("appid", "wx1")],
        [("mch_id", "1")],
        [("total_fee", "1")],
        [("trade_state", "NOTPAY")],
        [("result_code", "x")],
    ] {
        assert_eq!(refusal(&with(&notice(), &pairs)), refused("ERR_SIGNATURE", "sign"), "{pairs:?}");
    }
}

#[test]
fn the_test_signer_and_the_library_agree_on_a_notice() {
    let key = Key::new(KEY).unwrap();
    for sign_type in BOTH {
        let message = signed_by(&notice(), KEY, sign_type);
        let params = paysign::Params::from_pairs(&message).unwrap();
        assert_eq!(sign(&params, &key, sign_type), message["sign"], "{sign_type:?}");
        assert!(verify(&params, &key, sign_type), "{sign_type:?}");
    }
}

#[test]
fn the_default_expectation_accepts_no_notice_and_decrypts_none() {
    let body = xml(&signed(&notice()));
    let key = Key::new(KEY).unwrap();
    // Everybody knows the key that an empty text makes.
    let empty = xml(&signed_by(&notice(), "", SignType::Md5));
    for (field, body, expect) in [
        ("key", &body, Expect::default()),
        ("key", &empty, Expect { sign_types: &BOTH, ..Expect::default() }),
        ("sign_types", &body, Expect { key: &key, ..Expect::default() }),
    ] {
        let error = open_notify(body.as_bytes(), &expect).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_CONFIG", Some(field)));
        let refund = "<xml><req_info>AAAA</req_info></xml>";
        assert_eq!(open_notify(refund.as_bytes(), &expect).unwrap_err().field(), Some(field));
    }
    let set = Expect { key: &key, sign_types: &BOTH, ..Expect::default() };
    assert!(open_notify(body.as_bytes(), &set).unwrap().paid);
}

#[test]
fn the_expectation_of_a_merchant_has_its_key_its_ids_and_its_way_of_signing() {
    let body = xml(&signed(&notice()));
    let md5 = merchant(SignType::Md5);
    assert!(open_notify(body.as_bytes(), &Expect::of(&md5)).unwrap().paid);
    let hmac = merchant(SignType::HmacSha256);
    assert_eq!(open_notify(body.as_bytes(), &Expect::of(&hmac)).unwrap_err().kind().code(), "ERR_SIGNATURE");
    let other = Merchant::new(APPID, "1900000110", Key::new(KEY).unwrap(), SignType::Md5).unwrap();
    assert_eq!(open_notify(body.as_bytes(), &Expect::of(&other)).unwrap_err().field(), Some("mch_id"));
    let provider = merchant(SignType::Md5).for_sub_merchant("", "1900000111").unwrap();
    let expect = Expect::of(&provider);
    assert_eq!(expect.sub_merchant, (None, Some("1900000111")));
}
