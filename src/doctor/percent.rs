//! Percent-encoding (RFC 3986), in the forms of several languages.

/// A value as a URL has it. Letters, digits and `safe` stay. With `has_plus` a blank is a plus.
pub(super) fn percent_encoded(value: &str, safe: &[u8], has_plus: bool) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || safe.contains(&byte) {
            text.push(char::from(byte));
        } else if byte == b' ' && has_plus {
            text.push('+');
        } else {
            text.push('%');
            text.push_str(&hex::encode_upper([byte]));
        }
    }
    text
}

/// The same with the digits of each `%E8` in lower case.
pub(super) fn lower_digits(encoded: &str) -> String {
    let mut pieces = encoded.split('%');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2).unwrap_or((piece, ""));
        text.push('%');
        text.push_str(&digits.to_ascii_lowercase());
        text.push_str(rest);
    }
    text
}

/// A text with its `%E8` decoded. It stays as it was where the bytes are not UTF-8.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let digits = after.split_at_checked(2).filter(|_| *byte == b'%');
        let decoded = digits.and_then(|(digits, after)| {
            let number = hex::decode(digits).ok()?;
            Some((*number.first()?, after))
        });
        let (byte, after) = decoded.unwrap_or((*byte, after));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
