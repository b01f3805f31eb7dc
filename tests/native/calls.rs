//! One good request and one good answer for each API.

use paysign::{ALL, Declaration, Error, Params, Request, SignType, complete, prepare};

use crate::support::{APPID, Fields, KEY, MCH_ID, NONCE, fields, merchant, signed_by, with, xml};

pub struct Call {
    pub api: &'static Declaration,
    pub request: Fields,
    /// A good answer, unsigned.
    pub answer: Fields,
}

impl Call {
    pub fn prepare(&self, sign_type: SignType) -> Result<Request, Error> {
        prepare(self.api, &merchant(sign_type), Params::from_pairs(&self.request)?, NONCE)
    }

    /// Judges a body as the answer to the good request.
    pub fn complete<'a>(&self, sign_type: SignType, body: &'a [u8]) -> Result<Params<'a>, Error> {
        let request = self.prepare(sign_type).unwrap();
        complete(self.api, &merchant(sign_type), &request.asked, body)
    }

    /// The code, field and outcome that an answer gets once it is signed.
    pub fn judge(&self, answer: &Fields) -> Judgement {
        self.judge_body(xml(&signed_by(answer, KEY, SignType::HmacSha256)).as_bytes())
    }

    pub fn judge_body(&self, body: &[u8]) -> Judgement {
        match self.complete(SignType::HmacSha256, body) {
            Ok(_) => ("accepted", None, "accepted"),
            Err(error) => (error.kind().code(), error.field().map(str::to_owned), error.outcome().as_str()),
        }
    }
}

pub type Judgement = (&'static str, Option<String>, &'static str);

pub fn judged(code: &'static str, field: &str) -> Judgement {
    (code, (!field.is_empty()).then(|| field.to_owned()), "unknown")
}

/// Every API; the test of the same name fails when one is missing.
pub fn calls() -> Vec<Call> {
    let examples = [unified_order(), order_query(), close_order()];
    let mut calls = Vec::new();
    for (name, request, answer) in examples {
        let api = paysign::api(name).unwrap();
        calls.push(Call { api, request, answer: with(&common(), &answer.iter().map(borrowed).collect::<Vec<_>>()) });
    }
    calls
}

pub fn call(name: &str) -> Call {
    calls().into_iter().find(|call| call.api.name == name).unwrap()
}

fn borrowed<'a>((name, value): (&'a String, &'a String)) -> (&'a str, &'a str) {
    (name, value)
}

fn common() -> Fields {
    fields(&[
        ("return_code", "SUCCESS"),
        ("return_msg", "OK"),
        ("appid", APPID),
        ("mch_id", MCH_ID),
        ("nonce_str", "IITRi8Iabbblz1Jc"),
        ("result_code", "SUCCESS"),
    ])
}

fn unified_order() -> (&'static str, Fields, Fields) {
    let request = fields(&[
        ("body", "腾讯充值中心-QQ会员充值"),
        ("device_info", "WEB"),
        ("out_trade_no", "20150806125346"),
        ("total_fee", "88"),
        ("spbill_create_ip", "123.12.12.123"),
        ("notify_url", "https://www.example.com/wxpay/notify"),
        ("trade_type", "JSAPI"),
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
    ]);
    let answer = [("trade_type", "JSAPI"), ("prepay_id", "wx201411101639507cbf6ffd8b0779950874")];
    ("unifiedOrder", request, fields(&answer))
}

fn order_query() -> (&'static str, Fields, Fields) {
    let request = fields(&[("out_trade_no", "20150806125346"), ("transaction_id", "1008450740201411110005820873")]);
    let answer = fields(&[
        ("trade_state", "SUCCESS"),
        ("trade_state_desc", "支付成功"),
        ("out_trade_no", "20150806125346"),
        ("transaction_id", "1008450740201411110005820873"),
        ("total_fee", "88"),
        ("cash_fee", "80"),
        ("coupon_fee", "8"),
        ("coupon_count", "1"),
        ("coupon_id_0", "10000"),
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
        ("trade_type", "JSAPI"),
        ("bank_type", "CMB_CREDIT"),
        ("time_end", "20141111170043"),
        ("unknown_to_us", "<&>"),
    ]);
    ("orderQuery", request, answer)
}

fn close_order() -> (&'static str, Fields, Fields) {
    ("closeOrder", fields(&[("out_trade_no", "20150806125346")]), fields(&[("result_msg", "OK")]))
}

#[test]
fn every_api_has_its_example_here() {
    let examples: Vec<&str> = calls().iter().map(|call| call.api.name).collect();
    let apis: Vec<&str> = ALL.iter().map(|api| api.name).collect();
    assert_eq!(examples, apis);
}
