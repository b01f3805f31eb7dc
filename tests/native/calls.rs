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

/// Every API whose answers are signed; the test below fails when one is missing.
pub fn calls() -> Vec<Call> {
    every_call().into_iter().filter(|call| call.api.answer_signed).collect()
}

/// Every API, those with unsigned answers and those that give bills included.
pub fn every_call() -> Vec<Call> {
    let examples = [
        unified_order(),
        order_query(),
        close_order(),
        refund(),
        refund_query(),
        refund_query_v2(),
        micropay(),
        reverse(),
        ("downloadBill", fields(&[("bill_date", "20141110"), ("bill_type", "ALL")]), Fields::new()),
        ("downloadFundFlow", fields(&[("bill_date", "20141110"), ("account_type", "Basic")]), Fields::new()),
        ("batchQueryComment", comments(), Fields::new()),
        ("report", report(), Fields::new()),
        ("sandboxSignKey", Fields::new(), fields(&[("sandbox_signkey", KEY)])),
    ];
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

fn refund() -> (&'static str, Fields, Fields) {
    let numbers = [
        ("transaction_id", "1008450740201411110005820873"),
        ("out_trade_no", "20150806125346"),
        ("out_refund_no", "R20150806125346@1"),
        ("total_fee", "88"),
        ("refund_fee", "8"),
    ];
    let request = with(&fields(&numbers), &[("refund_desc", "退货"), ("notify_url", "https://www.example.com/refund")]);
    let answer = [("refund_id", "50000408942018111907145868882"), ("cash_fee", "80"), ("coupon_refund_fee_0", "1")];
    ("refund", request, with(&fields(&numbers), &answer))
}

fn refund_query() -> (&'static str, Fields, Fields) {
    let request = fields(&[("out_trade_no", "20150806125346"), ("transaction_id", "1008450740201411110005820873")]);
    let answer = with(
        &request,
        &[
            ("total_fee", "88"),
            ("cash_fee", "80"),
            ("refund_count", "1"),
            ("out_refund_no_0", "R1"),
            ("refund_fee_0", "8"),
            ("coupon_refund_fee_0_0", "1"),
            ("refund_status_0", "SUCCESS"),
            ("refund_recv_accout_0", "支付用户零钱"),
        ],
    );
    ("refundQuery", request, answer)
}

fn refund_query_v2() -> (&'static str, Fields, Fields) {
    let (_, _, answer) = refund_query();
    let request = fields(&[("out_refund_no", "R1"), ("refund_id", "50000408942018111907145868882")]);
    let items = r#"{"promotion_detail":[{"promotion_id":"109519","refund_amount":5}]}"#;
    let more = [("refund_id_0", "50000408942018111907145868882"), ("promotion_detail", items)];
    ("refundQueryV2", request, with(&answer, &more))
}

fn micropay() -> (&'static str, Fields, Fields) {
    let request = fields(&[
        ("body", "示例商店-茶"),
        ("out_trade_no", "20150806125346"),
        ("total_fee", "88"),
        ("spbill_create_ip", "127.0.0.1"),
        ("auth_code", "120061098828009406"),
    ]);
    let answer = fields(&[
        ("openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"),
        ("trade_type", "MICROPAY"),
        ("bank_type", "CMB_CREDIT"),
        ("transaction_id", "1008450740201411110005820873"),
        ("out_trade_no", "20150806125346"),
        ("total_fee", "88"),
        ("cash_fee", "88"),
        ("time_end", "20141111170043"),
    ]);
    ("micropay", request, answer)
}

fn reverse() -> (&'static str, Fields, Fields) {
    ("reverse", fields(&[("out_trade_no", "20150806125346")]), fields(&[("recall", "N")]))
}

fn comments() -> Fields {
    fields(&[("begin_time", "20170724000000"), ("end_time", "20170725000000"), ("offset", "0"), ("limit", "100")])
}

fn report() -> Fields {
    fields(&[
        ("interface_url", "https://api.mch.weixin.qq.com/pay/unifiedorder"),
        ("user_ip", "127.0.0.1"),
        ("execute_time_", "120"),
        ("return_code", "SUCCESS"),
        ("result_code", "SUCCESS"),
    ])
}

#[test]
fn every_api_has_its_example_here() {
    let examples: Vec<&str> = every_call().iter().map(|call| call.api.name).collect();
    let apis: Vec<&str> = ALL.iter().map(|api| api.name).collect();
    assert_eq!(examples, apis);
}
