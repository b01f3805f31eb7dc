//! `prepare` and `complete`: a request as data, and the judgement of its answer, without I/O.

use std::fmt;

use super::declaration::{Base, Declaration, Echo, Rule};
use super::items::check_family;
use super::meaning::means_something;
use super::refusal::{refusal, with_words};
use crate::error::{Error, Outcome};
use crate::field::{Kind, check_nonce, integer, mapped_ipv4};
use crate::v2::ambiguity::check_unambiguous;
use crate::v2::err_code::{UNKNOWN_ADVICE, err_code};
use crate::v2::merchant::{Merchant, contradicts};
use crate::v2::params::Params;
use crate::v2::sign::{SignType, not_genuine, sign, verify};
use crate::v2::xml::{Limits, build_xml, check_value, parse_xml};

/// A request as data: POST the body to the path, with the certificate if it is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The path on WeChat's host, for example `/pay/unifiedorder`.
    pub path: &'static str,
    /// The signed XML.
    pub body: String,
    /// Whether the call needs the merchant's certificate.
    pub certificate: bool,
    /// Whether the request may be repeated, at any host, if no answer came: twice has the same effect as once. A
    /// request that was never sent may always be repeated.
    pub repeatable: bool,
    /// The numbers that the answer must repeat, and their values.
    pub asked: Vec<(String, String)>,
}

/// Shows the path only: the body contains a signature and stays out of logs.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("path", &self.path)
            .field("body", &"[signed]")
            .field("certificate", &self.certificate)
            .field("repeatable", &self.repeatable)
            .field("asked", &self.asked)
            .finish()
    }
}

/// Makes the request of one API: checks every field, adds ids, nonce and `sign_type`, signs, and writes the XML.
///
/// Unknown fields are kept and signed. `appid`, `mch_id`, `sign_type`, `sub_appid` and
/// `sub_mch_id` may be among them, but only with the merchant's values; a `nonce_str` replaces `nonce`.
///
/// # Errors
/// `ERR_PARAM` with the field that is missing or malformed.
pub fn prepare(
    api: &'static Declaration,
    merchant: &Merchant,
    mut params: Params<'_>,
    nonce: &str,
) -> Result<Request, Error> {
    let sign_type = sign_type(api, merchant);
    let (sub_appid, sub_mch_id) = merchant.sub_merchant();
    let own = [
        ("mch_id", merchant.mch_id()),
        ("appid", merchant.appid()),
        ("sign_type", sign_type.as_str()),
        ("sub_appid", sub_appid),
        ("sub_mch_id", sub_mch_id),
    ];
    for (name, value) in own.into_iter().filter(|(name, _)| api.common || *name == "mch_id") {
        if !params.text(name).is_empty() && params.text(name) != value {
            // An answer is judged by the configuration, so a sub-merchant of the call alone would be taken for another.
            let why = if value.is_empty() {
                "is not configured; set it for all calls of the merchant"
            } else {
                "is not the configured one; leave it out"
            };
            return Err(Error::param(name, why));
        }
        if !value.is_empty() {
            params.set(name, value.to_owned())?;
        }
    }
    if params.get("sign").is_some() {
        return Err(Error::param("sign", "is computed here; leave it out"));
    }
    if params.text("nonce_str").is_empty() {
        params.set("nonce_str", nonce.to_owned())?;
    }
    check_nonce("nonce_str", params.text("nonce_str"))?;
    for field in api.request.iter().filter(|field| field.kind == Kind::Address) {
        if let Some(address) = mapped_ipv4(params.text(field.name)) {
            params.set(field.name, address)?;
        }
    }
    check_declared(api, &params)?;
    for (name, value) in params.iter() {
        check_value(name.as_bytes(), value.as_bytes())?;
        if value.trim() != value {
            return Err(Error::param(name, "begins or ends with white space; remove it"));
        }
    }
    let signature = sign(&params, merchant.key(), sign_type);
    params.set("sign", signature)?;
    let asked = api.echoes.iter().map(echo_name).filter(|name| !params.text(name).is_empty());
    let asked = asked.map(|name| (name.to_owned(), params.text(name).to_owned())).collect();
    let path = api.path_with.filter(|(field, _)| !params.text(field).is_empty()).map_or(api.path, |(_, path)| path);
    let Declaration { certificate, repeatable, .. } = *api;
    Ok(Request { path, body: build_xml(&params)?, certificate, repeatable, asked })
}

/// Judges an answer in WeChat's order: XML, `return_code`, signature, ids, `result_code`, and the requested numbers.
/// Trade states are data: an unpaid order is a good answer to a query.
///
/// # Errors
/// `ERR_XML` for a body that is not an answer (HTML, empty, cut off). `ERR_REFUSED`, `ERR_SIGNATURE`, `ERR_MISMATCH`, and
/// `ERR_FAILED` with WeChat's `err_code`. [`Error::outcome`] says whether money may have moved.
pub fn complete<'a>(
    api: &'static Declaration,
    merchant: &Merchant,
    asked: &[(String, String)],
    body: &'a [u8],
) -> Result<Params<'a>, Error> {
    let answer = parse_xml(body, &Limits::ANSWER)
        .map_err(|error| if api.base == Base::Sandbox { error } else { error.of_answer(api.path, body) })?;
    match answer.text("return_code") {
        "SUCCESS" => {}
        "FAIL" => return Err(refusal(api, &answer, is_signed_by(merchant, &answer))),
        _ => {
            return Err(with_words(unknown_code("return_code", &answer), &answer));
        }
    }
    if api.answer_signed && !verify(&answer, merchant.key(), sign_type(api, merchant)) {
        let advice = "query the order, and check the key and any proxy between you and WeChat";
        return Err(not_genuine(&answer, merchant.key(), "answer", advice, || true));
    }
    if api.answer_signed {
        // Only a query has a state; every other signed answer with an `attach` is about a payment.
        let is_paid = matches!(answer.text("trade_state"), "" | "SUCCESS" | "REFUND");
        check_unambiguous(&answer, is_paid, |name| means_something(api, name))?;
    }
    for (name, own) in [("appid", merchant.appid()), ("mch_id", merchant.mch_id())] {
        // An unsigned answer may leave the ids out, but must not contain others.
        if answer.text(name) != own && (api.answer_signed || !answer.text(name).is_empty()) {
            let is_missing = answer.text(name).is_empty();
            let fault = if is_missing { MISSING } else { "the answer is for another merchant or app" };
            return Err(Error::mismatch(name, fault));
        }
    }
    let (sub_appid, sub_mch_id) = merchant.sub_merchant();
    for (name, own) in [("sub_appid", sub_appid), ("sub_mch_id", sub_mch_id)] {
        if contradicts(&answer, name, own) {
            return Err(Error::mismatch(name, "the answer is for another sub-merchant"));
        }
    }
    match answer.text("result_code") {
        "SUCCESS" => {}
        // The exchange of the sandbox key has no result_code.
        "" if !api.common => {}
        "FAIL" => return Err(failure(&answer)),
        _ => return Err(unknown_code("result_code", &answer)),
    }
    check_echoes(api, asked, &answer)?;
    // A payment by code and a query have nearly the same fields in their answers. The state distinguishes them, not an open list of words.
    if !answer.text("trade_state").is_empty() && !api.answer.iter().any(|field| field.name == "trade_state") {
        return Err(Error::mismatch("trade_state", "this is the answer to a query, not to this call"));
    }
    for field in api.answer {
        let text = answer.text(field.name);
        if text.is_empty() && field.required {
            return Err(Error::mismatch(field.name, MISSING));
        }
        if let Some(fault) = (!text.is_empty()).then(|| field.kind.fault(text)).flatten() {
            return Err(Error::mismatch(field.name, format_args!("in the answer {fault}")));
        }
    }
    for family in api.families {
        check_family(family.item, &answer, "")?;
    }
    Ok(answer)
}

const MISSING: &str = "is missing from the answer; query the order before anything else";

/// The error for a `return_code` or `result_code` that says neither yes nor no.
fn unknown_code(name: &str, answer: &Params<'_>) -> Error {
    let is_missing = answer.text(name).is_empty();
    Error::mismatch(
        name,
        if is_missing { MISSING } else { "is neither SUCCESS nor FAIL: this is not an answer of WeChat Pay" },
    )
}

/// Whether an answer has a signature of the merchant's key, in either sign type.
fn is_signed_by(merchant: &Merchant, answer: &Params<'_>) -> bool {
    [SignType::Md5, SignType::HmacSha256].into_iter().any(|sign_type| verify(answer, merchant.key(), sign_type))
}

fn sign_type(api: &Declaration, merchant: &Merchant) -> SignType {
    api.sign_type.unwrap_or_else(|| merchant.sign_type())
}

fn check_declared(api: &Declaration, params: &Params<'_>) -> Result<(), Error> {
    for field in api.request {
        let text = params.text(field.name);
        if text.is_empty() && field.required {
            return Err(Error::param(field.name, "is missing"));
        }
        if let Some(fault) = (!text.is_empty()).then(|| field.kind.fault(text)).flatten() {
            return Err(Error::param(field.name, fault));
        }
    }
    for rule in api.rules {
        match rule {
            Rule::AnyOf(names) if names.iter().all(|name| params.text(name).is_empty()) => {
                let first = names.first().copied().unwrap_or_default();
                return Err(Error::param(first, format_args!("is missing; one of {} is needed", names.join(", "))));
            }
            Rule::When(name, value, needed)
                if params.text(name) == *value && needed.iter().all(|needed| params.text(needed).is_empty()) =>
            {
                let first = needed.first().copied().unwrap_or_default();
                return Err(Error::param(first, format_args!("is missing; {name} {value} needs it")));
            }
            Rule::AnyOf(_) | Rule::When(..) => {}
        }
    }
    Ok(())
}

fn failure(answer: &Params<'_>) -> Error {
    let code = answer.text("err_code");
    let (outcome, advice) = err_code(code).map_or((Outcome::Unknown, UNKNOWN_ADVICE), |row| (row.outcome, row.advice));
    Error::failed(outcome, code, answer.text("err_code_des"), advice).with_recall(answer.text("recall"))
}

fn check_echoes(api: &Declaration, asked: &[(String, String)], answer: &Params<'_>) -> Result<(), Error> {
    for (name, value) in asked {
        let said = answer.text(name);
        let echo = api.echoes.iter().find(|echo| echo_name(echo) == name);
        let is_right = match echo {
            Some(Echo::WherePresent(_)) => said == value || said.is_empty(),
            Some(Echo::Listed(_)) => answer.iter().any(|(field, said)| said == value && is_numbered(field, name)),
            Some(Echo::Always(_)) | None => said == value,
        };
        if !is_right {
            let is_missing = !matches!(echo, Some(Echo::Listed(_))) && said.is_empty();
            let fault = if is_missing { MISSING } else { "the answer is about another order or refund" };
            return Err(Error::mismatch(name, fault));
        }
    }
    Ok(())
}

/// Whether a field is `name_$n`.
fn is_numbered(field: &str, name: &str) -> bool {
    field.strip_prefix(name).and_then(|rest| rest.strip_prefix('_')).is_some_and(|number| integer(number).is_some())
}

const fn echo_name(echo: &Echo) -> &'static str {
    match echo {
        Echo::Always(name) | Echo::WherePresent(name) | Echo::Listed(name) => name,
    }
}
