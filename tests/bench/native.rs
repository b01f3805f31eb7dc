//! The operations of the bench in native Rust, with criterion; `npm run bench -- native` sets them beside the package.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a bench fails by panicking")]

use std::collections::HashMap;
use std::hint::black_box;

use criterion::Criterion;
use paysign::{
    Error, Expect, Key, Params, Prepay, SignType, build_xml, nonce, open_notify, parse_bill, request_payment, sign,
    time_stamp,
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// How many rows the bill has.
const ROWS: usize = 100_000;

fn main() -> Result<(), Error> {
    let messages: Messages = serde_json::from_str(include_str!("messages.json")).expect("the messages are JSON");
    let mut criterion = Criterion::default().configure_from_args();
    let key = Key::new(&messages.key)?;
    signing(&mut criterion, &messages, &key)?;
    notices(&mut criterion, &messages, &key)?;
    let bill = messages.bill.written(ROWS);
    assert_eq!(parse_bill(bill.as_bytes())?.rows.len(), ROWS);
    criterion.bench_function("g", |bencher| bencher.iter(|| parse_bill(black_box(bill.as_bytes()))));
    criterion.final_summary();
    Ok(())
}

fn signing(criterion: &mut Criterion, messages: &Messages, key: &Key<'_>) -> Result<(), Error> {
    for (id, sign_type) in [("a", SignType::Md5), ("b", SignType::HmacSha256)] {
        let order = messages.order_of(sign_type);
        let fields = pairs(&order);
        criterion.bench_function(id, |bencher| {
            bencher.iter(|| {
                Params::from_pairs(black_box(&fields).iter().copied()).map(|params| sign(&params, key, sign_type))
            });
        });
    }
    let PrepayId { app_id, prepay_id } = &messages.prepay;
    let payment = || -> Result<_, Error> {
        let nonce = nonce()?;
        let (app_id, prepay_id) = black_box((app_id, prepay_id));
        let time_stamp = time_stamp("1750000000")?;
        let sign_type = SignType::Md5;
        request_payment(
            &Prepay { appId: app_id, prepay_id, signType: sign_type, timeStamp: time_stamp, nonceStr: &nonce },
            key,
        )
    };
    payment()?;
    criterion.bench_function("c", |bencher| bencher.iter(payment));
    let order = messages.order_of(SignType::Md5);
    let fields = pairs(&order);
    let xml = || -> Result<_, Error> {
        let mut params = Params::from_pairs(black_box(&fields).iter().copied())?;
        params.set("sign", sign(&params, key, SignType::Md5))?;
        build_xml(&params)
    };
    xml()?;
    criterion.bench_function("e", |bencher| bencher.iter(xml));
    Ok(())
}

fn notices(criterion: &mut Criterion, messages: &Messages, key: &Key<'_>) -> Result<(), Error> {
    for (id, sign_type) in [("d1", SignType::Md5), ("d2", SignType::HmacSha256)] {
        let body = messages.payments[sign_type.as_str()].as_bytes();
        let accepted = [sign_type];
        let expect = Expect::signed(key, &accepted);
        assert!(open_notify(body, &expect)?.paid, "the notice is genuine");
        criterion.bench_function(id, |bencher| bencher.iter(|| open_notify(black_box(body), &expect)));
    }
    let expect = Expect::signed(key, &[SignType::Md5]);
    let body = messages.refund.as_bytes();
    assert_eq!(open_notify(body, &expect)?.fields.text("refund_id"), "50000408942018111907145868882");
    criterion.bench_function("f", |bencher| bencher.iter(|| open_notify(black_box(body), &expect)));
    Ok(())
}

/// The messages of every contestant, from tests/bench/messages.json.
#[derive(Deserialize)]
struct Messages {
    key: String,
    order: Map<String, Value>,
    prepay: PrepayId,
    payments: HashMap<String, String>,
    refund: String,
    bill: BillLines,
}

impl Messages {
    /// The order with its sign_type, as text.
    fn order_of(&self, sign_type: SignType) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let fields = self.order.iter().map(|(name, value)| (name.clone(), text(value)));
        fields.chain([("sign_type".to_owned(), sign_type.as_str().to_owned())]).collect()
    }
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[derive(Deserialize)]
struct PrepayId {
    #[serde(rename = "appId")]
    app_id: String,
    prepay_id: String,
}

#[derive(Deserialize)]
struct BillLines {
    header: String,
    row: String,
    names: String,
    totals: String,
}

impl BillLines {
    /// The bill of this many rows that tests/bench/messages.mjs writes.
    fn written(&self, rows: usize) -> String {
        let lines = (0..rows).map(|number| {
            self.row
                .replace("{number}", &format!("{number:08}"))
                .replace("{minute}", &format!("{:02}", number % 60))
                .replace("{amount}", &(f64::from(u32::try_from(number % 900).unwrap_or(0)) / 100.0).to_string())
                .replace("{kind}", &(number % 97).to_string())
        });
        let totals = self.totals.replace("{rows}", &rows.to_string());
        let all: Vec<String> =
            [format!("\u{feff}{}", self.header)].into_iter().chain(lines).chain([self.names.clone(), totals]).collect();
        all.join("\r\n") + "\r\n"
    }
}
