//! An independent signer and XML writer: expected values must not come from the code under test.

use std::collections::BTreeMap;

use md5::{Digest, Md5};
use paysign::{Error, Expect, Key, Merchant, Notice, SignType, open_notify};
use sha2::Sha256;

pub const KEY: &str = "0123456789abcdef0123456789ABCDEF";
pub const OTHER_KEY: &str = "192006250b4c09247ec02edce69f6a2d";
pub const APPID: &str = "wx8888888888888888";
pub const MCH_ID: &str = "1900000109";
pub const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
pub const BOTH: [SignType; 2] = [SignType::Md5, SignType::HmacSha256];

/// Name → text; a `BTreeMap` of strings is in the order of their bytes.
pub type Fields = BTreeMap<String, String>;

pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn with(base: &Fields, pairs: &[(&str, &str)]) -> Fields {
    let mut changed = base.clone();
    changed.extend(fields(pairs));
    changed
}

pub fn without(base: &Fields, names: &[&str]) -> Fields {
    base.iter().filter(|(name, _)| !names.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// stringA of the manual.
pub fn text_to_sign(fields: &Fields) -> String {
    let signed = fields.iter().filter(|(name, value)| *name != "sign" && !value.is_empty());
    signed.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

pub fn signature_of_text(text: &str, key: &str, sign_type: SignType) -> String {
    let text = format!("{text}&key={key}");
    let digest = match sign_type {
        SignType::Md5 => Md5::digest(text).to_vec(),
        SignType::HmacSha256 => hmac_sha256(key.as_bytes(), text.as_bytes()),
    };
    digest.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// RFC 2104, written out, for keys of up to 64 bytes.
pub fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

pub fn signed_by(fields: &Fields, key: &str, sign_type: SignType) -> Fields {
    with(fields, &[("sign", &signature_of_text(&text_to_sign(fields), key, sign_type))])
}

pub fn signed(fields: &Fields) -> Fields {
    signed_by(fields, KEY, SignType::Md5)
}

/// Every value in CDATA, as WeChat writes.
pub fn xml(fields: &Fields) -> String {
    let mut xml = String::from("<xml>");
    for (name, value) in fields {
        xml += &format!("<{name}><![CDATA[{}]]></{name}>", value.replace("]]>", "]]]]><![CDATA[>"));
    }
    xml + "</xml>"
}

pub fn merchant(sign_type: SignType) -> Merchant {
    Merchant::new(APPID, MCH_ID, Key::new(KEY).unwrap(), sign_type).unwrap()
}

/// Opens a body as the merchant would, with an order of 100 fen in store.
pub fn open(body: &[u8]) -> Result<Notice<'_>, Error> {
    let key = Key::new(KEY).unwrap();
    open_notify(body, &stored(&key, &[SignType::Md5]))
}

pub fn stored<'a>(key: &'a Key<'a>, sign_types: &'a [SignType]) -> Expect<'a> {
    Expect {
        appid: Some(APPID),
        mch_id: Some(MCH_ID),
        out_trade_no: Some("1409811653"),
        total_fee: Some(100),
        fee_type: Some("CNY"),
        ..Expect::signed(key, sign_types)
    }
}

/// The code and the field of a refusal; a body that is accepted says so.
pub fn refusal(fields: &Fields) -> (String, Option<String>) {
    match open(xml(fields).as_bytes()) {
        Ok(notice) => (format!("accepted, paid: {}", notice.paid), None),
        Err(error) => (error.kind().code().to_owned(), error.field().map(str::to_owned)),
    }
}

pub fn refused(code: &str, field: &str) -> (String, Option<String>) {
    (code.to_owned(), Some(field.to_owned()))
}
