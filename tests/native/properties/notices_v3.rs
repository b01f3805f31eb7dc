//! Notices of APIv3. An accepted one was signed and sealed, and says what is returned. Nothing is decrypted before it is verified.

use base64ct::{Base64, Encoding};
use paysign::ErrorKind;
use paysign::v3::{Expect, Head, NoticeKind, open_notice};
use serde_json::{Value, json};

use super::signer_v3::{Keys, NONCE, NOW, check_told, is_signed, merchant, sealed, strangers, with_head};

/// The order that is stored, where the notice must be about it.
const STORED: (&str, u64) = ("a1", 100);

/// A notice in one of four ways, which the first byte chooses:
///
/// - 0: headers and body, as anybody may send them.
/// - 1: a body, which is signed here.
/// - 2: the type of an event, NUL and a resource, which is sealed and signed here.
/// - 3: the same for a stored order.
pub fn notice_v3(data: &[u8]) {
    let Some((mode, rest)) = data.split_first() else { return };
    match mode % 4 {
        0 => {
            let Some((head, body)) = strangers(rest) else { return };
            judge(&head, body, false);
        }
        1 => with_head(mode / 4, rest, |head| judge(head, rest, false)),
        way => {
            let Some(body) = envelope(rest) else { return };
            with_head(mode / 4, body.as_bytes(), |head| judge(head, body.as_bytes(), way == 3));
        }
    }
}

/// The envelope of an event and its resource.
fn envelope(data: &[u8]) -> Option<String> {
    let at = data.iter().position(|byte| *byte == 0)?;
    let (event_type, plain) = (std::str::from_utf8(&data[..at]).ok()?, &data[at + 1..]);
    let ciphertext = sealed("transaction", plain);
    let resource = json!({
        "algorithm": "AEAD_AES_256_GCM", "nonce": NONCE, "associated_data": "transaction", "ciphertext": ciphertext,
    });
    Some(json!({ "id": "EV-1", "event_type": event_type, "resource": resource }).to_string())
}

fn judge(head: &Head<'_>, body: &[u8], is_stored: bool) {
    let (merchant, keys) = (merchant(), Keys::default());
    let any = Expect::of(&merchant);
    let expect = if is_stored { Expect { out_trade_no: Some(STORED.0), total: Some(STORED.1), ..any } } else { any };
    let is_signed = is_signed(head, body);
    match open_notice(head, body, &expect, &keys, &keys, NOW) {
        Ok(opened) => {
            assert!(is_signed, "accepted without a signature");
            let theirs: Value = serde_json::from_slice(body).unwrap();
            let text = |path: &str| theirs.pointer(path).and_then(Value::as_str).unwrap_or_default();
            assert_eq!(text("/resource/algorithm"), "AEAD_AES_256_GCM");
            let envelope = (opened.envelope.id.as_str(), opened.envelope.event_type.as_str());
            assert_eq!(envelope, (text("/id"), text("/event_type")));
            let sealed = Base64::decode_vec(text("/resource/ciphertext")).unwrap();
            let resource: Value = serde_json::from_slice(&sealed[..sealed.len() - 16]).unwrap();
            assert_eq!(serde_json::to_value(&opened.notice.resource).unwrap(), resource);
            check_meaning(opened.notice.kind, opened.notice.paid, text("/event_type"), &resource, is_stored);
        }
        Err(error) => {
            let kinds = [ErrorKind::Json, ErrorKind::Mismatch, ErrorKind::Decrypt];
            let expected = if is_signed { &kinds[..] } else { &[ErrorKind::Signature] };
            assert!(expected.contains(&error.kind()), "signed: {is_signed}, {error:?}");
            assert!(is_signed || !keys.has_decrypted(), "decrypted without a signature");
            check_told(&error, head, body);
        }
    }
}

/// What must be true of a resource that is accepted.
fn check_meaning(kind: NoticeKind, paid: bool, event_type: &str, resource: &Value, is_stored: bool) {
    let text = |name: &str| resource.get(name).and_then(Value::as_str);
    let total = || resource.pointer("/amount/total").and_then(Value::as_u64);
    if kind != NoticeKind::Other {
        let names = ["mchid", "sp_mchid", "combine_mchid", "mch_id"];
        let said: Vec<&str> = names.iter().filter_map(|name| text(name)).collect();
        assert!(!said.is_empty() && said.iter().all(|mchid| *mchid == "1900009191"), "another merchant");
        let apps = ["appid", "sp_appid", "combine_appid"].iter().filter_map(|name| text(name));
        assert!(apps.into_iter().all(|appid| appid == "wx8888888888888888"), "another app");
    }
    let states: Vec<Option<&str>> = match resource.get("sub_orders").and_then(Value::as_array) {
        Some(orders) if kind == NoticeKind::Combined => {
            orders.iter().map(|order| order.get("trade_state").and_then(Value::as_str)).collect()
        }
        _ => vec![text("trade_state")],
    };
    if paid {
        assert_eq!(event_type, "TRANSACTION.SUCCESS");
        assert!(states.iter().all(|state| matches!(state, Some("SUCCESS" | "REFUND"))), "{states:?}");
        assert!(kind == NoticeKind::Combined || total().is_some_and(|fen| fen > 0), "paid nothing");
    }
    if kind == NoticeKind::Refund {
        assert!(!paid && event_type.starts_with("REFUND.") && text("out_refund_no").is_some());
    }
    if is_stored {
        let number = if kind == NoticeKind::Combined { "combine_out_trade_no" } else { "out_trade_no" };
        assert!(kind != NoticeKind::Other && text(number) == Some(STORED.0), "another order");
        if kind == NoticeKind::Combined {
            let amounts = resource["sub_orders"].as_array().unwrap().iter();
            let sum: u64 = amounts.map(|order| order["amount"]["total_amount"].as_u64().unwrap()).sum();
            assert_eq!(sum, STORED.1);
        } else if paid || kind == NoticeKind::Refund {
            assert_eq!(total(), Some(STORED.1));
        }
    }
}
