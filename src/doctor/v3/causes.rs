//! The causes of one message of APIv3, as they are found.

use super::words::UNKNOWN;
use crate::doctor::diagnosis::{Cause, Language};
use crate::doctor::words::{Detail, Told, Words, combined};

/// The causes, in the order in which they were found.
pub(super) struct Causes {
    pub(super) list: Vec<Cause>,
    pub(super) language: Language,
}

impl Causes {
    pub(super) fn certain(&mut self, words: &Words, detail: &Detail) {
        if self.list.iter().all(|cause| cause.code != words.code) {
            self.list.push(words.cause(self.language, true, detail));
        }
    }

    pub(super) fn likely(&mut self, words: &Words, detail: &Detail) {
        self.list.push(words.cause(self.language, false, detail));
    }

    pub(super) fn told(&mut self, mistakes: &[Told]) {
        self.list.extend(combined(mistakes, self.language));
    }

    /// Certain causes come first.
    pub(super) fn sorted(self) -> Vec<Cause> {
        let (mut causes, likely): (Vec<Cause>, Vec<Cause>) = self.list.into_iter().partition(|cause| cause.is_certain);
        // Several certain causes come together: the first names the others too.
        let codes: Vec<&'static str> = causes.iter().skip(1).map(|cause| cause.code).collect();
        if let Some(first) = causes.first_mut() {
            let new: Vec<_> = codes.into_iter().filter(|code| !first.with.contains(code)).collect();
            first.with.extend(new);
        }
        // Beside a certain cause nothing is unknown.
        let is_known = !causes.is_empty();
        causes.extend(likely.into_iter().filter(|cause| !is_known || cause.code != UNKNOWN.code));
        causes
    }
}

/// The header of a name, in any case.
pub(super) fn header_of<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}
