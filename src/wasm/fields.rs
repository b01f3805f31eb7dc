//! How fields go out: the values in one text, and numbers that tell where each of them ends.
//!
//! The output holds first the values in plain ASCII, one behind the other, then all others, each with NUL behind it: text that is
//! not ASCII costs ten times as much to read. The numbers are: how many fields, how many bytes of plain text, which edition of the
//! names, 1 where a notice is paid, then for each field where its value ends in the plain text, or `OTHER`.
//! Messages of one kind have the same names, so those are kept here and there, and cross only when their edition changes.

use super::border::misused;
use crate::bytes::is_same;
use crate::error::Error;
use crate::joined::Joined;
use crate::params::Params;

/// In place of an end: the next value of the others.
const OTHER: u32 = u32::MAX;
/// How many numbers stand before the ends.
const HEAD: usize = 4;
/// More fields than any answer has.
const MOST_FIELDS: usize = 1100;

/// The numbers and the names of the fields that were given last.
pub(super) struct Given {
    numbers: Vec<u32>,
    names: Vec<u8>,
    edition: u32,
}

impl Given {
    pub(super) const fn new() -> Self {
        Self { numbers: Vec::new(), names: Vec::new(), edition: 0 }
    }

    /// Where the numbers stand. They have all the room they need, so they never move.
    pub(super) fn ends_room(&mut self) -> *const u32 {
        self.numbers.resize(HEAD.saturating_add(MOST_FIELDS), 0);
        self.numbers.as_ptr()
    }

    /// The numbers: before a call with parameters, where their values end.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The names, each with NUL behind it.
    pub(super) fn names(&self) -> &[u8] {
        &self.names
    }

    /// Says whether the notice is paid.
    pub(super) fn say(&mut self, paid: bool) {
        if let Some(said) = self.numbers.get_mut(3) {
            *said = u32::from(paid);
        }
    }

    fn remember(&mut self, params: &Params<'_>) {
        let mut rest = self.names.as_slice();
        let known = params.iter().all(|(name, _)| match rest.split_at_checked(name.len()) {
            Some((begin, [0, behind @ ..])) if is_same(begin, name.as_bytes()) => {
                rest = behind;
                true
            }
            _ => false,
        });
        if known && rest.is_empty() && self.edition > 0 {
            return;
        }
        self.names.clear();
        for (name, _) in params.iter() {
            self.names.extend_from_slice(name.as_bytes());
            self.names.push(0);
        }
        self.edition = self.edition.wrapping_add(1).max(1);
    }
}

/// Gives every field of a message out.
pub(super) fn give(params: &Params<'_>, output: &mut Joined, fields: &mut Given) -> Result<bool, Error> {
    fields.remember(params);
    let edition = fields.edition;
    let (head, ends) = fields.numbers.split_at_mut_checked(HEAD).ok_or_else(misused)?;
    if params.len() > ends.len() {
        return Err(misused());
    }
    let is_plain = |value: &str| value.is_ascii();
    for (end, (_, value)) in ends.iter_mut().zip(params.iter()) {
        *end = OTHER;
        if is_plain(value) {
            output.put(value.as_bytes());
            *end = u32::try_from(output.len()).map_err(|_| misused())?;
        }
    }
    let plain = u32::try_from(output.len()).map_err(|_| misused())?;
    for (_, value) in params.iter().filter(|(_, value)| !is_plain(value)) {
        output.put(value.as_bytes());
        output.put(&[0]);
    }
    let count = u32::try_from(params.len()).map_err(|_| misused())?;
    for (place, number) in head.iter_mut().zip([count, plain, edition, 0]) {
        *place = number;
    }
    Ok(false)
}
