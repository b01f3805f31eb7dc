//! How an answer begins: as a bill, or as the message that WeChat sends in its place, never compressed and never signed.

use crate::err_code::err_code;
use crate::error::{Error, excerpt};
use crate::xml::{Limits, parse_xml};

const MARK: [u8; 3] = [0xef, 0xbb, 0xbf];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The length of the byte order mark where a bill begins; nothing where more must come before that can be told.
pub(super) fn opening(bytes: &[u8], last: bool) -> Result<Option<usize>, Error> {
    if bytes.starts_with(&GZIP) {
        return Err(Error::bill(0, 1, "the bill is compressed; unpack it first (in JavaScript, readBill does)"));
    }
    let mark = if bytes.starts_with(&MARK) { MARK.len() } else { 0 };
    let text = bytes.get(mark..).unwrap_or_default();
    match text.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'<') if last => Err(refusal(bytes)),
        Some(b'<') | None if bytes.len() > Limits::ANSWER.bytes => Err(Error::bill(0, 1, "this is no bill")),
        Some(b'<') => Ok(None),
        None if last => Err(Error::bill(0, 1, "the bill is empty: nothing was received")),
        None => Ok(None),
        // The mark of UTF-8 or of gzip may be coming.
        Some(_) if !last && mark == 0 && (MARK.starts_with(bytes) || GZIP.starts_with(bytes)) => Ok(None),
        Some(_) => Ok(Some(mark)),
    }
}

/// The error that markup in place of a bill stands for.
///
/// `error_code` 20002 means two things, so the text decides (账单错误码), and `err_code` tells them apart in the words of the
/// fund-flow page: `NO_BILL_EXIST` and `BILL_CREATING`. Any other code is passed on.
pub(super) fn refusal(body: &[u8]) -> Error {
    let fields = match parse_xml(body, &Limits::ANSWER) {
        Ok(fields) => fields,
        Err(error) => {
            let what =
                format_args!("markup that is not WeChat's error message stands where a bill was expected; {error}");
            return Error::bill(error.position().unwrap_or(0), 1, what);
        }
    };
    let refused = fields.text("return_code") == "FAIL" || fields.text("result_code") == "FAIL";
    let (said, explained) = (fields.text("return_msg"), fields.text("err_code_des"));
    let code = if fields.text("err_code").is_empty() { fields.text("error_code") } else { fields.text("err_code") };
    let shown = excerpt(if explained.is_empty() { said } else { explained });
    let is = |text: &str, name: &str| {
        let same = |said: &str| said.trim_ascii().eq_ignore_ascii_case(text);
        code.eq_ignore_ascii_case(name) || same(said) || same(explained)
    };
    let (code, message) = if !refused {
        (code, "an XML message stands where a bill was expected; it does not say why".to_owned())
    } else if is("No Bill Exist", "NO_BILL_EXIST") {
        let why = "no trade that day, or a day before the merchant existed; an empty day is no failure";
        ("NO_BILL_EXIST", format!("WeChat has no bill for that day: {why}"))
    } else if is("Bill Creating", "BILL_CREATING") {
        ("BILL_CREATING", "WeChat has not made that bill yet; ask again after 10:00 Beijing time".to_owned())
    } else {
        // The one refusal without a code, said in two ways: CompressGZip Error, UnCompressGZip Error.
        let packed = said.contains("CompressGZip").then_some("Ask again without tar_type");
        let advice = packed.or_else(|| err_code(code).map(|row| row.advice)).unwrap_or("Check key, ids and parameters");
        (
            code,
            format!("WeChat refused to give the bill: {shown} ({}; this answer is unsigned). {advice}", excerpt(code)),
        )
    };
    Error::no_bill(message, said, code, explained)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Outcome;

    fn told(inside: &str) -> Error {
        let error = refusal(format!("\u{feff}<?xml version=\"1.0\"?><xml>{inside}</xml>").as_bytes());
        assert_eq!(error.kind().code(), "ERR_BILL");
        error
    }

    #[test]
    fn no_bill_and_a_bill_in_the_making_are_told_apart_whatever_their_case() {
        for (said, code) in [
            ("No Bill Exist", "NO_BILL_EXIST"),
            ("NO Bill Exist", "NO_BILL_EXIST"),
            ("no bill exist ", "NO_BILL_EXIST"),
            ("Bill Creating", "BILL_CREATING"),
            ("BILL CREATING", "BILL_CREATING"),
            ("No Bill Existed", "20002"),
        ] {
            let xml =
                format!("<return_code>FAIL</return_code><return_msg>{said}</return_msg><error_code>20002</error_code>");
            let error = told(&xml);
            assert_eq!((error.err_code(), error.return_msg()), (Some(code), Some(said)));
            assert_eq!(error.outcome(), Outcome::Rejected);
        }
        assert!(
            told("<return_code>FAIL</return_code><return_msg>Bill Creating</return_msg>").message().contains("10:00")
        );
    }

    #[test]
    fn the_fund_flow_page_says_it_with_err_code() {
        let xml = "<return_code>SUCCESS</return_code><result_code>FAIL</result_code>";
        let error = told(&format!("{xml}<err_code>NO_BILL_EXIST</err_code><err_code_des>账单不存在</err_code_des>"));
        assert_eq!((error.err_code(), error.err_code_des()), (Some("NO_BILL_EXIST"), Some("账单不存在")));
        assert_eq!(told(&format!("{xml}<err_code>SYSTEMERROR</err_code>")).err_code(), Some("SYSTEMERROR"));
    }

    #[test]
    fn markup_of_another_kind_is_an_error_of_unknown_meaning() {
        for body in ["<html><body>502</body></html>", "<xml><return_code>FAIL</return_code>", "<"] {
            let error = refusal(body.as_bytes());
            assert_eq!((error.kind().code(), error.outcome()), ("ERR_BILL", Outcome::Unknown), "{body}");
        }
        assert_eq!(told("<return_code>SUCCESS</return_code>").err_code(), None);
    }
}
