//! How fields go out: the values in one text, and numbers that tell where each of them ends.
//!
//! The output holds first the values in plain ASCII, one behind the other, then all others, each with NUL behind it: text that is
//! not ASCII costs ten times as much to read. The numbers are: how many fields, how many bytes of plain text, which edition of the
//! names, 1 where a notice is paid, then for each field where its value ends in the plain text, or `OTHER`.
//! Messages of one kind have the same names, so those of the last kinds are kept here and there, each kind as one edition, and cross once.

use super::caller_bug;
use crate::buffer::Buffer;
use crate::error::Error;
use crate::v2::params::Params;

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
pub(crate) struct Given {
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
            Some((begin, [0, behind @ ..])) if begin == name.as_bytes() => {
                rest = behind;
                true
            }
            _ => false,
        });
        begins && rest.is_empty()
    }
}

impl Given {
    pub(crate) const fn new() -> Self {
        Self { numbers: Vec::new(), kinds: Vec::new(), edition: 0 }
    }

    /// Where the numbers stand. They have all the room they need, so they never move.
    pub(crate) fn ends_room(&mut self) -> *const u32 {
        self.numbers.resize(HEAD.saturating_add(MOST_FIELDS), 0);
        self.numbers.as_ptr()
    }

    /// The numbers: before a call with parameters, where their values end.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The names of the fields that were given last, each with NUL behind it.
    pub(crate) fn names(&self) -> &[u8] {
        self.kinds.first().map_or(&[], |kind| &kind.names)
    }

    /// Says whether the notice is paid.
    pub(crate) fn say(&mut self, paid: bool) {
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
pub(crate) fn give(params: &Params<'_>, output: &mut Buffer, fields: &mut Given) -> Result<bool, Error> {
    let edition = fields.remember(params);
    let (head, ends) = fields.numbers.split_at_mut_checked(HEAD).ok_or_else(caller_bug)?;
    if params.len() > ends.len() {
        return Err(caller_bug());
    }
    let is_plain = |value: &str| value.is_ascii();
    for (end, (_, value)) in ends.iter_mut().zip(params.iter()) {
        *end = OTHER;
        if is_plain(value) {
            output.put(value.as_bytes());
            *end = u32::try_from(output.len()).map_err(|_| caller_bug())?;
        }
    }
    let plain = u32::try_from(output.len()).map_err(|_| caller_bug())?;
    for (_, value) in params.iter().filter(|(_, value)| !is_plain(value)) {
        output.put(value.as_bytes());
        output.put(&[0]);
    }
    let count = u32::try_from(params.len()).map_err(|_| caller_bug())?;
    for (place, number) in head.iter_mut().zip([count, plain, edition, 0]) {
        *place = number;
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)], fields: &mut Given) -> (Vec<u8>, Vec<u32>) {
        let mut output = Buffer::new();
        give(&Params::from_pairs(pairs.iter().copied()).unwrap(), &mut output, fields).unwrap();
        (output.as_bytes().to_vec(), fields.numbers()[..HEAD.saturating_add(pairs.len())].to_vec())
    }

    #[test]
    fn ascii_values_come_first_and_all_others_follow_with_nul() {
        let mut fields = Given::new();
        fields.ends_room();
        let (output, numbers) = given(&[("a", "12"), ("b", "茶"), ("c", ""), ("d", "3")], &mut fields);
        assert_eq!(output, "123茶\0".as_bytes());
        assert_eq!(numbers, [4, 3, 1, 0, 2, OTHER, 2, 3]);
        assert_eq!(fields.names(), b"a\0b\0c\0d\0");
        fields.say(true);
        assert_eq!(fields.numbers()[..HEAD], [4, 3, 1, 1]);
    }

    #[test]
    fn a_kind_of_message_keeps_its_edition_and_a_new_one_gets_the_next() {
        let mut fields = Given::new();
        fields.ends_room();
        let mut edition = |names: &[&str]| {
            let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, "1")).collect();
            given(&pairs, &mut fields).1[2]
        };
        assert_eq!([edition(&["a", "b"]), edition(&["ab"]), edition(&["a", "b"]), edition(&["a"])], [1, 2, 1, 3]);
    }

    #[test]
    fn more_fields_than_the_numbers_have_room_for_are_a_bug_of_the_caller() {
        let mut fields = Given::new();
        let params = Params::from_pairs([("a", "1")]).unwrap();
        assert!(give(&params, &mut Buffer::new(), &mut fields).is_err());
    }
}
