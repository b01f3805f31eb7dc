//! Wire format of fields on their way out of wasm: values in the output, ends and counts among the numbers.
//!
//! ```text
//! output:  [every value in ASCII] [every other value, NUL] …
//! numbers: count | bytes of ASCII | edition of the names | 1 if paid | end of value 0, or OTHER | end of value 1 | …
//! ```
//! Text that is not ASCII costs ten times as much to read, so it is separate. Messages of one shape have the same names. Both sides
//! keep the names of the last shapes, and JavaScript reads them once for each edition.

use super::caller_bug;
use crate::buffer::Buffer;
use crate::bytes::is_same;
use crate::error::Error;
use crate::shared_numbers::{FIELD_HEAD as HEAD, FIELD_NUMBERS, OTHER_VALUE as OTHER, PAID_PLACE};
use crate::v2::params::Params;

/// The size of the cache of names, in shapes and in bytes. The newest shape is always kept.
const SHAPES: usize = 16;
const NAMES_BYTES: usize = 32 * 1024;

/// The numbers, and the last shapes of messages, the newest first.
pub(crate) struct FieldNumbers {
    numbers: Vec<u32>,
    shapes: Vec<Shape>,
    edition: u32,
}

/// The names of the fields of one shape of message, each with NUL after it.
struct Shape {
    names: Vec<u8>,
    edition: u32,
}

impl Shape {
    fn is_of(&self, params: &Params<'_>) -> bool {
        let mut rest = self.names.as_slice();
        let begins = params.iter().all(|(name, _)| match rest.split_at_checked(name.len()) {
            Some((begin, [0, after @ ..])) if is_same(begin, name.as_bytes()) => {
                rest = after;
                true
            }
            _ => false,
        });
        begins && rest.is_empty()
    }
}

impl FieldNumbers {
    pub(crate) const fn new() -> Self {
        Self { numbers: Vec::new(), shapes: Vec::new(), edition: 0 }
    }

    /// The address of the numbers. They are allocated once, so they never move.
    pub(crate) fn address(&mut self) -> *const u32 {
        self.numbers.resize(FIELD_NUMBERS, 0);
        self.numbers.as_ptr()
    }

    /// The numbers. Before a call with parameters, they are the ends of its values.
    pub(crate) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The names of the fields that were written last, each with NUL after it.
    pub(crate) fn names(&self) -> &[u8] {
        self.shapes.first().map_or(&[], |shape| &shape.names)
    }

    /// Writes whether the notice is paid.
    pub(crate) fn set_paid(&mut self, paid: bool) {
        if let Some(number) = self.numbers.get_mut(PAID_PLACE) {
            *number = u32::from(paid);
        }
    }

    /// Moves the shape of the message to the front of the cache, and returns the edition of its names.
    fn remember(&mut self, params: &Params<'_>) -> u32 {
        if let Some(place) = self.shapes.iter().position(|shape| shape.is_of(params)) {
            if let Some(known) = self.shapes.get_mut(..=place) {
                known.rotate_right(1);
            }
        } else {
            let mut names = Vec::new();
            for (name, _) in params.iter() {
                names.extend_from_slice(name.as_bytes());
                names.push(0);
            }
            self.edition = self.edition.wrapping_add(1).max(1);
            self.shapes.insert(0, Shape { names, edition: self.edition });
            let mut bytes = 0_usize;
            let kept = self.shapes.iter().take(SHAPES).take_while(|shape| {
                bytes = bytes.saturating_add(shape.names.len());
                bytes <= NAMES_BYTES
            });
            let kept = kept.count().max(1);
            self.shapes.truncate(kept);
        }
        self.shapes.first().map_or(0, |shape| shape.edition)
    }
}

/// Writes every field of a message.
pub(crate) fn write_fields(params: &Params<'_>, output: &mut Buffer, fields: &mut FieldNumbers) -> Result<(), Error> {
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)], fields: &mut FieldNumbers) -> (Vec<u8>, Vec<u32>) {
        let mut output = Buffer::new();
        write_fields(&Params::from_pairs(pairs.iter().copied()).unwrap(), &mut output, fields).unwrap();
        (output.as_bytes().to_vec(), fields.numbers()[..HEAD.saturating_add(pairs.len())].to_vec())
    }

    #[test]
    fn ascii_values_come_first_and_all_others_follow_with_nul() {
        let mut fields = FieldNumbers::new();
        fields.address();
        let (output, numbers) = given(&[("a", "12"), ("b", "茶"), ("c", ""), ("d", "3")], &mut fields);
        assert_eq!(output, "123茶\0".as_bytes());
        assert_eq!(numbers, [4, 3, 1, 0, 2, OTHER, 2, 3]);
        assert_eq!(fields.names(), b"a\0b\0c\0d\0");
        fields.set_paid(true);
        assert_eq!(fields.numbers()[..HEAD], [4, 3, 1, 1]);
    }

    #[test]
    fn a_kind_of_message_keeps_its_edition_and_a_new_one_gets_the_next() {
        let mut fields = FieldNumbers::new();
        fields.address();
        let mut edition = |names: &[&str]| {
            let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, "1")).collect();
            given(&pairs, &mut fields).1[2]
        };
        assert_eq!([edition(&["a", "b"]), edition(&["ab"]), edition(&["a", "b"]), edition(&["a"])], [1, 2, 1, 3]);
    }

    #[test]
    fn more_fields_than_the_numbers_have_room_for_are_a_bug_of_the_caller() {
        let mut fields = FieldNumbers::new();
        let params = Params::from_pairs([("a", "1")]).unwrap();
        assert!(write_fields(&params, &mut Buffer::new(), &mut fields).is_err());
    }
}
