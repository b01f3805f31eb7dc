//! The lines that APIv3 signs, each with the texts that somebody may have signed in its place.

use super::evidence::Choices;
use super::words;
use crate::doctor::words::{Detail, Told, Words};

/// A line whose right text is the first choice.
pub(super) fn line(right: &str) -> Choices {
    vec![(with_end(right), Vec::new())]
}

/// Adds another text of a line, unless it is there already.
pub(super) fn or(choices: &mut Choices, text: &str, words: &'static Words, detail: Detail) {
    let text = with_end(text);
    if choices.iter().all(|(own, _)| *own != text) {
        choices.push((text, vec![(words, detail)]));
    }
}

/// A line with its end.
pub(super) fn with_end(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\n"].concat()
}

/// The time: seconds for milliseconds, and every millisecond of the second.
pub(super) fn time(right: &str) -> Choices {
    let mut choices = line(right);
    if right.bytes().all(|byte| byte.is_ascii_digit()) {
        match right.len() {
            10 => {
                for milliseconds in 0..1000 {
                    or(&mut choices, &format!("{right}{milliseconds:03}"), &words::MILLISECONDS, Detail::NONE);
                }
            }
            13 => or(&mut choices, right.get(..10).unwrap_or_default(), &words::MILLISECONDS, Detail::NONE),
            _ => {}
        }
    }
    choices
}

/// The end of the last line: right, missing, or doubled.
pub(super) fn end() -> Choices {
    let fault = |english, chinese| -> Vec<Told> { vec![(&words::TRAILING_NEWLINE, Detail::in_both(english, chinese))] };
    vec![
        (b"\n".to_vec(), Vec::new()),
        (Vec::new(), fault("missing", "缺失")),
        (b"\n\n".to_vec(), fault("there twice", "多了一个")),
        (b"\r\n".to_vec(), fault("CR LF", "是 CR LF")),
    ]
}
