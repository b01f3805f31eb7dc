//! Calls of direct merchants and of service providers: paths, ids, and what only one of the two has.

use paysign::v3::{ALL, Declaration, Json, Limits, Merchant, Request, api, complete, prepare, read_json};
use paysign::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::v3_params::params;

fn direct() -> Merchant {
    Merchant::new("wx8888888888888888", "1900009191").unwrap()
}

fn provider() -> Merchant {
    direct().with_sub("1900013511", Some("wx9999999999999999")).unwrap()
}

fn made(name: &str, merchant: &Merchant, params: &Value) -> Result<Request, Error> {
    let given: Json = read_json(params.to_string().as_bytes(), Limits::PARAMS, "the test").unwrap();
    prepare(api(name).unwrap(), merchant, &given)
}

/// The ids in path, query and body, by their names.
fn ids(request: &Request) -> Vec<(String, String)> {
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    let queried = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut found: Vec<(String, String)> = queried.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let body: Value = serde_json::from_str(&request.body).unwrap_or(json!({}));
    for (name, value) in body.as_object().unwrap() {
        found.push((name.clone(), value.as_str().unwrap_or_default().to_owned()));
    }
    found.retain(|(name, _)| name.ends_with("appid") || name.ends_with("mchid"));
    found
}

#[test]
fn each_call_carries_the_ids_of_its_side_under_their_names() {
    for declaration in ALL {
        let Declaration { name, direct: own, partner, .. } = declaration;
        for (merchant, is_partner) in [(direct(), false), (provider(), true)] {
            let side = if is_partner && !partner.paths.is_empty() { partner } else { own };
            let request = made(name, &merchant, &params(name, is_partner));
            if side.paths.is_empty() {
                assert_eq!(request.unwrap_err().field(), Some("sub_mchid"), "{name}");
                continue;
            }
            let value = |id: &str| match id {
                "sub_mchid" => "1900013511",
                "sub_appid" => "wx9999999999999999",
                _ if id.ends_with("mchid") => "1900009191",
                _ => "wx8888888888888888",
            };
            let wanted: Vec<_> = side.ids.iter().map(|id| ((*id).to_owned(), value(id).to_owned())).collect();
            assert_eq!(ids(&request.unwrap()), wanted, "{name}, partner: {is_partner}");
        }
    }
}

#[test]
fn the_paths_are_those_of_the_documents() {
    let path = |name, merchant: &Merchant, params: Value| made(name, merchant, &params).unwrap().path;
    let provider = provider();
    assert_eq!(
        path("orderQuery", &provider, json!({ "transaction_id": "42" })),
        "/v3/pay/partner/transactions/id/42?sp_mchid=1900009191&sub_mchid=1900013511"
    );
    assert_eq!(
        path("refundQuery", &provider, json!({ "out_refund_no": "r@1" })),
        "/v3/refund/domestic/refunds/r%401?sub_mchid=1900013511"
    );
    assert_eq!(
        path("tradeBill", &direct(), json!({ "tar_type": "GZIP", "bill_date": "2026-07-25", "bill_type": "ALL" })),
        "/v3/bill/tradebill?bill_date=2026-07-25&bill_type=ALL&tar_type=GZIP"
    );
    assert_eq!(path("certificates", &provider, json!({})), "/v3/certificates");
    assert_eq!(
        path("combinedOrderQuery", &direct(), json!({ "combine_out_trade_no": "c|1" })),
        "/v3/combine-transactions/out-trade-no/c%7C1"
    );
    let reverse = made("reverse", &provider, &json!({ "out_trade_no": "a-1234" })).unwrap();
    assert_eq!(reverse.path, "/v3/pay/partner/transactions/out-trade-no/a-1234/reverse");
    assert_eq!(
        reverse.body,
        r#"{"sp_appid":"wx8888888888888888","sp_mchid":"1900009191","sub_appid":"wx9999999999999999","sub_mchid":"1900013511"}"#
    );
}

#[test]
fn a_provider_may_name_the_sub_merchant_with_each_call() {
    let request = made("orderQuery", &direct(), &json!({ "out_trade_no": "a-1234", "sub_mchid": "1900013511" }));
    let request = request.unwrap();
    assert_eq!(
        request.path,
        "/v3/pay/partner/transactions/out-trade-no/a-1234?sp_mchid=1900009191&sub_mchid=1900013511"
    );
    assert!(request.asked.contains(&("sub_mchid".to_owned(), "1900013511".to_owned())));
    for (name, merchant, value, words) in [
        ("sub_mchid", provider(), json!("1900013512"), "not the configured one"),
        ("sub_mchid", direct(), json!("1900009191"), "the service provider's own number"),
        ("sub_mchid", direct(), json!("x"), "1 to 32 digits"),
        ("sub_mchid", direct(), json!(1_900_013_511), "1 to 32 digits"),
        ("sub_appid", direct(), json!("wx9999999999999999"), "not a parameter of this call"),
        ("sp_mchid", direct(), json!("1900009192"), "not the configured one"),
    ] {
        let error = made("orderQuery", &merchant, &json!({ "out_trade_no": "a-1234", name: value })).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Param, Some(name)), "{error}");
        assert!(error.message().contains(words), "{error}");
    }
    let error = made("certificates", &direct(), &json!({ "sub_mchid": "1900013511" })).unwrap_err();
    assert!(error.message().contains("not a parameter"), "{error}");
}

#[test]
fn a_payer_has_the_names_of_the_side() {
    let order = |payer: Value| {
        let mut order = params("jsapiOrder", false);
        order["payer"] = payer;
        order
    };
    let lone = direct().with_sub("1900013511", None).unwrap();
    for (merchant, payer, field, words) in [
        (provider(), json!({ "openid": "o1" }), "payer.openid", "payer.sub_openid or payer.sp_openid"),
        (provider(), json!({}), "payer.sub_openid", "is missing; one of payer.sub_openid, payer.sp_openid"),
        (direct(), json!({ "openid": "o1", "sub_openid": "o2" }), "payer.sub_openid", "payer.openid, or sub_mchid"),
        (direct(), json!({}), "payer.openid", "is missing"),
        (lone.clone(), json!({ "sub_openid": "o2" }), "sub_appid", "is missing; payer.sub_openid needs it"),
    ] {
        let error = made("jsapiOrder", &merchant, &order(payer)).unwrap_err();
        assert_eq!(error.field(), Some(field), "{error}");
        assert!(error.message().contains(words), "{error}");
    }
    assert!(made("jsapiOrder", &lone, &order(json!({ "sp_openid": "o1" }))).is_ok());
    assert!(made("jsapiOrder", &provider(), &order(json!({ "sp_openid": "o1", "sub_openid": "o2" }))).is_ok());
}

#[test]
fn an_answer_repeats_the_ids_of_its_side() {
    let asked = |merchant: &Merchant| {
        let request = made("orderQuery", merchant, &json!({ "out_trade_no": "a-1234" })).unwrap();
        request.asked
    };
    let judge = |merchant: &Merchant, answer: Value| {
        complete(api("orderQuery").unwrap(), merchant, &asked(merchant), answer.to_string().as_bytes())
    };
    let (own, other) = (direct(), provider());
    let of = |ids: Value| {
        let mut answer = json!({ "out_trade_no": "a-1234", "trade_state": "NOTPAY" });
        answer.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        answer
    };
    assert!(judge(&own, of(json!({ "appid": "wx8888888888888888", "mchid": "1900009191" }))).is_ok());
    let partner = json!({ "sp_appid": "wx8888888888888888", "sp_mchid": "1900009191", "sub_mchid": "1900013511" });
    assert!(judge(&other, of(partner.clone())).is_ok());
    for (merchant, ids, field) in [
        (&own, json!({ "appid": "wx8888888888888888" }), "mchid"),
        (&own, json!({ "appid": "wx8888888888888887", "mchid": "1900009191" }), "appid"),
        (&own, partner, "appid"),
        (&other, json!({ "sp_mchid": "1900009191" }), "sub_mchid"),
        (&other, json!({ "sp_mchid": "1900009191", "sub_mchid": "1900013512" }), "sub_mchid"),
        (&other, json!({ "sp_mchid": "1900009192", "sub_mchid": "1900013511" }), "sp_mchid"),
        (&other, json!({ "sp_appid": "wx1", "sp_mchid": "1900009191", "sub_mchid": "1900013511" }), "sp_appid"),
    ] {
        let error = judge(merchant, of(ids)).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Mismatch, Some(field)), "{error}");
    }
}

#[test]
fn an_answer_that_names_another_sub_merchant_is_refused_for_every_call() {
    let refund = json!({ "refund_id": "5", "out_refund_no": "r1", "out_trade_no": "a-1234", "status": "SUCCESS" });
    let reverse = json!({ "sp_mchid": "1900009191", "out_trade_no": "a-1234" });
    for (name, answer, id, own, other) in [
        ("refundQuery", &refund, "sub_mchid", "1900013511", "1900013512"),
        ("reverse", &reverse, "sub_mchid", "1900013511", "1900013512"),
        ("reverse", &reverse, "sub_appid", "wx9999999999999999", "wx9999999999999998"),
    ] {
        let judge = |merchant: &Merchant, given: Value, said: Option<&str>| {
            let request = made(name, merchant, &given).unwrap();
            let mut answer = answer.clone();
            if let Some(said) = said {
                answer[id] = json!(said);
            }
            complete(api(name).unwrap(), merchant, &request.asked, answer.to_string().as_bytes())
        };
        let given = params(name, true);
        let mut by_call = given.clone();
        by_call.as_object_mut().unwrap().extend([("sub_mchid".to_owned(), json!("1900013511"))]);
        if id == "sub_appid" {
            by_call[id] = json!(own);
        }
        for (merchant, given) in [(provider(), given), (direct(), by_call)] {
            assert!(judge(&merchant, given.clone(), None).is_ok(), "{name}");
            assert!(judge(&merchant, given.clone(), Some(own)).is_ok(), "{name}");
            let error = judge(&merchant, given, Some(other)).unwrap_err();
            assert_eq!((error.kind(), error.field()), (ErrorKind::Mismatch, Some(id)), "{error}");
        }
    }
    let lone = direct().with_sub("1900013511", None).unwrap();
    let request = made("reverse", &lone, &params("reverse", true)).unwrap();
    let answer = r#"{"out_trade_no":"a-1234","sub_appid":"wx1"}"#;
    assert!(complete(api("reverse").unwrap(), &lone, &request.asked, answer.as_bytes()).is_ok(), "no app was named");
}

#[test]
fn the_ids_of_a_sub_merchant_are_checked_at_once() {
    for (sub_mchid, sub_appid, field) in [
        ("", None, "sub_mchid"),
        ("1900009191", None, "sub_mchid"),
        ("a", None, "sub_mchid"),
        ("1900013511", Some(""), "sub_appid"),
        ("1900013511", Some("wx&"), "sub_appid"),
    ] {
        let error = direct().with_sub(sub_mchid, sub_appid).unwrap_err();
        assert_eq!((error.kind(), error.field()), (ErrorKind::Config, Some(field)), "{error}");
    }
}

#[test]
fn a_card_of_the_payer_needs_its_bank_its_number_and_its_name() {
    let mut given = json!({
        "refund_id": "50", "out_refund_no": "r1", "type": "USER_BANK_CARD", "bank_type": "ICBC_DEBIT",
        "bank_account": "6222000000000000", "real_name": "张三",
    });
    let request = made("abnormalRefund", &direct(), &given).unwrap();
    assert_eq!(request.secrets, ["6222000000000000", "张三"]);
    for name in ["bank_type", "bank_account", "real_name"] {
        let kept = given.as_object_mut().unwrap().remove(name).unwrap();
        let error = made("abnormalRefund", &direct(), &given).unwrap_err();
        assert_eq!(error.field(), Some(name), "{error}");
        assert!(error.message().contains("type USER_BANK_CARD needs it"), "{error}");
        given[name] = kept;
    }
}

#[test]
fn a_sealed_request_has_its_secrets_encrypted_in_their_places_and_no_mark() {
    let mut order = params("jsapiOrder", false);
    order["payer"]["identity"] = json!({ "type": "IDCARD", "number": "1101\"茶", "name": "张三" });
    let request = made("jsapiOrder", &direct(), &order).unwrap();
    assert_eq!(request.secrets, ["张三", "1101\"茶"]);
    assert!(!request.body.contains("张三"), "{}", request.body);
    assert!(!format!("{request:?}").contains("张三"));
    let sealed = request.clone().seal(|plain| Ok(format!("<{}>", plain.len()))).unwrap();
    let body: Value = serde_json::from_str(&sealed.body).unwrap();
    assert_eq!(body["payer"]["identity"], json!({ "type": "IDCARD", "number": "<8>", "name": "<6>" }));
    assert!(sealed.secrets.is_empty());
    let mut calls = 0;
    let failed = request.seal(|_| {
        calls += 1;
        Err(made("jsapiOrder", &direct(), &json!({})).unwrap_err())
    });
    assert!(failed.is_err() && calls == 1);
}

#[test]
fn an_answer_names_the_places_of_its_encrypted_texts() {
    let declaration = api("subMerchantFundFlowBill").unwrap();
    let answer = json!({
        "download_bill_count": 2,
        "download_bill_list": [
            { "bill_sequence": 1, "download_url": "https://x", "encrypt_key": "a", "hash_type": "SHA1", "hash_value": "0", "nonce": "n" },
            { "bill_sequence": 2, "download_url": "https://y", "encrypt_key": "b", "hash_type": "SHA1", "hash_value": "0", "nonce": "n" },
        ],
    });
    let judged = complete(declaration, &provider(), &[], answer.to_string().as_bytes()).unwrap();
    assert_eq!(
        paysign::v3::secret_places(declaration.answer, &judged),
        ["download_bill_list/0/encrypt_key", "download_bill_list/1/encrypt_key"]
    );
}
