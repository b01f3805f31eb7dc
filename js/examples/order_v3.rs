//! One call of APIv3 from the shell: `order_v3 prepare` writes the signed request, curl sends it, `order_v3 complete` judges the answer.
//!
//! ```sh
//! export WX_APPID=wx8888888888888888 WX_MCHID=1900000109 WX_KEY_FILE=apiclient_key.pem WX_CERT_FILE=apiclient_cert.pem
//! export WX_PUB_KEY_ID=PUB_KEY_ID_… WX_PUB_KEY_FILE=pub_key.pem # WX_PLATFORM_CERT_FILE: a platform certificate
//! cargo build --example order_v3 --features aws-lc && PATH="$PWD/target/debug/examples:$PATH"
//! send() { curl -sS -i --config -; }
//!
//! order_v3 prepare orderQuery '{"out_trade_no":"20150806125346"}' | send | order_v3 complete orderQuery '{"out_trade_no":"20150806125346"}'
//! order_v3 pay wx201410272009395522657a69 # the argument of wx.requestPayment
//! ```
//!
//! `prepare` writes a configuration of curl. `complete` reads the answer with its headers, and wants the same parameters again: the answer
//! must repeat them. Exit status: 0 for a good answer, 2 for a request that cannot be sent, 3 for a refusal. It is 4 for an unknown
//! outcome: query before anything else.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "the output is the point")]

use std::io::{self, Read};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use paysign::v3::{
    ALL, Declaration, Head, Limits, Merchant, MerchantKey, Reply, Request, Sent, WechatpayKeys, api, authorization,
    open_answer, prepare, read_json, request_payment,
};
use paysign::{BASE_URL, Error, Outcome, nonce};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["pay", prepay_id] => print_payment(prepay_id),
        [verb, name, params] => match (*verb, api(name)) {
            ("prepare", Some(api)) => print_request(api, params),
            ("complete", Some(api)) => print_answer(api, params).map_err(Failure::after_sending),
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

/// Writes the request as a configuration of curl.
fn print_request(api: &'static Declaration, params: &str) -> Result<(), Failure> {
    let merchant = merchant()?;
    let request = request(api, &merchant, params)?;
    let (signer, wechat) = (signer(&merchant)?, wechat()?);
    let request = request.seal(|text| wechat.encrypt(text))?;
    let header = authorization(&signer, &merchant, &request, now()?, &nonce()?)?;
    println!("suppress-connect-headers\nrequest = {}", request.method);
    println!("url = {}", quoted(&format!("{}{}", host(), request.path)));
    for line in [format!("Authorization: {header}"), format!("Wechatpay-Serial: {}", wechat.preferred())] {
        println!("header = {}", quoted(&line));
    }
    for line in ["Accept: application/json", "Content-Type: application/json", "User-Agent: order_v3"] {
        println!("header = {}", quoted(line));
    }
    if !request.body.is_empty() {
        println!("data-raw = {}", quoted(&request.body));
    }
    Ok(())
}

/// Reads the answer to a request, headers first, and writes its JSON.
fn print_answer(api: &'static Declaration, params: &str) -> Result<(), Failure> {
    let merchant = merchant()?;
    // The same request again: it defines what the answer must repeat.
    let request = request(api, &merchant, params)?;
    let mut answer = Vec::new();
    io::stdin().read_to_end(&mut answer)?;
    let Some((status, headers, body)) = parts(&answer) else {
        return Err(Failure { message: "the answer has no headers; use curl -i".to_owned(), status: 4 });
    };
    let header = |name: &str| {
        headers
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(own, _)| own.eq_ignore_ascii_case(name))
            .map_or("", |(_, value)| value.trim())
    };
    let head = Head {
        timestamp: header("Wechatpay-Timestamp"),
        nonce: header("Wechatpay-Nonce"),
        serial: header("Wechatpay-Serial"),
        signature: header("Wechatpay-Signature"),
        signature_type: header("Wechatpay-Signature-Type"),
    };
    let reply = Reply { status, request_id: header("Request-ID"), head, body };
    // The process that signed has ended, and its text with it.
    let sent = Sent { api, merchant: &merchant, request: &request, text: "" };
    let judged = open_answer(&sent, &reply, &wechat()?, now()?)?;
    println!("{}", serde_json::to_string_pretty(&judged).map_err(io::Error::from)?);
    Ok(())
}

/// Writes the argument of `wx.requestPayment`, one member a line.
fn print_payment(prepay_id: &str) -> Result<(), Failure> {
    let merchant = merchant()?;
    let payment = request_payment(&signer(&merchant)?, &merchant, prepay_id, now()?, &nonce()?)?;
    for (name, value) in [
        ("timeStamp", payment.timeStamp.as_str()),
        ("nonceStr", &payment.nonceStr),
        ("package", &payment.package),
        ("signType", payment.signType),
        ("paySign", &payment.paySign),
    ] {
        println!("{name}={value}");
    }
    Ok(())
}

/// The status, the headers and the body of an answer as `curl -i` writes it. Headers of `100 Continue` come first.
fn parts(answer: &[u8]) -> Option<(u16, &str, &[u8])> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let (headers, body) = answer.split_at_checked(end)?;
    let (headers, body) = (std::str::from_utf8(headers).ok()?, body.get(4..)?);
    match headers.split_ascii_whitespace().nth(1)?.parse().ok()? {
        100..=199 => parts(body),
        status => Some((status, headers, body)),
    }
}

fn request(api: &'static Declaration, merchant: &Merchant, params: &str) -> Result<Request, Error> {
    prepare(api, merchant, &read_json(params.as_bytes(), Limits::PARAMS, "the second argument")?)
}

fn merchant() -> Result<Merchant, Error> {
    Merchant::new(&variable("WX_APPID"), &variable("WX_MCHID"))
}

/// The private key. It is in a file, and is never printed.
fn signer(merchant: &Merchant) -> Result<MerchantKey, Failure> {
    Ok(MerchantKey::of_certificate(&file("WX_KEY_FILE")?, &file("WX_CERT_FILE")?, merchant, now()?)?)
}

/// The keys of WeChat Pay: the public key, the platform certificate, or both while the merchant moves.
fn wechat() -> Result<WechatpayKeys, Failure> {
    let mut keys = WechatpayKeys::default();
    if !variable("WX_PUB_KEY_FILE").is_empty() {
        keys = keys.with_public_key(&variable("WX_PUB_KEY_ID"), &file("WX_PUB_KEY_FILE")?)?;
    }
    if !variable("WX_PLATFORM_CERT_FILE").is_empty() {
        keys = keys.with_certificate(&file("WX_PLATFORM_CERT_FILE")?)?;
    }
    if keys.preferred().is_empty() {
        return Err(Failure {
            message: "WX_PUB_KEY_FILE: is missing, and WX_PLATFORM_CERT_FILE too".to_owned(),
            status: 2,
        });
    }
    Ok(keys)
}

/// WeChat's host, or the one of a test.
fn host() -> String {
    let host = variable("WX_HOST");
    if host.is_empty() { BASE_URL.to_owned() } else { host }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn file(name: &str) -> Result<String, Failure> {
    std::fs::read_to_string(variable(name)).map_err(|error| Failure { message: format!("{name}: {error}"), status: 2 })
}

/// Now, in seconds since 1970.
fn now() -> Result<u64, Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map(|now| now.as_secs()).map_err(|error| Failure { message: format!("the clock: {error}"), status: 2 })
}

/// A text of curl's configuration.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn usage() -> ExitCode {
    let names: Vec<&str> = ALL.iter().map(|api| api.name).collect();
    eprintln!("usage: order_v3 prepare|complete API JSON, or order_v3 pay prepay_id\nAPI: {}", names.join(", "));
    ExitCode::from(2)
}

/// The text written when a call fails, and the exit status of the program.
struct Failure {
    message: String,
    status: u8,
}

impl Failure {
    /// The request was sent before, so that its outcome is unknown.
    fn after_sending(self) -> Self {
        Self { status: if self.status == 2 { 4 } else { self.status }, ..self }
    }
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
