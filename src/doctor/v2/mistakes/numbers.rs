//! Numbers and times in another form than the message has them.

use super::{Change, Mistake, narrow, wide};
use crate::doctor::v2::part::Part;
use crate::doctor::v2::recipe::Recipe;
use crate::doctor::v2::words;
use crate::doctor::words::Detail;

/// Digits of an amount. Longer ones are ids.
const DIGITS: usize = 12;

/// Adds the mistakes with numbers, and with the time.
pub(super) fn add<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for part in &recipe.parts {
        if part.name.eq_ignore_ascii_case("timestamp") {
            times(part, list);
        }
        for form in forms(&part.value).into_iter().chain(floats(&part.value)) {
            let detail = Detail::plain(format!("{}={form}", part.name));
            narrow(list, &words::NUMBER_FORMAT, detail, Change::Values(vec![(part.place, form)]));
        }
    }
    for suffix in [".0", ".00"] {
        let amounts: Vec<&Part<'_>> = recipe.parts.iter().filter(|part| is_amount(part)).collect();
        let names: Vec<&str> = amounts.iter().map(|part| &*part.name).collect();
        let detail = Detail::plain(format!("{} ({suffix})", names.join(", ")));
        let values = amounts.iter().map(|part| (part.place, format!("{}{suffix}", part.value))).collect();
        wide(list, &words::NUMBER_FORMAT, detail, Change::Values(values));
    }
}

fn is_amount(part: &Part<'_>) -> bool {
    let is_whole = !part.value.is_empty() && part.value.bytes().all(|byte| byte.is_ascii_digit());
    is_whole && ["fee", "amount", "count", "total"].iter().any(|word| part.name.contains(word))
}

fn times<'a>(part: &Part<'_>, list: &mut Vec<Mistake<'a>>) {
    let mut push = |value: String, english, chinese, is_usual| {
        let detail = Detail::in_both(english, chinese);
        let add = if is_usual { wide } else { narrow };
        add(list, &words::MILLISECONDS, detail, Change::Values(vec![(part.place, value)]));
    };
    if !part.value.bytes().all(|byte| byte.is_ascii_digit()) {
        return;
    }
    match part.value.len() {
        10 => {
            for milliseconds in 0..1000 {
                push(format!("{}{milliseconds:03}", part.value), "milliseconds", "毫秒", milliseconds == 0);
            }
        }
        13 => {
            let (seconds, _) = part.value.split_at_checked(10).unwrap_or_default();
            push(seconds.to_owned(), "seconds", "秒", true);
            let rounded = seconds.parse::<u64>().map_or(0, |seconds| seconds.saturating_add(1));
            push(rounded.to_string(), "seconds", "秒", false);
        }
        _ => {}
    }
}

/// Other ways to write a number.
fn forms(value: &str) -> Vec<String> {
    let (negative, digits) = value.strip_prefix('-').map_or((false, value), |digits| (true, digits));
    let is_number = digits.starts_with(|letter: char| letter.is_ascii_digit())
        && digits.len() <= DIGITS
        && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b','));
    if !is_number {
        return Vec::new();
    }
    let sign = if negative { "-" } else { "" };
    let Some((whole, fraction)) = plain(&digits.replace(',', "")) else { return Vec::new() };
    let whole = if whole.is_empty() { "0" } else { whole.as_str() };
    let mut forms = Vec::new();
    if fraction.is_empty() {
        forms.push(whole.to_owned());
        forms.extend(["0", "00", "000", "0000", "000000", ""].map(|zeros| format!("{whole}.{zeros}")));
        forms.extend(["0", "00", "+"].map(|front| format!("{front}{whole}")));
        forms.extend(exponents(whole));
        forms.push(grouped(whole));
        forms.push(yuan(whole));
        if let (Some((head, _)), true) = (whole.split_at_checked(whole.len().saturating_sub(2)), whole.ends_with("00"))
        {
            forms.push(if head.is_empty() { "0".to_owned() } else { head.to_owned() });
        }
    } else {
        forms.push(format!("{whole}.{fraction}"));
        if whole == "0" {
            forms.push(format!(".{fraction}"));
        }
        forms.extend(["0", "00"].map(|zeros| format!("{whole}.{fraction}{zeros}")));
        forms.push(whole.to_owned());
        // Yuan for fen.
        if fraction.len() <= 2 {
            let fen = format!("{whole}{fraction:0<2}");
            forms.push(fen.trim_start_matches('0').to_owned());
        }
    }
    forms.into_iter().map(|form| [sign, &form].concat()).filter(|form| form != value).collect()
}

/// The digits before and after the point, without an exponent and without needless zeros.
fn plain(digits: &str) -> Option<(String, String)> {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: usize = exponent.trim_start_matches('+').parse().ok().filter(|exponent| *exponent <= DIGITS)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let filled = format!("{fraction:0<exponent$}");
    let (moved, fraction) = filled.split_at_checked(exponent)?;
    let whole = format!("{whole}{moved}");
    Some((whole.trim_start_matches('0').to_owned(), fraction.trim_end_matches('0').to_owned()))
}

/// `100` as `1e2`, `1E2`, `1e+02`, `1.0E2`.
fn exponents(whole: &str) -> Vec<String> {
    let power = whole.len().saturating_sub(1);
    let (first, rest) = whole.split_at_checked(1).unwrap_or((whole, ""));
    let rest = rest.trim_end_matches('0');
    let mantissa = if rest.is_empty() { first.to_owned() } else { format!("{first}.{rest}") };
    let pointed = if rest.is_empty() { format!("{first}.0") } else { mantissa.clone() };
    let mut forms = Vec::new();
    for digits in [2, 6] {
        for letter in ["e+", "E+"] {
            forms.push(format!("{first}.{rest:0<digits$}{letter}{power:02}"));
        }
    }
    for mantissa in [mantissa, pointed] {
        for exponent in [format!("e{power}"), format!("E{power}"), format!("e+{power}"), format!("E+{power}")] {
            forms.push(format!("{mantissa}{exponent}"));
        }
        for exponent in [format!("e+{power:02}"), format!("E+{power:02}")] {
            forms.push(format!("{mantissa}{exponent}"));
        }
    }
    forms
}

/// A long number, such as a transaction_id, after a program kept it as a double.
fn floats(value: &str) -> Vec<String> {
    let is_long = (16..=LONGEST).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
    let Some(number) = value.parse::<u128>().ok().filter(|_| is_long) else { return Vec::new() };
    let double = as_double(number);
    let exact = double.to_string();
    let mut forms = vec![exact.clone(), format!("{exact}.0"), format!("{exact}.00")];
    for digits in [6, 14, 15, 16, 17] {
        let (rounded, power) = rounded(number, digits);
        // Programs write the fewest digits that are read as the same double, or a fixed number of them.
        let shortest = rounded.trim_end_matches('0');
        forms.push(format!("{rounded:0<width$}", width = power.saturating_add(1)));
        let (first, rest) = shortest.split_at_checked(1).unwrap_or_default();
        let point = if rest.is_empty() { "" } else { "." };
        for letter in ["e+", "E+", "E"] {
            forms.push(format!("{first}{point}{rest}{letter}{power}"));
        }
    }
    forms.retain(|form| form != value);
    forms
}

/// The most digits of a number in 128 bits.
const LONGEST: usize = 38;

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the loss is the mistake"
)]
const fn as_double(number: u128) -> u128 {
    number as f64 as u128
}

/// The first digits of a number, rounded, and the power of ten of its first digit.
fn rounded(number: u128, digits: usize) -> (String, usize) {
    let length = number.to_string().len();
    let power = u32::try_from(length.saturating_sub(digits)).ok().and_then(|power| 10_u128.checked_pow(power));
    let unit = power.unwrap_or(1);
    let rounded = as_double(number).saturating_add(unit / 2).checked_div(unit).unwrap_or_default().to_string();
    // 9.99 rounds to 10.
    let power = length.saturating_sub(if rounded.len() > digits { 0 } else { 1 });
    (rounded, power)
}

/// `1,234,567`.
fn grouped(whole: &str) -> String {
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len().saturating_sub(at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Fen as yuan: `88` as `0.88`.
fn yuan(whole: &str) -> String {
    let padded = format!("{whole:0>3}");
    let (yuan, fen) = padded.split_at_checked(padded.len().saturating_sub(2)).unwrap_or((&padded, ""));
    format!("{yuan}.{fen}")
}
