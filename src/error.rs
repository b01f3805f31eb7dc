//! The one error type: its cause, its field, its advice, and whether money may have moved.

mod kind;

use std::fmt;

pub use kind::{ERROR_KINDS, ErrorKind, Outcome};

/// An error repeats at most this many characters of foreign text.
const EXCERPT: usize = 200;

/// Why a call failed. It never contains the key or a signature that was computed here.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    outcome: Outcome,
    message: String,
    field: Option<String>,
    position: Option<usize>,
    return_msg: Option<String>,
    err_code: Option<String>,
    err_code_des: Option<String>,
    recall: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    detail: Option<String>,
}

impl Error {
    /// What went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether money may have moved.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The message for a person who reads the log.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The parameter or field that was wrong, if the error is about one.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Where in the body the XML or the bill is wrong, in bytes from its start.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.0.position
    }

    /// WeChat's `return_msg` of a refused request. It is unsigned: show it, but do not act on it.
    #[must_use]
    pub fn return_msg(&self) -> Option<&str> {
        self.0.return_msg.as_deref()
    }

    /// WeChat's `err_code` of a failed call.
    #[must_use]
    pub fn err_code(&self) -> Option<&str> {
        self.0.err_code.as_deref()
    }

    /// WeChat's own words about `err_code`.
    #[must_use]
    pub fn err_code_des(&self) -> Option<&str> {
        self.0.err_code_des.as_deref()
    }

    /// WeChat's `recall` of a refused `reverse`: `Y` asks to call it again.
    #[must_use]
    pub fn recall(&self) -> Option<&str> {
        self.0.recall.as_deref()
    }

    /// The HTTP status, where that was wrong.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// WeChat's `Request-ID` of a refused call of APIv3. Its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// WeChat's `detail` of a refused call of APIv3, as JSON.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            outcome: kind.outcome(),
            message: message.into(),
            field: None,
            position: None,
            return_msg: None,
            err_code: None,
            err_code_des: None,
            recall: None,
            status: None,
            request_id: None,
            detail: None,
        }))
    }

    /// An error about one field. The message begins with the name of the field.
    pub(crate) fn of_field(kind: ErrorKind, field: &str, what: impl fmt::Display) -> Self {
        let field = excerpt(field);
        let mut error = Self::new(kind, format!("{field}: {what}"));
        error.0.field = Some(field);
        error
    }

    pub(crate) fn param(field: &str, what: impl fmt::Display) -> Self {
        Self::of_field(ErrorKind::Param, field, what)
    }

    pub(crate) fn mismatch(field: &str, what: impl fmt::Display) -> Self {
        Self::of_field(ErrorKind::Mismatch, field, what)
    }

    pub(crate) fn xml(position: usize, what: impl fmt::Display) -> Self {
        let mut error = Self::new(ErrorKind::Xml, format!("{what} (at byte {position})"));
        error.0.position = Some(position);
        error
    }

    /// Adds the path of the call to the message, and the beginning of a body that is text.
    pub(crate) fn of_answer(mut self, path: &str, body: &[u8]) -> Self {
        let mut begin = String::new();
        if let Ok(text) = std::str::from_utf8(body)
            && let text = text.trim_start_matches('\u{feff}').trim_ascii_start()
            && !text.is_empty()
        {
            // Markup that is not an HTML page may contain a key: show only its first tag.
            let is_page = ["<html", "<!doctype html"]
                .iter()
                .any(|start| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start)));
            let shown = match text.split_once('>') {
                Some((tag, _)) if text.starts_with('<') && !is_page => tag,
                _ => text,
            };
            begin.push_str("; it begins: ");
            shown.chars().take(60).for_each(|character| push_shown(&mut begin, character));
            begin.push('…');
        }
        self.0.message = ["the answer to ", path, ": ", &self.0.message, &begin].concat();
        self
    }

    /// Changes `not-sent` to `unknown`: the request was sent before this error occurred.
    #[cfg(all(target_arch = "wasm32", any(feature = "calls", feature = "calls-v3", feature = "bindings")))]
    pub(crate) fn after_sending(mut self) -> Self {
        if self.0.outcome == Outcome::NotSent {
            self.0.outcome = Outcome::Unknown;
        }
        self
    }

    /// An error in a bill, at this byte and line.
    pub(crate) fn bill(position: usize, line: usize, what: impl fmt::Display) -> Self {
        let mut error = Self::new(ErrorKind::Bill, format!("line {line}: {what} (at byte {position})"));
        error.0.position = Some(position);
        error
    }

    /// WeChat answered the request for a bill with a message.
    pub(crate) fn no_bill(message: String, return_msg: &str, err_code: &str, err_code_des: &str) -> Self {
        let said = |text: &str| (!text.is_empty()).then(|| excerpt(text));
        let mut error = Self::new(ErrorKind::Bill, message);
        error.0.outcome = Outcome::Rejected;
        error.0.return_msg = said(return_msg);
        error.0.err_code = said(err_code);
        error.0.err_code_des = said(err_code_des);
        error
    }

    /// Adds `recall`, a field of a refused `reverse`.
    pub(crate) fn with_recall(mut self, recall: &str) -> Self {
        self.0.recall = (!recall.is_empty()).then(|| excerpt(recall));
        self
    }

    /// The same error with WeChat's words and codes. They are unsigned.
    pub(crate) fn with_words(mut self, words: &str, err_code: &str, err_code_des: &str) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| excerpt(text));
        self.0.return_msg = given(words);
        self.0.err_code = given(err_code);
        self.0.err_code_des = given(err_code_des);
        self
    }

    /// An HTTP status that is not the right one.
    #[cfg(feature = "v3")]
    pub(crate) fn answered(kind: ErrorKind, outcome: Outcome, message: String, status: u16, request_id: &str) -> Self {
        let mut error = Self::new(kind, message);
        error.0.outcome = outcome;
        error.0.status = Some(status);
        error.0.request_id = (!request_id.is_empty()).then(|| excerpt(request_id));
        error
    }

    /// The signature of an answer that says success is missing or wrong: the request may have been executed.
    #[cfg(feature = "v3")]
    pub(crate) fn of_unsigned_success(mut self, status: u16) -> Self {
        self.0.message.push_str("; query before anything else");
        self.0.status = Some(status);
        self
    }

    /// The same error with WeChat's `detail`.
    #[cfg(feature = "v3")]
    pub(crate) fn with_detail(mut self, detail: Option<String>) -> Self {
        self.0.detail = detail;
        self
    }

    /// `return_code` is `FAIL`: keeps WeChat's words and codes. `advice` is our own sentence.
    pub(crate) fn refused(outcome: Outcome, words: &str, err_code: &str, err_code_des: &str, advice: &str) -> Self {
        let said = if words.is_empty() { "without a reason".to_owned() } else { excerpt(words) };
        let code = if err_code.is_empty() { String::new() } else { format!(" ({})", excerpt(err_code)) };
        let message = format!("WeChat refused the request: {said}{code}. {advice} (this answer is unsigned)");
        let mut error = Self::new(ErrorKind::Refused, message);
        let kept = |text: &str| (!text.is_empty()).then(|| excerpt(text));
        error.0.outcome = outcome;
        error.0.return_msg = kept(words);
        error.0.err_code = kept(err_code);
        error.0.err_code_des = kept(err_code_des);
        error
    }

    /// `result_code` is `FAIL`, in a verified answer.
    pub(crate) fn failed(outcome: Outcome, err_code: &str, err_code_des: &str, advice: &str) -> Self {
        let (code, said) = (excerpt(err_code), excerpt(err_code_des));
        let named = if code.is_empty() { "no err_code" } else { &code };
        let words = if said.is_empty() { "no err_code_des" } else { &said };
        let mut error = Self::new(ErrorKind::Failed, format!("{named}: {words}. {advice}"));
        error.0.outcome = outcome;
        error.0.err_code = (!code.is_empty()).then_some(code);
        error.0.err_code_des = (!said.is_empty()).then_some(said);
        error
    }
}

/// Makes foreign text safe for a log: keeps at most 200 characters and escapes control characters.
pub(crate) fn excerpt(text: &str) -> String {
    let mut shown = String::new();
    text.chars().take(EXCERPT).for_each(|character| push_shown(&mut shown, character));
    if text.chars().nth(EXCERPT).is_some() {
        shown.push('…');
    }
    shown
}

fn push_shown(shown: &mut String, character: char) {
    if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}') {
        shown.extend(character.escape_default());
    } else {
        shown.push(character);
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.0.kind.code(), self.0.outcome.as_str(), self.0.message)
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_cut_at_200_characters_and_its_control_characters_are_escaped() {
        let shown = excerpt(&format!("a\n\u{1b}[31m{}", "错".repeat(300)));
        assert!(shown.starts_with("a\\n\\u{1b}[31m错"), "{shown}");
        assert!(shown.ends_with("错…"), "{shown}");
        assert_eq!(excerpt("签名错误"), "签名错误");
    }

    #[test]
    fn a_refused_request_keeps_what_wechat_said() {
        let error = Error::refused(Outcome::Rejected, "签名错误", "", "", "Check the key");
        assert_eq!(error.return_msg(), Some("签名错误"));
        assert_eq!(error.outcome(), Outcome::Rejected);
        assert_eq!(error.kind().code(), "ERR_REFUSED");
    }
}
