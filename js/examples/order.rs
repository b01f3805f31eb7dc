//! One call of WeChat Pay from the shell: `order prepare` writes the request, curl sends it, `order complete` judges the answer.
//!
//! ```sh
//! export WX_APPID=wx8888888888888888 WX_MCH_ID=1900000109 WX_KEY=… # WX_SIGN_TYPE=MD5, WX_SUB_APPID, WX_SUB_MCH_ID
//! cargo build --example order && PATH="$PWD/target/debug/examples:$PATH"
//! send() { read -r path && curl -sS --data-binary @- "https://api.mch.weixin.qq.com$path" "$@"; }
//!
//! order prepare orderQuery out_trade_no=1 | send | order complete orderQuery out_trade_no=1
//! order prepare refund … | send --cert apiclient_cert.pem --key apiclient_key.pem | order complete refund …
//! ```
//!
//! `complete` wants the same fields again: the answer must repeat them. Exit status: 0 for a good answer, 2 for a request that
//! cannot be sent, 3 for a refusal. It is 4 for an unknown outcome: query before anything else.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is the point")]

use std::io::{self, Read};
use std::process::ExitCode;

use paysign::{
    ALL, Declaration, Error, Key, Merchant, Outcome, Params, Reads, SignType, api, complete, nonce, parse_bill,
    parse_comments, prepare,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [verb, name, fields @ ..] => match (verb.as_str(), api(name), pairs(fields)) {
            ("prepare", Some(api), Some(fields)) => print_request(api, &fields),
            ("complete", Some(api), Some(fields)) => print_answer(api, &fields),
            _ => return usage(),
        },
        _ => return usage(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.message);
            ExitCode::from(failure.status)
        }
    }
}

/// Writes the path in the first line, then the signed XML.
fn print_request(api: &'static Declaration, fields: &[(&str, &str)]) -> Result<(), Failure> {
    let request = prepare(api, &merchant()?, params(fields)?, &nonce()?)?;
    if request.certificate {
        eprintln!("{} needs the merchant's certificate", request.path);
    }
    println!("{}\n{}", request.path, request.body);
    Ok(())
}

/// Reads the answer to a request and writes its fields, one a line.
fn print_answer(api: &'static Declaration, fields: &[(&str, &str)]) -> Result<(), Failure> {
    let merchant = merchant()?;
    // The same request again: it defines what the answer must repeat.
    let request = prepare(api, &merchant, params(fields)?, &nonce()?)?;
    let mut body = Vec::new();
    io::stdin().read_to_end(&mut body)?;
    match api.reads {
        Reads::Fields => {
            let answer = complete(api, &merchant, &request.asked, &body)?;
            answer.iter().filter(|(name, _)| *name != "sign").for_each(|(name, value)| println!("{name}={value}"));
        }
        Reads::Bill => {
            let bill = parse_bill(&body)?;
            bill.rows.iter().for_each(|row| println!("{}", row.join("\t")));
            bill.summary.iter().for_each(|(name, value)| println!("{name}={value}"));
        }
        Reads::Comments => {
            let comments = parse_comments(&body)?;
            comments.comments.iter().for_each(|one| println!("{} {} {}", one.transaction_id, one.stars, one.comment));
            println!("offset={}", comments.offset);
        }
    }
    Ok(())
}

/// The merchant. Its key is in the environment and is never printed.
fn merchant() -> Result<Merchant, Failure> {
    let text = |name: &str| std::env::var(name).unwrap_or_default();
    let sign_type = match text("WX_SIGN_TYPE").as_str() {
        "MD5" => SignType::Md5,
        "" | "HMAC-SHA256" => SignType::HmacSha256,
        _ => return Err(Failure { message: "WX_SIGN_TYPE: must be MD5 or HMAC-SHA256".to_owned(), status: 2 }),
    };
    let merchant = Merchant::new(&text("WX_APPID"), &text("WX_MCH_ID"), Key::new(&text("WX_KEY"))?, sign_type)?;
    match (text("WX_SUB_APPID"), text("WX_SUB_MCH_ID")) {
        (sub_appid, sub_mch_id) if sub_appid.is_empty() && sub_mch_id.is_empty() => Ok(merchant),
        (sub_appid, sub_mch_id) => Ok(merchant.for_sub_merchant(&sub_appid, &sub_mch_id)?),
    }
}

fn pairs(fields: &[String]) -> Option<Vec<(&str, &str)>> {
    fields.iter().map(|field| field.split_once('=')).collect()
}

fn params<'a>(fields: &[(&'a str, &'a str)]) -> Result<Params<'a>, Error> {
    Params::from_pairs(fields.iter().copied())
}

fn usage() -> ExitCode {
    let names: Vec<&str> = ALL.iter().map(|api| api.name).collect();
    eprintln!("usage: order prepare|complete API [field=value ...]\nAPI: {}", names.join(", "));
    ExitCode::from(2)
}

/// The text written when a call fails, and the exit status of the program.
struct Failure {
    message: String,
    status: u8,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match error.outcome() {
            Outcome::NotSent => 2,
            Outcome::Rejected => 3,
            Outcome::Unknown => 4,
        };
        Self { message: format!("{error:?}"), status }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self { message: format!("the answer cannot be read: {error}"), status: 4 }
    }
}
