//! The words of a cause in both languages.

use std::borrow::Cow;

use super::diagnosis::{Cause, Language};

/// A code with its message and its fix. `{}` in them is where the detail is put, such as the name of a field.
pub(super) struct Words {
    pub(super) code: &'static str,
    /// Message and fix.
    pub(super) english: [&'static str; 2],
    /// Message and fix.
    pub(super) chinese: [&'static str; 2],
}

/// What a cause adds to its words, in English and in Chinese.
#[derive(Clone)]
pub(super) struct Detail {
    english: Cow<'static, str>,
    chinese: Cow<'static, str>,
}

impl Detail {
    pub(super) const NONE: Self = Self::in_both("", "");

    /// The same in both languages, such as the name of a field.
    pub(super) fn plain(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { english: text.clone(), chinese: text }
    }

    /// A name in words of each language.
    pub(super) fn of(english: String, chinese: String) -> Self {
        Self { english: Cow::Owned(english), chinese: Cow::Owned(chinese) }
    }

    pub(super) const fn in_both(english: &'static str, chinese: &'static str) -> Self {
        Self { english: Cow::Borrowed(english), chinese: Cow::Borrowed(chinese) }
    }
}

/// A mistake, and what it adds to its words.
pub(super) type Told = (&'static Words, Detail);

impl Words {
    /// The cause in a language. The detail takes the place of `{}`.
    pub(super) fn cause(&self, language: Language, is_certain: bool, detail: &Detail) -> Cause {
        let ([message, fix], detail) = match language {
            Language::English => (self.english, &detail.english),
            Language::Chinese => (self.chinese, &detail.chinese),
        };
        Cause {
            code: self.code,
            is_certain,
            message: message.replace("{}", detail).trim_end().to_owned(),
            fix: fix.replace("{}", detail),
            with: Vec::new(),
        }
    }
}

/// One certain cause of several mistakes, the first of which names it. `None` without a mistake.
pub(super) fn combined(mistakes: &[Told], language: Language) -> Option<Cause> {
    let mut causes = mistakes.iter().map(|(words, detail)| words.cause(language, true, detail));
    let mut first = causes.next()?;
    for further in causes {
        if further.code == first.code || first.with.contains(&further.code) {
            continue;
        }
        first.message = [&first.message, " ", &further.message].concat();
        first.fix = [&first.fix, " ", &further.fix].concat();
        first.with.push(further.code);
    }
    Some(first)
}

/// A table of codes: the name, the code, message and fix in English, message and fix in Chinese.
macro_rules! words {
    ($($name:ident $code:literal [$message:literal, $fix:literal] [$chinese:literal, $chinese_fix:literal])*) => {
        $(pub(super) static $name: $crate::doctor::words::Words = $crate::doctor::words::Words {
            code: $code, english: [$message, $fix], chinese: [$chinese, $chinese_fix],
        };)*
    };
}
pub(super) use words;
