//! What WeChat signed: answers and notices, verified and judged in the documented order.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::api::{Answer, Declaration, Request, complete};
use super::crypto::{Decrypter, Verdict, Verifier};
use super::head::{Head, expired_key, not_genuine, unknown_serial};
use super::merchant::Merchant;
use super::notice::{Envelope, Expect, Notice, not_decrypted, read_envelope, read_resource};
use super::refusal::{Refusal, refused};
use super::text::answer_text;
use crate::error::Error;

/// A request that was sent, and what its answer must be about.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The API.
    pub api: &'static Declaration,
    /// Whose request it was.
    pub merchant: &'a Merchant,
    /// The request, as it was prepared.
    pub request: &'a Request,
    /// The text that was signed. A 401 may show WeChat's view of it. Empty if it was not kept.
    pub text: &'a str,
}

impl Sent<'_> {
    /// The name of the answer in errors.
    pub(super) fn what(&self) -> String {
        ["the answer to ", self.api.name].concat()
    }
}

/// An answer, as it came.
#[derive(Clone, Copy)]
pub struct Reply<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Request-ID`; an absent one is empty.
    pub request_id: &'a str,
    /// The signature headers.
    pub head: Head<'a>,
    /// The raw bytes of the body.
    pub body: &'a [u8],
}

/// Shows the status. The body may name the payer and stays out of logs.
impl fmt::Debug for Reply<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// Verifies and judges an answer: headers, signature type, time, key, signature, JSON, ids, members, in this order.
///
/// `now` is in seconds since 1970. An answer of another status than 200 and 204 is a refusal, which WeChat does not sign.
///
/// # Errors
/// `ERR_FAILED` or `ERR_HTTP` for a refusal. `ERR_SIGNATURE` for a success that WeChat has not signed: its outcome is `unknown`,
/// since the request may have been executed. Then as [`complete`].
pub fn open_answer(sent: &Sent<'_>, reply: &Reply<'_>, verifier: &dyn Verifier, now: u64) -> Result<Answer, Error> {
    check_status(sent, reply)?;
    let Reply { status, head, body, .. } = *reply;
    verify(&sent.what(), &head, body, verifier, now).map_err(|error| error.of_unsigned_success(status))?;
    complete(sent.api, sent.merchant, &sent.request.asked, body)
}

/// Refuses an answer that does not say success.
pub(super) fn check_status(sent: &Sent<'_>, reply: &Reply<'_>) -> Result<(), Error> {
    let Reply { status, request_id, body, .. } = *reply;
    if matches!(status, 200 | 204) {
        return Ok(());
    }
    Err(refused(Some(sent.api), sent.api.name, &Refusal { status, request_id, body }, sent.text))
}

/// A notice that was verified, decrypted and judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    /// The envelope.
    pub envelope: Envelope,
    /// Its decrypted content.
    pub notice: Notice,
}

/// Opens a notice: headers, signature type, time, key, signature, JSON, envelope, cipher, ids, form, the stored order, in this
/// order. If a check fails, no data of the body is returned. Pass the raw bytes of the body, and `now` in seconds since 1970.
///
/// A notice arrives at least once: act on it only once per order or refund.
///
/// # Errors
/// `ERR_SIGNATURE`, `ERR_JSON`, `ERR_DECRYPT`, or `ERR_MISMATCH` with the field.
pub fn open_notice(
    head: &Head<'_>,
    body: &[u8],
    expect: &Expect<'_>,
    verifier: &dyn Verifier,
    decrypter: &dyn Decrypter,
    now: u64,
) -> Result<Opened, Error> {
    verify("the notice", head, body, verifier, now)?;
    let envelope = read_envelope(body)?;
    let plain = STANDARD
        .decode(&envelope.ciphertext)
        .ok()
        .and_then(|sealed| decrypter.decrypt(envelope.nonce.as_bytes(), envelope.associated_data.as_bytes(), &sealed))
        .ok_or_else(not_decrypted)?;
    let notice = read_resource(&envelope.event_type, &plain, expect)?;
    Ok(Opened { envelope, notice })
}

/// Refuses a message that no known key has signed just now.
fn verify(what: &str, head: &Head<'_>, body: &[u8], verifier: &dyn Verifier, now: u64) -> Result<(), Error> {
    verify_by(&head.check(what, now)?, what, head, body, verifier, now)
}

/// Refuses a message that the key of this serial has not signed.
pub(super) fn verify_by(
    serial: &str,
    what: &str,
    head: &Head<'_>,
    body: &[u8],
    verifier: &dyn Verifier,
    now: u64,
) -> Result<(), Error> {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    if verifier.valid_until(serial).is_some_and(|end| end < now) {
        return Err(expired_key(what, head));
    }
    let text = answer_text(head.timestamp, head.nonce, body);
    let signature = STANDARD.decode(head.signature).ok();
    match verifier.verify(serial, &text, signature.as_deref().unwrap_or_default()) {
        Verdict::Right if signature.is_some() => Ok(()),
        Verdict::UnknownKey if !head.is_probe() => Err(unknown_serial(what, head)),
        _ => Err(not_genuine(what, head)),
    }
}
