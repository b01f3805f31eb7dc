//! Notices. An accepted one was signed with the key and is about the stored order. No refusal shows a secret.

use paysign::{ErrorKind, Key, NoticeKind, Params, SignType, open_notify};

use super::read_by_roxmltree;
use crate::support::{APPID, BOTH, Fields, KEY, MCH_ID, signature_of_text, stored, text_to_sign};

/// A body as anybody may send it. After an odd first byte it gets the right signature, which reaches the later checks.
pub fn notify(data: &[u8]) {
    let Some((mode, body)) = data.split_first() else { return };
    if mode % 2 == 0 {
        return judge(body);
    }
    let Ok(text) = std::str::from_utf8(body) else { return };
    let sign_type = if mode % 4 == 1 { SignType::Md5 } else { SignType::HmacSha256 };
    if let Some(signed) = sign_body(text, sign_type) {
        judge(signed.as_bytes());
    }
}

/// The body with its signature in place of any other one.
fn sign_body(text: &str, sign_type: SignType) -> Option<String> {
    let read = read_by_roxmltree(text).ok()?;
    let signature = signature_of_text(&text_to_sign(&read), KEY, sign_type);
    if let Some(old) = read.get("sign") {
        return (old.len() >= 8).then(|| text.replace(old.as_str(), &signature));
    }
    let (front, behind) = text.rsplit_once("</xml>")?;
    Some(format!("{front}<sign>{signature}</sign></xml>{behind}"))
}

fn judge(body: &[u8]) {
    let key = Key::new(KEY).unwrap();
    let expect = stored(&key, &BOTH);
    let read = || {
        let text = std::str::from_utf8(body).ok()?.replace("\r\n", "\n").replace('\r', "\n");
        read_by_roxmltree(&text).ok()
    };
    match open_notify(body, &expect) {
        Ok(notice) => {
            let theirs = read().expect("accepted, but not XML");
            let about = ["appid", "mch_id", "out_trade_no"].map(|name| notice.fields.text(name));
            assert_eq!((about, notice.total_fee()), ([APPID, MCH_ID, "1409811653"], Some(100)));
            if notice.kind == NoticeKind::Payment {
                assert_eq!(Params::from_pairs(&theirs).as_ref(), Ok(&notice.fields));
                assert!(right_signatures(&theirs).contains(&theirs["sign"]), "accepted without a signature");
                assert_eq!(notice.paid, theirs["result_code"] == "SUCCESS");
            } else {
                assert!(!notice.paid, "a refund is no payment");
            }
        }
        Err(error) => {
            let kinds = [ErrorKind::Xml, ErrorKind::Signature, ErrorKind::Mismatch, ErrorKind::Decrypt];
            assert!(kinds.contains(&error.kind()), "{error:?}");
            let told = format!("{error} {error:?}");
            assert!(!told.contains(KEY), "the key is told");
            if error.kind() == ErrorKind::Signature {
                for right in read().iter().flat_map(right_signatures) {
                    assert!(!told.contains(&right), "the right signature is told");
                }
            }
        }
    }
}

fn right_signatures(fields: &Fields) -> [String; 2] {
    BOTH.map(|sign_type| signature_of_text(&text_to_sign(fields), KEY, sign_type))
}
