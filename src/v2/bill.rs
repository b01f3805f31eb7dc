//! Bills of APIv2, and the XML with a reason that WeChat sends in place of a bill.

use super::api::refusal::advice;
use super::err_code::err_code;
use super::xml::{Limits, parse_xml};
use crate::bill::{Bill, BillEnd, BillReader, REFUSAL_BYTES};
use crate::error::{Error, excerpt};

/// Reads a whole bill, not compressed. [`BillReader`] reads one that is too large for memory.
///
/// ```
/// let text = "交易时间,商户订单号,商品名称,订单金额\n`2024-08-05 10:33:40,`1,`茶, 热,`0.90\n总交易单数,订单总金额\n`1,`0.90\n";
/// let bill = paysign::parse_bill(text.as_bytes())?;
/// assert_eq!(bill.rows, [["2024-08-05 10:33:40", "1", "茶, 热", "0.90"]]);
/// assert_eq!((bill.differences, bill.uncompared), (vec![], vec![]));
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_BILL`: WeChat's error message in place of a bill (see [`BillReader`]), or a bill that is truncated or malformed.
/// A part of a bill is never returned.
pub fn parse_bill(body: &[u8]) -> Result<Bill, Error> {
    let mut reader = BillReader::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    reader.consume(body, true, &mut |_, cells| rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect()))?;
    let columns = reader.columns().to_vec();
    let BillEnd { summary, differences, uncompared } = reader.finish()?;
    Ok(Bill { columns, rows, summary, differences, uncompared })
}

impl BillReader {
    /// A reader at the start of a bill.
    #[must_use]
    pub fn new() -> Self {
        Self::refused_by(refusal)
    }
}

impl Default for BillReader {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads the error that WeChat sends as markup in place of a bill.
///
/// `error_code` 20002 has two meanings, so the text decides (账单错误码). `err_code` distinguishes them in the words of the
/// fund-flow page: `NO_BILL_EXIST` and `BILL_CREATING`. Any other code is passed on.
pub(crate) fn refusal(body: &[u8]) -> Error {
    let fields = match parse_xml(body, &Limits { bytes: REFUSAL_BYTES, ..Limits::ANSWER }) {
        Ok(fields) => fields,
        Err(error) => {
            let what = format_args!("the answer is markup, but neither a bill nor WeChat's error message; {error}");
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
        (code, "the answer is an XML message and not a bill; it does not say why".to_owned())
    } else if is("No Bill Exist", "NO_BILL_EXIST") {
        let why = "no trade that day, or a day before the merchant existed; an empty day is no failure";
        ("NO_BILL_EXIST", format!("WeChat has no bill for that day: {why}"))
    } else if is("Bill Creating", "BILL_CREATING") {
        ("BILL_CREATING", "WeChat has not made that bill yet; ask again after 10:00 Beijing time".to_owned())
    } else {
        // The only refusal without a code. WeChat has two texts for it: CompressGZip Error, UnCompressGZip Error.
        let packed = said.contains("CompressGZip").then_some("Ask again without tar_type");
        let advice = packed
            .or_else(|| err_code(code).map(|row| row.advice))
            .or_else(|| advice(said))
            .unwrap_or("Check key, ids and parameters");
        (code, format!("WeChat refused the bill: {shown} ({}; this answer is unsigned). {advice}", excerpt(code)))
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
    fn no_bill_and_an_unfinished_bill_are_distinguished_whatever_their_case() {
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
