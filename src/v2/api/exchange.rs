//! `prepare` and `complete`: a request as data, and the judgement of its answer. Nothing here sends.

use std::fmt;

use super::declaration::{Base, Declaration, Echo, Rule};
use super::items::check_family;
use super::meaning::means_something;
use super::refusal::refusal;
use crate::error::{Error, ErrorKind, Outcome};
use crate::field::integer;
use crate::v2::ambiguity::check_unambiguous;
use crate::v2::err_code::{UNKNOWN_ADVICE, err_code};
use crate::v2::merchant::{Merchant, contradicts};
use crate::v2::params::Params;
use crate::v2::request_payment::check_nonce;
use crate::v2::sign::{SignType, sign, verify};
use crate::v2::xml::{Limits, build_xml, check_value, parse_xml};

/// A request as data: POST the body to the path, with the certificate where it is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The path on WeChat's host, for example `/pay/unifiedorder`.
    pub path: &'static str,
    /// The signed XML.
    pub body: String,
    /// Whether the call needs the merchant's certificate.
    pub certificate: bool,
    /// Whether it may be sent again, to this host or another, when no answer came: the effect is the same once or twice. What was
    /// never sent may always be sent again.
    pub repeatable: bool,
    /// The numbers that the answer must repeat, and their values.
    pub asked: Vec<(String, String)>,
}

/// Shows where the request goes; the body holds a signature and stays out of logs.
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
/// Fields that the declaration does not know are kept and signed. `appid`, `mch_id`, `sign_type`, `sub_appid` and
/// `sub_mch_id` may be given, but only as the merchant has them; a given `nonce_str` replaces `nonce`.
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
            // An answer is judged by what is configured, so a sub-merchant that only the call knows would be taken for another.
            let why = if value.is_empty() {
                "is configured for all calls, not given to one"
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
    check_declared(api, &params)?;
    for (name, value) in params.iter() {
        check_value(name.as_bytes(), value.as_bytes())?;
        if value.trim() != value {
            return Err(Error::param(name, "begins or ends with white space, which signers disagree about"));
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

/// Judges an answer in WeChat's order: XML, `return_code`, signature, ids, `result_code`, and the numbers that were asked.
/// Trade states are data: an unpaid order is a good answer to a query.
///
/// # Errors
/// `ERR_XML` for a body that is no answer (HTML, empty, cut off), `ERR_REFUSED`, `ERR_SIGNATURE`, `ERR_MISMATCH`, and
/// `ERR_FAILED` with WeChat's `err_code`. [`Error::outcome`] tells whether money may have moved.
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
        "FAIL" => return Err(refusal(api, &answer)),
        _ => {
            return Err(Error::mismatch("return_code", "is neither SUCCESS nor FAIL: this is no answer of WeChat Pay"));
        }
    }
    if api.answer_signed && !verify(&answer, merchant.key(), sign_type(api, merchant)) {
        return Err(Error::of_field(
            ErrorKind::Signature,
            "sign",
            "the answer is not signed with this key; query the order, and check the key and what stands between you and WeChat",
        ));
    }
    if api.answer_signed {
        // Only a query has a state; every other signed answer that repeats an `attach` is of a payment.
        let is_paid = matches!(answer.text("trade_state"), "" | "SUCCESS" | "REFUND");
        check_unambiguous(&answer, is_paid, |name| means_something(api, name))?;
    }
    for (name, own) in [("appid", merchant.appid()), ("mch_id", merchant.mch_id())] {
        // An unsigned answer may leave them out; what it says must still be right.
        if answer.text(name) != own && (api.answer_signed || !answer.text(name).is_empty()) {
            return Err(Error::mismatch(name, "the answer is for another merchant or app"));
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
        _ => return Err(Error::mismatch("result_code", "is neither SUCCESS nor FAIL")),
    }
    check_echoes(api, asked, &answer)?;
    // A payment by code and a query answer with nearly the same fields: the state tells them apart, not an open list of words.
    if !answer.text("trade_state").is_empty() && !api.answer.iter().any(|field| field.name == "trade_state") {
        return Err(Error::mismatch("trade_state", "this is the answer to a query, not to this call"));
    }
    for field in api.answer {
        let text = answer.text(field.name);
        if text.is_empty() && field.required {
            return Err(Error::mismatch(field.name, "the answer lacks it; query the order before anything else"));
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
                return Err(Error::param(first, format_args!("is missing; give one of {}", names.join(", "))));
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
    Error::failed(outcome, code, answer.text("err_code_des"), advice)
}

fn check_echoes(api: &Declaration, asked: &[(String, String)], answer: &Params<'_>) -> Result<(), Error> {
    for (name, value) in asked {
        let said = answer.text(name);
        let is_right = match api.echoes.iter().find(|echo| echo_name(echo) == name) {
            Some(Echo::WherePresent(_)) => said == value || said.is_empty(),
            Some(Echo::Listed(_)) => answer.iter().any(|(field, said)| said == value && is_numbered(field, name)),
            Some(Echo::Always(_)) | None => said == value,
        };
        if !is_right {
            return Err(Error::mismatch(name, "the answer is about another order or refund"));
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
