//! The elements of PEM texts, as the merchant platform and environment variables have them.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

/// The first element of a text: its label and its bytes. `None` for a text without a whole one.
///
/// Line ends may be the two characters `\n`, as in an environment variable.
pub(super) fn read_pem(text: &str) -> Option<(&str, Zeroizing<Vec<u8>>)> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (label, rest) = rest.split_once("-----")?;
    let (body, rest) = rest.split_once("-----END ")?;
    rest.strip_prefix(label)?.strip_prefix("-----")?;
    let mut digits = Zeroizing::new(String::with_capacity(body.len()));
    let mut letters = body.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.next_if(|next| matches!(next, 'n' | 'r')).is_some() => {}
            blank if blank.is_ascii_whitespace() => {}
            digit => digits.push(digit),
        }
    }
    Some((label, Zeroizing::new(Base64::decode_vec(&digits).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_is_read_with_line_ends_of_every_kind_and_text_around_it() {
        for text in [
            "-----BEGIN A B-----\nAQ\nID\n-----END A B-----\n",
            "-----BEGIN A B-----\r\nAQID\r\n-----END A B-----",
            "-----BEGIN A B-----\\nAQ\\nID\\n-----END A B-----\\n",
            "-----BEGIN A B-----\\r\\nAQID\\r\\n-----END A B-----",
            "Bag Attributes: x\n-----BEGIN A B-----\nAQID\n-----END A B-----\n-----BEGIN A-----\n",
        ] {
            let (label, bytes) = read_pem(text).unwrap();
            assert_eq!((label, bytes.as_slice()), ("A B", &[1, 2, 3][..]), "{text}");
        }
    }

    #[test]
    fn a_text_that_is_cut_off_or_changed_is_none() {
        for text in [
            "",
            "AQID",
            "-----BEGIN A-----\nAQID\n",
            "-----BEGIN A-----\nAQID\n-----END B-----\n",
            "-----BEGIN A-----\nAQI\n-----END A-----\n",
            "-----BEGIN A-----\nAQ*D\n-----END A-----\n",
            "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nAQID\n-----END A-----\n",
        ] {
            assert!(read_pem(text).is_none(), "{text}");
        }
    }
}
