//! The members of an X.509 certificate that APIv3 needs. Nothing is verified: a certificate is trusted for where it came from.

use crate::der::{NUMBER, NotDer, OBJECT, Reader, SEQUENCE, SET, TAGGED};
use crate::error::{Error, ErrorKind};

/// The largest certificate, in bytes. WeChat's have about 1 KiB.
const CERTIFICATE_BYTES: usize = 64 * 1024;

/// The most bytes of a serial (RFC 5280, section 4.1.2.2).
const SERIAL_BYTES: usize = 20;

const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

const UTF8: u8 = 0x0c;
const PRINTABLE: u8 = 0x13;
const TELETEX: u8 = 0x14;
const IA5: u8 = 0x16;
const UTC_TIME: u8 = 0x17;
const GENERAL_TIME: u8 = 0x18;
const BMP: u8 = 0x1e;

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The serial: hexadecimal digits in upper case, an even number of them.
    pub serial: String,
    /// The subject's common name (CN). A merchant's is its `mchid`, a platform certificate's `Tenpay.com sign`. It may be empty.
    pub common_name: String,
    /// The subject's organisation (O). A merchant's is `微信商户系统`. It may be empty.
    pub organization: String,
    /// When it begins to be valid, in seconds since 1970.
    pub not_before: i64,
    /// When it ends to be valid, in seconds since 1970.
    pub not_after: i64,
    /// The public key: `SubjectPublicKeyInfo` as DER.
    pub spki: Vec<u8>,
}

/// Reads a certificate from DER. The caller decides whether to trust it.
///
/// # Errors
/// `ERR_CONFIG` of `certificate` for bytes that are not one whole certificate, or that name its subject twice.
pub fn read_certificate(der: &[u8]) -> Result<Certificate, Error> {
    let fault = "is not an X.509 certificate; pass the one of the merchant platform, whole";
    read(der).map_err(|NotDer| Error::of_field(ErrorKind::Config, "certificate", fault))
}

/// `Certificate` (RFC 5280, section 4.1).
fn read(der: &[u8]) -> Result<Certificate, NotDer> {
    if der.len() > CERTIFICATE_BYTES {
        return Err(NotDer);
    }
    let mut file = Reader::new(der);
    let mut certificate = file.inside(SEQUENCE)?;
    if !file.is_empty() {
        return Err(NotDer);
    }
    let mut signed = certificate.inside(SEQUENCE)?;
    if signed.is_next(TAGGED) {
        signed.take(TAGGED)?;
    }
    let serial = serial(signed.take(NUMBER)?)?;
    signed.take(SEQUENCE)?;
    signed.take(SEQUENCE)?;
    let mut validity = signed.inside(SEQUENCE)?;
    let (not_before, not_after) = (time(&mut validity)?, time(&mut validity)?);
    let subject = signed.inside(SEQUENCE)?;
    let spki = signed.whole(SEQUENCE)?.to_vec();
    Ok(Certificate {
        serial,
        common_name: name(subject.clone(), COMMON_NAME)?,
        organization: name(subject, ORGANIZATION)?,
        not_before,
        not_after,
        spki,
    })
}

/// A positive number as hexadecimal digits, without the byte of its sign.
fn serial(number: &[u8]) -> Result<String, NotDer> {
    let digits = match number {
        [0, rest @ ..] => rest,
        [first, ..] if *first >= 0x80 => return Err(NotDer),
        digits => digits,
    };
    if digits.len() > SERIAL_BYTES || digits.iter().all(|digit| *digit == 0) {
        return Err(NotDer);
    }
    Ok(hex::encode_upper(digits))
}

/// The value of one attribute of a name; empty if it is absent.
fn name(mut subject: Reader<'_>, wanted: &[u8]) -> Result<String, NotDer> {
    let mut found = None;
    while !subject.is_empty() {
        let mut attributes = subject.inside(SET)?;
        while !attributes.is_empty() {
            let mut attribute = attributes.inside(SEQUENCE)?;
            if attribute.take(OBJECT)? == wanted && found.replace(text(&mut attribute)?).is_some() {
                return Err(NotDer);
            }
        }
    }
    Ok(found.unwrap_or_default())
}

/// A string of any of the usual kinds.
fn text(reader: &mut Reader<'_>) -> Result<String, NotDer> {
    let tag = reader.next_tag().ok_or(NotDer)?;
    let content = reader.take(tag)?;
    match tag {
        UTF8 | PRINTABLE | TELETEX | IA5 => Ok(std::str::from_utf8(content).map_err(|_| NotDer)?.to_owned()),
        BMP => match content.as_chunks::<2>() {
            (units, []) => {
                let units: Vec<u16> = units.iter().map(|unit| u16::from_be_bytes(*unit)).collect();
                String::from_utf16(&units).map_err(|_| NotDer)
            }
            _ => Err(NotDer),
        },
        _ => Err(NotDer),
    }
}

/// `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ` as seconds since 1970.
fn time(reader: &mut Reader<'_>) -> Result<i64, NotDer> {
    let is_short = reader.is_next(UTC_TIME);
    let content = reader.take(if is_short { UTC_TIME } else { GENERAL_TIME })?;
    let [digits @ .., b'Z'] = content else { return Err(NotDer) };
    if digits.len() != if is_short { 12 } else { 14 } || !digits.iter().all(u8::is_ascii_digit) {
        return Err(NotDer);
    }
    let pairs: Vec<i64> = digits.as_chunks::<2>().0.iter().map(|pair| number(pair)).collect();
    let (year, rest) = match pairs.as_slice() {
        [short @ 50..=99, rest @ ..] if is_short => (short.saturating_add(1900), rest),
        [short, rest @ ..] if is_short => (short.saturating_add(2000), rest),
        [century, year, rest @ ..] => (century.saturating_mul(100).saturating_add(*year), rest),
        _ => return Err(NotDer),
    };
    let [month @ 1..=12, day @ 1..=31, hour @ 0..=23, minute @ 0..=59, second @ 0..=59] = rest else {
        return Err(NotDer);
    };
    Ok([(days(year, *month, *day), 86_400), (*hour, 3600), (*minute, 60), (*second, 1)]
        .iter()
        .fold(0_i64, |sum, (count, seconds)| sum.saturating_add(count.saturating_mul(*seconds))))
}

fn number(digits: &[u8]) -> i64 {
    digits
        .iter()
        .fold(0_i64, |number, digit| number.saturating_mul(10).saturating_add(i64::from(digit.saturating_sub(b'0'))))
}

/// The days from 1970-01-01 to a day of the Gregorian calendar. The year begins in March, so that its last day is the leap day.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) =
        if month > 2 { (year, month.saturating_sub(3)) } else { (year.saturating_sub(1), month.saturating_add(9)) };
    let before_month = month.saturating_mul(153).saturating_add(2) / 5;
    [year.saturating_mul(365), year / 4, (year / 100).saturating_neg(), year / 400, before_month, day, -719_469]
        .iter()
        .fold(0_i64, |sum, part| sum.saturating_add(*part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(tag: u8, text: &str) -> Result<i64, NotDer> {
        let length = u8::try_from(text.len()).unwrap();
        time(&mut Reader::new(&[&[tag, length], text.as_bytes()].concat()))
    }

    #[test]
    fn both_forms_of_time_are_seconds_since_1970() {
        for (tag, text, expected) in [
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "991231235959Z", 946_684_799),
            (UTC_TIME, "000229000000Z", 951_782_400),
            (UTC_TIME, "491231235959Z", 2_524_607_999),
            (UTC_TIME, "500101000000Z", -631_152_000),
            (GENERAL_TIME, "20260726012000Z", 1_785_028_800),
            (GENERAL_TIME, "21000301000000Z", 4_107_542_400),
        ] {
            assert_eq!(seconds(tag, text), Ok(expected), "{text}");
        }
        for (tag, text) in [
            (UTC_TIME, "700101000000"),
            (UTC_TIME, "7001010000Z"),
            (UTC_TIME, "701301000000Z"),
            (UTC_TIME, "700100000000Z"),
            (UTC_TIME, "700101240000Z"),
            (GENERAL_TIME, "700101000000Z"),
            (GENERAL_TIME, "2026072601200xZ"),
            (GENERAL_TIME, "20260726012000+0800"),
            (BMP, "20260726012000Z"),
        ] {
            assert_eq!(seconds(tag, text), Err(NotDer), "{text}");
        }
    }

    #[test]
    fn a_serial_is_positive_and_has_no_byte_for_its_sign() {
        assert_eq!(serial(&[0, 0xab, 1]).as_deref(), Ok("AB01"));
        assert_eq!(serial(&[0x0a]).as_deref(), Ok("0A"));
        let long = [1; SERIAL_BYTES + 1];
        for wrong in [&[][..], &[0], &[0, 0], &[0x80], &long] {
            assert_eq!(serial(wrong), Err(NotDer), "{wrong:?}");
        }
    }

    #[test]
    fn a_name_is_read_from_each_kind_of_string_and_only_once() {
        let subject = |values: &[(u8, &[u8])]| {
            let mut all = Vec::new();
            for (tag, value) in values {
                let string = [&[*tag, u8::try_from(value.len()).unwrap()], *value].concat();
                let pair = [&[OBJECT, 3], COMMON_NAME, &string].concat();
                let inner = [&[SEQUENCE, u8::try_from(pair.len()).unwrap()], &pair[..]].concat();
                all.extend([&[SET, u8::try_from(inner.len()).unwrap()], &inner[..]].concat());
            }
            name(Reader::new(&all), COMMON_NAME)
        };
        assert_eq!(subject(&[(UTF8, "微信".as_bytes())]).as_deref(), Ok("微信"));
        assert_eq!(subject(&[(PRINTABLE, b"1900009191")]).as_deref(), Ok("1900009191"));
        assert_eq!(subject(&[(BMP, &[0x5f, 0xae])]).as_deref(), Ok("微"));
        assert_eq!(subject(&[]).as_deref(), Ok(""));
        assert_eq!(subject(&[(UTF8, b"a"), (UTF8, b"b")]), Err(NotDer));
        assert_eq!(subject(&[(BMP, &[0x5f])]), Err(NotDer));
        assert_eq!(subject(&[(UTF8, &[0xff])]), Err(NotDer));
        assert_eq!(subject(&[(0x02, &[1])]), Err(NotDer));
    }
}
