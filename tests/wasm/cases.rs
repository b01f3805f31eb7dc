//! The shapes of the vector files, and their way from JSON to the library's arguments.

use std::collections::BTreeMap;

use paysign::{Error, Expect, Key, Prepay, SignType, time_stamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;

type Fields = BTreeMap<String, String>;

#[derive(Deserialize)]
pub struct Signing {
    pub cases: Vec<SigningCase>,
}

#[derive(Deserialize)]
pub struct SigningCase {
    pub name: String,
    pub key: String,
    pub params: Fields,
    pub signed_text: Option<String>,
    #[serde(rename = "MD5")]
    md5: Option<String>,
    #[serde(rename = "HMAC-SHA256")]
    hmac_sha256: Option<String>,
}

impl SigningCase {
    /// The known facts of the case; no case is without.
    pub fn signatures(&self) -> Vec<(SignType, &String)> {
        let known = [(SignType::Md5, &self.md5), (SignType::HmacSha256, &self.hmac_sha256)];
        let known: Vec<_> =
            known.into_iter().filter_map(|(sign_type, text)| text.as_ref().map(|text| (sign_type, text))).collect();
        assert!(!known.is_empty(), "{} says nothing", self.name);
        known
    }
}

#[derive(Deserialize)]
pub struct RequestPayments {
    pub accepted: Vec<RequestPaymentCase>,
    pub refused: Vec<RequestPaymentCase>,
}

#[derive(Deserialize)]
#[allow(non_snake_case, reason = "WeChat's words are spelled as WeChat spells them")]
pub struct RequestPaymentCase {
    pub name: String,
    pub key: String,
    pub appId: String,
    pub prepay_id: String,
    pub signType: String,
    pub timeStamp: String,
    pub nonceStr: String,
    pub paySign: Option<String>,
    pub field: Option<String>,
}

impl RequestPaymentCase {
    pub fn prepay(&self) -> Result<Prepay<'_>, Error> {
        Ok(Prepay {
            appId: &self.appId,
            prepay_id: &self.prepay_id,
            signType: SignType::from_text(&self.signType)?,
            timeStamp: time_stamp(&self.timeStamp)?,
            nonceStr: &self.nonceStr,
        })
    }
}

#[derive(Deserialize)]
pub struct Xml {
    pub accepted: Vec<AcceptedXml>,
    pub refused: Vec<RefusedXml>,
}

#[derive(Deserialize)]
pub struct AcceptedXml {
    pub name: String,
    pub body: Option<String>,
    pub base64: Option<String>,
    pub fields: Fields,
}

#[derive(Deserialize)]
pub struct RefusedXml {
    pub reason: String,
    pub body: Option<String>,
    pub base64: Option<String>,
    pub position: Option<usize>,
}

#[derive(Deserialize)]
pub struct Notices {
    pub accepted: Vec<AcceptedNotice>,
    pub refused: Vec<RefusedNotice>,
}

#[derive(Deserialize)]
pub struct AcceptedNotice {
    pub name: String,
    pub body: String,
    pub options: Options,
    pub paid: bool,
    pub fields: Fields,
}

#[derive(Deserialize)]
pub struct RefusedNotice {
    pub reason: String,
    pub body: String,
    pub options: Options,
    pub code: String,
    pub field: Option<String>,
}

#[derive(Deserialize)]
pub struct Options {
    pub key: String,
    appid: Option<String>,
    mch_id: Option<String>,
    sub_appid: Option<String>,
    sub_mch_id: Option<String>,
    #[serde(rename = "signType")]
    sign_type: Vec<String>,
    #[serde(default)]
    expect: Stored,
}

#[derive(Default, Deserialize)]
struct Stored {
    out_trade_no: Option<String>,
    total_fee: Option<u64>,
    fee_type: Option<String>,
}

impl Options {
    pub fn sign_types(&self) -> Vec<SignType> {
        self.sign_type.iter().map(|text| SignType::from_text(text).unwrap()).collect()
    }

    pub fn expect<'a>(&'a self, key: &'a Key<'a>, sign_types: &'a [SignType]) -> Expect<'a> {
        Expect {
            appid: self.appid.as_deref(),
            mch_id: self.mch_id.as_deref(),
            sub_merchant: (self.sub_appid.as_deref(), self.sub_mch_id.as_deref()),
            out_trade_no: self.expect.out_trade_no.as_deref(),
            total_fee: self.expect.total_fee,
            fee_type: self.expect.fee_type.as_deref(),
            ..Expect::signed(key, sign_types)
        }
    }
}

pub fn load<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap()
}

pub fn key(text: &str) -> Key<'static> {
    Key::new(text).unwrap()
}

/// The bytes of a case: text, or base64 where they are not UTF-8.
pub fn body(text: &Option<String>, base64: &Option<String>) -> Vec<u8> {
    match (text, base64) {
        (Some(text), None) => text.clone().into_bytes(),
        (None, Some(base64)) => decode_base64(base64),
        _ => panic!("a case has either a body or base64"),
    }
}

fn decode_base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for digit in text.trim_end_matches('=').bytes() {
        let value = ALPHABET.iter().position(|letter| *letter == digit).unwrap();
        held = held << 6 | u32::try_from(value).unwrap();
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    bytes
}
