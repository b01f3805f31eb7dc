//! One good request and one good answer for each API, from `calls.json`.

use std::collections::BTreeMap;

use paysign::{ALL, Declaration, Error, Params, Request, SignType, complete, prepare};
use serde::Deserialize;

use crate::support::{APPID, Fields, KEY, MCH_ID, NONCE, fields, merchant, signed_by, xml};

/// The facts of the manual's page about an API, and an example.
#[derive(Deserialize)]
struct Row {
    api: String,
    path: String,
    certificate: bool,
    sign_type: Option<String>,
    required: BTreeMap<String, String>,
    request: Fields,
    answer: Fields,
}

pub struct Call {
    pub api: &'static Declaration,
    /// The path and whether it needs the certificate, from the manual.
    pub manual: (String, bool),
    /// The one way of signing that the API takes, where it has one.
    pub sign_type: Option<String>,
    /// The required fields of the request, and the name in the error.
    pub required: BTreeMap<String, String>,
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

/// Every API, also those with unsigned answers and those that return bills.
pub fn every_call() -> Vec<Call> {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors/calls.json")).unwrap();
    let rows: Vec<Row> = serde_json::from_value(vectors["calls"].clone()).unwrap();
    rows.into_iter()
        .map(|row| Call {
            api: paysign::api(&row.api).unwrap_or_else(|| panic!("{} is not declared", row.api)),
            manual: (row.path, row.certificate),
            sign_type: row.sign_type,
            required: row.required,
            request: row.request,
            answer: common().into_iter().chain(row.answer).collect(),
        })
        .collect()
}

pub fn call(name: &str) -> Call {
    calls().into_iter().find(|call| call.api.name == name).unwrap()
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

#[test]
fn every_declared_api_has_its_example() {
    let examples: Vec<&str> = every_call().iter().map(|call| call.api.name).collect();
    let apis: Vec<&str> = ALL.iter().map(|api| api.name).collect();
    assert_eq!(examples, apis);
    // Many tests are loops over these.
    assert!(calls().len() >= 8, "only {} APIs have a signed answer", calls().len());
}
