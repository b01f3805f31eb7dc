//! How fields go out: the values in one text, and numbers that tell where each of them ends.
//!
//! The output holds first the values in plain ASCII, one behind the other, then all others, each with NUL behind it: text that is
//! not ASCII costs ten times as much to read. The numbers are: how many fields, how many bytes of plain text, which edition of the
//! names, 1 where a notice is paid, then for each field where its value ends in the plain text, or `OTHER`.
//! Messages of one kind have the same names, so those of the last kinds are kept here and there, each kind as one edition, and cross once.

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

/// So many kinds of messages are remembered, of so many bytes of names in all. The last one is, however large it is.
const KINDS: usize = 16;
const NAMES_BYTES: usize = 32 * 1024;

/// The numbers, and the kinds of messages that were given, the last one first.
pub(super) struct Given {
    numbers: Vec<u32>,
    kinds: Vec<Kind>,
    edition: u32,
}

/// The names of the fields of one kind of message, each with NUL behind it.
struct Kind {
    names: Vec<u8>,
    edition: u32,
}

impl Kind {
    fn is_of(&self, params: &Params<'_>) -> bool {
        let mut rest = self.names.as_slice();
        let begins = params.iter().all(|(name, _)| match rest.split_at_checked(name.len()) {
            Some((begin, [0, behind @ ..])) if is_same(begin, name.as_bytes()) => {
                rest = behind;
                true
            }
            _ => false,
        });
        begins && rest.is_empty()
    }
}

impl Given {
    pub(super) const fn new() -> Self {
        Self { numbers: Vec::new(), kinds: Vec::new(), edition: 0 }
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

    /// The names of the fields that were given last, each with NUL behind it.
    pub(super) fn names(&self) -> &[u8] {
        self.kinds.first().map_or(&[], |kind| &kind.names)
    }

    /// Says whether the notice is paid.
    pub(super) fn say(&mut self, paid: bool) {
        if let Some(said) = self.numbers.get_mut(3) {
            *said = u32::from(paid);
        }
    }

    /// Puts the kind of the message before the others, and tells which edition of the names it is.
    fn remember(&mut self, params: &Params<'_>) -> u32 {
        if let Some(place) = self.kinds.iter().position(|kind| kind.is_of(params)) {
            if let Some(known) = self.kinds.get_mut(..=place) {
                known.rotate_right(1);
            }
        } else {
            let mut names = Vec::new();
            for (name, _) in params.iter() {
                names.extend_from_slice(name.as_bytes());
                names.push(0);
            }
            self.edition = self.edition.wrapping_add(1).max(1);
            self.kinds.insert(0, Kind { names, edition: self.edition });
            let mut bytes = 0_usize;
            let kept = self.kinds.iter().take(KINDS).take_while(|kind| {
                bytes = bytes.saturating_add(kind.names.len());
                bytes <= NAMES_BYTES
            });
            let kept = kept.count().max(1);
            self.kinds.truncate(kept);
        }
        self.kinds.first().map_or(0, |kind| kind.edition)
    }
}

/// Gives every field of a message out.
pub(super) fn give(params: &Params<'_>, output: &mut Joined, fields: &mut Given) -> Result<bool, Error> {
    let edition = fields.remember(params);
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
