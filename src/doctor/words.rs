//! The words of a cause in both languages.

use super::diagnosis::{Cause, Language};

/// A code with its message and its fix. `{}` in them is where the detail is put, such as the name of a field.
pub(super) struct Words {
    pub(super) code: &'static str,
    /// Message and fix.
    pub(super) english: [&'static str; 2],
    /// Message and fix.
    pub(super) chinese: [&'static str; 2],
}

impl Words {
    /// The cause in a language. `detail` takes the place of `{}`.
    pub(super) fn cause(&self, language: Language, is_certain: bool, detail: &str) -> Cause {
        let [message, fix] = match language {
            Language::English => self.english,
            Language::Chinese => self.chinese,
        };
        Cause {
            code: self.code,
            is_certain,
            message: message.replace("{}", detail),
            fix: fix.replace("{}", detail),
            with: Vec::new(),
        }
    }
}
