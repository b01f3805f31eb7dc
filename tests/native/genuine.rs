//! The genuine payment notice that every host reads, and whether the signer of the tests agrees with it.

use paysign::{Key, SignType, open_notify};
use serde::Deserialize;

use crate::support::{APPID, Fields, KEY, MCH_ID, OTHER_KEY, signed_by, stored, xml};

#[derive(Deserialize)]
struct Genuine {
    key: String,
    order: Order,
    fields: Fields,
    #[serde(rename = "MD5")]
    md5: String,
    #[serde(rename = "HMAC-SHA256")]
    hmac_sha256: String,
}

#[derive(Deserialize)]
struct Order {
    out_trade_no: String,
    total_fee: u64,
    fee_type: String,
}

fn genuine() -> Genuine {
    serde_json::from_str(include_str!("../vectors/genuine_notice.json")).unwrap()
}

/// Its fields, unsigned.
pub fn notice() -> Fields {
    genuine().fields
}

#[test]
fn the_merchant_and_the_order_of_the_tests_are_those_of_the_genuine_notice() {
    let genuine = genuine();
    let ids = (genuine.key.as_str(), genuine.fields["appid"].as_str(), genuine.fields["mch_id"].as_str());
    assert_eq!(ids, (KEY, APPID, MCH_ID));
    assert_ne!(genuine.key, OTHER_KEY);
    let key = Key::new(KEY).unwrap();
    let expect = stored(&key, &[SignType::Md5]);
    let Order { out_trade_no, total_fee, fee_type } = &genuine.order;
    let order = (Some(out_trade_no.as_str()), Some(*total_fee), Some(fee_type.as_str()));
    assert_eq!((expect.out_trade_no, expect.total_fee, expect.fee_type), order);
}

#[test]
fn the_genuine_notice_is_signed_by_the_tests_as_openssl_signed_it_and_is_opened() {
    let genuine = genuine();
    let key = Key::new(KEY).unwrap();
    for (sign_type, sign) in [(SignType::Md5, &genuine.md5), (SignType::HmacSha256, &genuine.hmac_sha256)] {
        let message = signed_by(&genuine.fields, KEY, sign_type);
        assert_eq!(&message["sign"], sign, "{sign_type:?}");
        let body = xml(&message);
        assert!(open_notify(body.as_bytes(), &stored(&key, &[sign_type])).unwrap().paid, "{sign_type:?}");
    }
}
