//! Serials of certificates and ids of public keys, in the one form in which they are compared.

/// The canonical form of a serial: without case, leading zeros, colons and blanks. The id of a public key stays as it is.
///
/// Libraries print the same serial in several ways; some lose its leading zero. `None` for a text that is not a serial.
#[must_use]
pub fn serial(text: &str) -> Option<String> {
    let text = text.trim();
    if let Some(id) = text.strip_prefix("PUB_KEY_ID_") {
        let is_id = (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return is_id.then(|| text.to_owned());
    }
    let digits: String = text.chars().filter(|letter| !matches!(letter, ':' | ' ')).collect();
    let digits = digits.trim_start_matches('0').to_ascii_uppercase();
    let is_hex = (1..=64).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then_some(digits)
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
        assert_eq!(serial("PUB_KEY_ID_0119").as_deref(), Some("PUB_KEY_ID_0119"));
    }

    #[test]
    fn what_is_not_a_serial_is_refused() {
        let long = "A".repeat(65);
        for text in ["", "0", "000", "xyz", "PUB_KEY_ID_", "PUB_KEY_ID_1 2", long.as_str()] {
            assert_eq!(serial(text), None, "{text}");
        }
    }
}
