//! Amounts of bills: yuan as decimal text, never converted to a float.

use std::fmt;

use crate::error::{Error, excerpt};

/// The number of decimal places. Fees have five.
const PLACES: u32 = 6;
const UNIT: i64 = 10_i64.pow(PLACES);
/// The largest whole number, about 9.2 × 10^12.
const LARGEST: i64 = i64::MAX / UNIT;
/// For each number of decimals: the factor to millionths, and the largest number that it may multiply.
const SCALES: [(i64, i64); 7] = [
    (UNIT, LARGEST),
    (100_000, LARGEST * 10),
    (10_000, LARGEST * 100),
    (1_000, LARGEST * 1_000),
    (100, LARGEST * 10_000),
    (10, LARGEST * 100_000),
    (1, LARGEST * UNIT),
];
/// A number with at most this many characters always fits into an `i64`.
const DIGITS: usize = 18;

/// A decimal number, exact: a whole number of millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Decimal(pub(super) i64);

impl Decimal {
    pub(super) const ONE: Self = Self(UNIT);

    /// Parses digits, with an optional minus before them and an optional point between them.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let (negative, digits) = match bytes {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > DIGITS {
            return None;
        }
        let mut number = 0_i64;
        let mut places: Option<usize> = None;
        for (index, byte) in digits.iter().enumerate() {
            if *byte == b'.' {
                if places.is_some() || index == 0 {
                    return None;
                }
                places = Some(0);
                continue;
            }
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            places = places.map(|count| count.saturating_add(1));
        }
        if digits.is_empty() || places == Some(0) {
            return None;
        }
        let (scale, most) = *SCALES.get(places.unwrap_or(0))?;
        // A checked multiplication would be slow in wasm.
        if number > most {
            return None;
        }
        let units = number.wrapping_mul(scale);
        Some(Self(if negative { units.wrapping_neg() } else { units }))
    }

    /// Parses a number that may have blanks after it, as in some summaries.
    pub(super) fn read(text: &str) -> Option<Self> {
        Self::parse(text.trim_ascii_end())
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Writes a whole number without decimals, and any other number with at least two.
    pub(super) fn as_count(self) -> String {
        match (self.0.checked_rem(UNIT), self.0.checked_div(UNIT)) {
            (Some(0), Some(whole)) => whole.to_string(),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Decimal {
    /// Writes at least two decimals, and no zeros after the second one at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let unit = UNIT.unsigned_abs();
        let (whole, part) = (magnitude.checked_div(unit).unwrap_or(0), magnitude.checked_rem(unit).unwrap_or(0));
        let part = format!("{part:06}");
        let shown = part.trim_end_matches('0');
        let shown = if shown.len() < 2 { part.get(..2).unwrap_or_default() } else { shown };
        write!(f, "{}{whole}.{shown}", if self.0 < 0 { "-" } else { "" })
    }
}

/// Converts an amount of a bill from yuan, as text, to fen. Blanks after the amount are allowed.
///
/// ```
/// assert_eq!(paysign::fen("0.90")?, 90);
/// assert_eq!(paysign::fen("-12.3")?, -1230);
/// assert!(paysign::fen("0.00600").is_err(), "0.6 fen is not a whole number of fen");
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_PARAM` if the text is not a decimal number or has a fraction of a fen. The largest amount is about 9.2 × 10^12 yuan.
pub fn fen(yuan: &str) -> Result<i64, Error> {
    const FEN: i64 = UNIT / 100;
    let found = Decimal::read(yuan).filter(|number| number.0.checked_rem(FEN) == Some(0));
    found
        .and_then(|number| number.0.checked_div(FEN))
        .ok_or_else(|| Error::param("yuan", format_args!("{} must be yuan with at most two decimals", excerpt(yuan))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        Decimal::parse(text).map(|number| number.to_string())
    }

    #[test]
    fn a_number_is_shown_with_two_decimals_or_as_many_as_it_needs() {
        for (text, expected) in [
            ("0", "0.00"),
            ("0.9", "0.90"),
            ("-0.01000", "-0.01"),
            ("0.00600", "0.006"),
            ("123456789012.01", "123456789012.01"),
            ("20.0", "20.00"),
            ("0.123456", "0.123456"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
        assert_eq!(Decimal::parse("20.0").unwrap().as_count(), "20");
        assert_eq!(Decimal::parse("2.5").unwrap().as_count(), "2.50");
    }

    #[test]
    fn text_that_is_no_plain_decimal_number_is_none() {
        for text in [
            "",
            ".",
            "-",
            "1.",
            ".1",
            "1.2.3",
            "1,000",
            "1e3",
            " 1",
            "１",
            "0x1",
            "--1",
            "0.1234567",
            "+1",
            "9999999999999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn blanks_may_follow_a_number_and_are_allowed_nowhere_else() {
        for text in ["0.10 ", "0.10\t", "0.1\r", "0.10 \t \r\n"] {
            assert_eq!(Decimal::read(text), Decimal::parse("0.1"), "{text:?}");
        }
        for text in [" 0.10", "0. 10", "- 0.10", " ", "", "0.10\u{a0}", "0.10x "] {
            assert_eq!(Decimal::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_tenth_added_ten_times_is_one() {
        let tenth = Decimal::parse("0.1").unwrap();
        let sum = (0..10).try_fold(Decimal::default(), |sum, _| sum.plus(tenth));
        assert_eq!(sum, Some(Decimal::ONE));
    }

    #[test]
    fn yuan_are_whole_fen_or_an_error() {
        for (text, expected) in
            [("0.90", 90), ("1", 100), ("0.01000", 1), ("-0.10", -10), ("9223372036853.99", 922_337_203_685_399)]
        {
            assert_eq!(fen(text), Ok(expected), "{text}");
        }
        for text in ["", "0.001", "0.6%", "abc", "9223372036854.01", "1.", "0.0100000"] {
            assert_eq!(fen(text).unwrap_err().kind().code(), "ERR_PARAM", "{text}");
        }
    }
}
