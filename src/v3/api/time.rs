//! Times of RFC 3339 and days in requests.

use std::ops::Range;

/// Whether it is a real date and time with `Z` or an offset: `2018-06-08T10:34:56.120+08:00`.
pub(super) fn is_time(text: &str) -> bool {
    has_form(text.get(..19), b"dddd-dd-ddTdd:dd:dd")
        && is_moment(text) == Some(true)
        && text.get(19..).is_some_and(is_rest)
}

/// Whether it is a real day: `2018-06-08`.
pub(super) fn is_date(text: &str) -> bool {
    has_form(Some(text), b"dddd-dd-dd") && is_day(text) == Some(true)
}

/// An optional fraction, which has digits, and the zone.
fn is_rest(text: &str) -> bool {
    match text.strip_prefix('.') {
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|digit: char| digit.is_ascii_digit());
            zone.len() < fraction.len() && is_zone(zone)
        }
        None => is_zone(text),
    }
}

fn is_zone(zone: &str) -> bool {
    let offset = zone.strip_prefix(['+', '-']);
    zone == "Z"
        || has_form(offset, b"dd:dd")
            && offset.is_some_and(|offset| number(offset, 0..2) <= Some(23) && number(offset, 3..5) <= Some(59))
}

fn is_moment(text: &str) -> Option<bool> {
    let (hour, minute, second) = (number(text, 11..13)?, number(text, 14..16)?, number(text, 17..19)?);
    Some(is_day(text)? && hour <= 23 && minute <= 59 && second <= 59)
}

/// Whether the first ten characters are a real day.
fn is_day(text: &str) -> Option<bool> {
    let (year, month, day) = (number(text, 0..4)?, number(text, 5..7)?, number(text, 8..10)?);
    Some((1..=days(year, month)).contains(&day))
}

/// The days of a month; a month that does not exist has no days.
const fn days(year: u32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(400) || year.is_multiple_of(4) && !year.is_multiple_of(100) => 29,
        2 => 28,
        _ => 0,
    }
}

fn number(text: &str, at: Range<usize>) -> Option<u32> {
    text.get(at)?.parse().ok()
}

/// Whether a text has this form, in which `d` is any digit.
fn has_form(text: Option<&str>, form: &[u8]) -> bool {
    text.is_some_and(|text| {
        text.len() == form.len()
            && text
                .bytes()
                .zip(form)
                .all(|(byte, form)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_moment_with_a_zone_is_a_time() {
        for text in [
            "2018-06-08T10:34:56+08:00",
            "2018-06-08T10:34:56Z",
            "2018-06-08T10:34:56.120-08:00",
            "2024-02-29T00:00:00Z",
            "2000-02-29T23:59:59.1Z",
            "2026-12-31T23:59:59+23:59",
        ] {
            assert!(is_time(text), "{text}");
        }
    }

    #[test]
    fn a_text_of_another_form_is_no_time() {
        for text in [
            "",
            "20180608103456",
            "2018-06-08 10:34:56",
            "2018-06-08T10:34:56",
            "2018-06-08T10:34:56+0800",
            "2018-06-08T10:34:56Zx",
            "2018-06-08T10:34:56z",
            "2018-06-08t10:34:56Z",
            "2018-06-08T10:34:56.Z",
            "2018-06-08T10:34:56.+08:00",
            "2018-06-08T10:34:56.1",
            "2018-06-08T10:34:56,1Z",
            "2018-06-08T10:34:5\u{ff16}Z",
            "+018-06-08T10:34:56Z",
            "2018-06-08T10:34:56+8:00:",
            "2018-06-08T10:34:56++8:00",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }

    #[test]
    fn a_day_has_ten_characters_and_exists() {
        for text in ["2018-06-08", "2020-02-29", "2018-12-31"] {
            assert!(is_date(text), "{text}");
        }
        for text in ["", "20180608", "2018-6-8", "2018-06-31", "2018-02-29", "2018-06-08 ", "2018-06-08T10:34:56Z"] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn a_moment_that_does_not_exist_is_no_time() {
        for text in [
            "2018-00-08T10:34:56Z",
            "2018-13-08T10:34:56Z",
            "2018-06-00T10:34:56Z",
            "2018-06-31T10:34:56Z",
            "2018-01-32T10:34:56Z",
            "2018-02-29T10:34:56Z",
            "1900-02-29T10:34:56Z",
            "2018-06-08T24:00:00Z",
            "2018-06-08T10:60:56Z",
            "2018-06-08T10:34:60Z",
            "2018-06-08T10:34:56+24:00",
            "2018-06-08T10:34:56-08:60",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }
}
