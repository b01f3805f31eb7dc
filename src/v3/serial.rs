//! Serials of certificates and ids of public keys, in the one form in which they are compared.

/// The most hexadecimal digits of a serial (RFC 5280: 20 bytes).
const HEX_DIGITS: usize = 40;

/// The most decimal digits of as many bytes.
const DECIMAL_DIGITS: usize = 49;

/// The canonical form of a serial: without case, leading zeros, colons and blanks. The id of a public key stays as it is.
///
/// Libraries print the same serial in several ways. Some lose its leading zero, and some print it in decimal digits. It is taken
/// for decimal where it cannot be hexadecimal: 41 to 49 digits without a letter. `None` for a text that is not a serial.
#[must_use]
pub fn serial(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(id) = text.strip_prefix("PUB_KEY_ID_") {
        let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return is_id.then(|| text.to_owned());
    }
    let digits: String = text.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
    let digits = digits.trim_start_matches('0').to_ascii_uppercase();
    let is_long = digits.len() > HEX_DIGITS;
    if is_long && digits.len() <= DECIMAL_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return hex_of(&digits);
    }
    let is_hex = (1..=64).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(digits)
}

/// Decimal digits as hexadecimal ones; `None` above 20 bytes.
fn hex_of(digits: &str) -> Option<String> {
    // The least byte is the first.
    let mut bytes = [0_u8; HEX_DIGITS / 2];
    for digit in digits.bytes() {
        let mut carry = u16::from(digit.checked_sub(b'0')?);
        for byte in &mut bytes {
            let [high, low] = u16::from(*byte).checked_mul(10)?.checked_add(carry)?.to_be_bytes();
            *byte = low;
            carry = u16::from(high);
        }
        if carry > 0 {
            return None;
        }
    }
    bytes.reverse();
    Some(hex::encode_upper(bytes).trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_serial_in_all_its_spellings_is_equal() {
        let canonical = serial("0B47D9835EA1602CF8B93D147065AEC21F8D7702");
        assert_eq!(canonical.as_deref(), Some("B47D9835EA1602CF8B93D147065AEC21F8D7702"));
        for spelling in [
            "B47D9835EA1602CF8B93D147065AEC21F8D7702",
            "0b47d9835ea1602cf8b93d147065aec21f8d7702",
            " 0B:47:D9:83:5E:A1:60:2C:F8:B9:3D:14:70:65:AE:C2:1F:8D:77:02 ",
        ] {
            assert_eq!(serial(spelling), canonical, "{spelling}");
        }
        let decimal = serial("64401199456980509698418172384255961061785433858");
        assert_eq!(decimal, canonical);
        assert_eq!(serial("PUB_KEY_ID_0119").as_deref(), Some("PUB_KEY_ID_0119"));
    }

    #[test]
    fn what_is_not_a_serial_is_refused() {
        let (long, large) = ("A".repeat(65), "9".repeat(49));
        for text in ["", "0", "000", "xyz", "PUB_KEY_ID_", "PUB_KEY_ID_1 2", &long, &large] {
            assert_eq!(serial(text), None, "{text}");
        }
    }

    #[test]
    fn digits_that_may_be_hexadecimal_are() {
        let forty = "1".repeat(40);
        assert_eq!(serial(&forty).as_deref(), Some(forty.as_str()));
        assert_eq!(serial(&format!("00{forty}")).as_deref(), Some(forty.as_str()));
        let largest = "1461501637330902918203684832716283019655932542975";
        assert_eq!(serial(largest).as_deref(), Some("F".repeat(40).as_str()));
        assert_eq!(serial("1461501637330902918203684832716283019655932542976"), None);
    }
}
