//! What the answer of a refused request says: the text that WeChat verified, its message, and its clock.

use super::causes::Causes;
use super::facts::RequestFacts;
use super::header::Header;
use super::words;
use crate::doctor::percent::percent_decoded;
use crate::doctor::words::Detail;
use crate::v3::json::{Json, Limits, read_json};

/// What WeChat says of the text that it verified.
pub(super) fn answer_causes(facts: &RequestFacts<'_>, header: &Header, [path, body]: [&str; 2], causes: &mut Causes) {
    let Some(answer) = facts.answer else { return };
    let Ok(json) = read_json(answer.body, Limits::ANSWER, "the answer") else { return };
    message_causes(json.get("message").and_then(Json::text).unwrap_or_default(), causes);
    let places = [&["detail", "sign_information"][..], &["detail", "detail", "sign_information"][..]];
    let Some(seen) = places.into_iter().find_map(|place| json.at(place)) else { return };
    let seen_path = seen.get("url").and_then(Json::text);
    let length = seen.get("sign_message_length");
    let length = length.and_then(|length| length.integer().or_else(|| length.text()?.parse().ok()));
    let own = format!("{}\n{path}\n{}\n{}\n{body}\n", facts.method, header.timestamp, header.nonce).len();
    match seen_path {
        Some(seen) if seen != path => {
            if path.split_once('?').is_some_and(|(bare, _)| bare == seen)
                || seen.split_once('?').is_some_and(|(bare, _)| bare == path)
            {
                causes.certain(&words::QUERY_MISSING, &Detail::NONE);
            } else if percent_decoded(seen) == percent_decoded(path) {
                causes.certain(&words::PATH_DECODED, &Detail::NONE);
            } else {
                causes.likely(&words::PATH_DECODED, &Detail::NONE);
            }
        }
        _ if length.is_some_and(|length| usize::try_from(length).ok() != Some(own)) => {
            let detail = Detail::in_both("WeChat received another length.", "微信收到的长度不同。");
            causes.list.retain(|cause| cause.code != words::BODY_CHANGED.code);
            causes.certain(&words::BODY_CHANGED, &detail);
        }
        _ => {}
    }
}

/// What the message of a 401 says (商户证书序列号有误 and others). It proves nothing.
fn message_causes(message: &str, causes: &mut Causes) {
    let known = [
        ("序列号有误", &words::SERIAL_MISMATCH),
        ("5分钟", &words::SKEW),
        ("已过期", &words::EXPIRED),
        ("格式错误", &words::HEADER_FORMAT),
        ("认证类型", &words::HEADER_FORMAT),
        ("不匹配", &words::PROVIDER),
    ];
    if causes.list.is_empty()
        && let Some((_, words)) = known.into_iter().find(|(said, _)| message.contains(said))
    {
        causes.likely(words, &Detail::in_both("unknown", "未知"));
    }
}

/// The seconds since 1970 of a date of HTTP: `Tue, 01 Dec 2026 01:29:14 GMT`.
pub(super) fn seconds_of(date: &str) -> Option<i64> {
    let mut parts = date.split([' ', ':', ',']).filter(|part| !part.is_empty()).skip(1);
    let day: i64 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|own| *own == month).and_then(|month| i64::try_from(month).ok())?;
    let mut numbers = parts.take(4).map(|part| part.parse::<i64>().ok().filter(|number| (0..=9_999).contains(number)));
    let (year, hours, minutes, seconds) = (numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??);
    // Days by the rule of March, so that a leap day is the last one.
    let (year, month) =
        if month < 2 { (year.checked_sub(1)?, month.checked_add(10)?) } else { (year, month.checked_sub(2)?) };
    let days = [
        year.checked_mul(365)?,
        year.div_euclid(4),
        year.div_euclid(100).checked_neg()?,
        year.div_euclid(400),
        month.checked_mul(306)?.checked_add(5)?.div_euclid(10),
        day.checked_sub(719_469)?,
    ];
    let days = days.into_iter().try_fold(0_i64, i64::checked_add)?;
    let hours = days.checked_mul(24)?.checked_add(hours)?;
    hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?.checked_add(seconds)
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_of_http_is_read_as_seconds() {
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 01 Dec 2026 01:29:14 GMT", 1_796_088_554),
        ] {
            assert_eq!(seconds_of(date), Some(seconds), "{date}");
        }
        for date in
            ["", "Tue", "Tue, 01 Dec", "Tue, 01 Xyz 2026 01:29:14 GMT", "Tue, 99999999999999999999 Dec 2026 1:1:1 GMT"]
        {
            assert_eq!(seconds_of(date), None, "{date}");
        }
    }
}
