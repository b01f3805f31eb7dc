//! Comments of buyers (拉取订单评价数据): one line each, unless the buyer wrote several.

use super::bill::refusal;
use crate::bill::BILL_ROW_BYTES;
use crate::error::Error;
use crate::field::integer;

/// The most bytes of an answer: 200 comments at most, and each bounded.
const BYTES: usize = 16 << 20;

/// One answer of `batchquerycomment`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comments {
    /// The `offset` of the next call. It is not the sum of `offset` and the number of comments: ids have gaps.
    pub offset: u64,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
}

/// A comment of a buyer on an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// When, as `yyyy-MM-dd HH:mm:ss`, Beijing time.
    pub time: String,
    /// WeChat's number of the payment.
    pub transaction_id: String,
    /// 1 to 5.
    pub stars: u8,
    /// The buyer's own words, unchanged.
    pub comment: String,
}

/// Reads an answer of `batchquerycomment`. It has no end mark, so a truncated last comment cannot be seen.
///
/// ```
/// let text = "100\n`2017-07-01 10:00:05,`1001690740201411100005734289,`5,`赞, 又来\n";
/// let answer = paysign::parse_comments(text.as_bytes())?;
/// assert_eq!((answer.offset, answer.comments[0].comment.as_str()), (100, "赞, 又来"));
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_BILL`: WeChat's error message, or text that is not of this form.
pub fn parse_comments(body: &[u8]) -> Result<Comments, Error> {
    if body.len() > BYTES {
        return Err(Error::bill(BYTES, 1, format_args!("the answer is larger than {BYTES} bytes")));
    }
    let text =
        std::str::from_utf8(body).map_err(|error| Error::bill(error.valid_up_to(), 1, "the answer is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii_start().starts_with('<') {
        return Err(refusal(body));
    }
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let offset = integer(first.trim_ascii().trim_start_matches('`'))
        .ok_or_else(|| Error::bill(0, 1, "the first line must be the offset of the next call"))?;
    let mut comments: Vec<Comment> = Vec::new();
    let mut at = body.len().saturating_sub(rest.len());
    for (index, line) in rest.split_inclusive('\n').enumerate() {
        let number = index.saturating_add(2);
        let content = line.strip_suffix('\n').unwrap_or(line);
        let content = content.strip_suffix('\r').unwrap_or(content);
        if content.starts_with('`') {
            let what = "this is not a comment: time, transaction_id, stars and text were expected";
            comments.push(row(content).ok_or_else(|| Error::bill(at, number, what))?);
        } else if let Some(before) = comments.last_mut() {
            // The buyer's own line end.
            before.comment.push('\n');
            before.comment.push_str(content);
        } else if !content.trim_ascii_end().is_empty() {
            return Err(Error::bill(at, number, "a comment must begin with a back-quote"));
        }
        if comments.last().is_some_and(|comment| comment.comment.len() > BILL_ROW_BYTES) {
            return Err(Error::bill(at, number, format_args!("a comment is longer than {BILL_ROW_BYTES} bytes")));
        }
        at = at.saturating_add(line.len());
    }
    // Lines of blanks at the end belong to no comment.
    if let Some(last) = comments.last_mut() {
        let end = last.comment.trim_ascii_end().len();
        let line = last.comment.get(end..).and_then(|blanks| blanks.find('\n')).unwrap_or(usize::MAX);
        last.comment.truncate(end.saturating_add(line));
    }
    Ok(Comments { offset, comments })
}

/// Only the first three commas separate values; real answers have white space after them.
fn row(line: &str) -> Option<Comment> {
    let mut values = line.splitn(4, ',').map(|value| {
        let value = value.trim_ascii_start();
        value.strip_prefix('`').unwrap_or(value)
    });
    let (time, id, stars, comment) = (values.next()?, values.next()?, values.next()?, values.next()?);
    let stars = stars.trim_ascii().parse().ok().filter(|stars| (1..=5).contains(stars))?;
    let id = id.trim_ascii();
    let numbered = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let time = time.trim_ascii().to_owned();
    numbered.then(|| Comment { time, transaction_id: id.to_owned(), stars, comment: comment.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Comments, Error> {
        parse_comments(text.as_bytes())
    }

    #[test]
    fn a_comment_keeps_its_commas_back_quotes_and_lines() {
        let answer = parse(
            "\u{feff}7\r\n`2017-07-01 10:00:05,`1001,`5,`赞, `好`, \"1\"\r\n第二行,`x\r\n\r\n`2017-07-01 10:00:06, `1002, `1, `=1+1\r\n\r\n",
        )
        .unwrap();
        assert_eq!(answer.offset, 7);
        let texts: Vec<_> = answer.comments.iter().map(|one| (one.stars, one.comment.as_str())).collect();
        assert_eq!(texts, [(5, "赞, `好`, \"1\"\n第二行,`x\n"), (1, "=1+1")]);
    }

    #[test]
    fn lines_of_blanks_at_the_end_belong_to_no_comment_and_others_to_their_comment() {
        let answer = parse("7\n \t\n`2017-07-01 10:00:05,`1001,`5,`a \n \nb\n \n\t\r\n ").unwrap();
        assert_eq!(answer.comments[0].comment, "a \n \nb");
        assert_eq!(parse("7\n \n\n").unwrap().comments, []);
    }

    #[test]
    fn an_answer_without_comments_still_has_its_offset() {
        assert_eq!(parse("100").unwrap(), Comments { offset: 100, comments: vec![] });
        assert_eq!(parse("100\r\n\r\n").unwrap(), Comments { offset: 100, comments: vec![] });
    }

    #[test]
    fn a_row_of_another_form_is_an_error_with_its_place() {
        for text in [
            "",
            "x\n",
            "1\nno back-quote",
            "1\n`2017-07-01 10:00:05,`1001,`5",
            "1\n`2017-07-01 10:00:05,`1001,`6,`a",
            "1\n`2017-07-01 10:00:05,`,`5,`a",
            "<xml><return_code>FAIL</return_code><return_msg>x</return_msg></xml>",
        ] {
            assert_eq!(parse(text).unwrap_err().kind().code(), "ERR_BILL", "{text}");
        }
        assert_eq!(parse("1\n`2017-07-01 10:00:05,`1001,`5").unwrap_err().position(), Some(2));
        let long = format!("1\n`2017-07-01 10:00:05,`1001,`5,`{}", "a".repeat(BILL_ROW_BYTES + 1));
        assert!(parse(&long).is_err());
    }
}
