//! Short texts, compared, found and put together a few words at a time: a call for each would cost more than the work.

use std::cmp::Ordering;

use zeroize::Zeroize;

const ONES: u64 = 0x0101_0101_0101_0101;
const LOWS: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// Whether two texts are the same. Words may overlap. Not for secrets: it stops at the first difference.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        0 => true,
        1..4 => one.iter().zip(other).all(|(one, other)| one == other),
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        _ => {
            let ((words, _), (others, _)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
            one.last_chunk::<8>() == other.last_chunk() && words.iter().zip(others).all(|(one, other)| one == other)
        }
    }
}

/// Byte order, which is the order of names in the signed string.
#[inline]
pub(crate) fn order(one: &[u8], other: &[u8]) -> Ordering {
    first_word(one).cmp(&first_word(other)).then_with(|| one.cmp(other))
}

/// The first eight bytes as a number that orders as they do; zeros stand for those that are not there.
#[inline]
fn first_word(text: &[u8]) -> u64 {
    if let Some(word) = text.first_chunk() {
        return u64::from_be_bytes(*word);
    }
    match (text.first_chunk(), text.last_chunk()) {
        (Some(first), Some(last)) => {
            let missing = 64_u32.saturating_sub(u32::try_from(text.len()).unwrap_or_default().saturating_mul(8));
            let last = u64::from(u32::from_be_bytes(*last)) << missing & 0xffff_ffff;
            u64::from(u32::from_be_bytes(*first)) << 32 | last
        }
        _ => text.iter().zip([56, 48, 40]).fold(0, |word, (byte, shift)| word | u64::from(*byte) << shift),
    }
}

/// The first place of a byte that fits: eight bytes at a time, since nearly all of them are others.
#[inline]
pub(crate) fn find(bytes: &[u8], wanted: u8, fits: impl Fn(usize) -> Option<usize>) -> Option<usize> {
    let (words, rest) = bytes.as_chunks::<8>();
    let wide = ONES.wrapping_mul(u64::from(wanted));
    let mut at = 0_usize;
    for word in words {
        let other = u64::from_le_bytes(*word) ^ wide;
        // A high bit remains exactly where the byte is the wanted one.
        let mut found = !((other & LOWS).wrapping_add(LOWS) | other | LOWS);
        while found != 0 {
            if let Some(place) = fits(at.saturating_add((found.trailing_zeros() >> 3) as usize)) {
                return Some(place);
            }
            found &= found.wrapping_sub(1);
        }
        at = at.saturating_add(8);
    }
    let places = rest.iter().enumerate().filter(|(_, byte)| **byte == wanted);
    places.map(|(offset, _)| at.saturating_add(offset)).find_map(fits)
}

/// Texts put one behind the other. Its room outlives what stood in it, so that no call has to ask for memory.
#[derive(Default)]
pub(crate) struct Joined {
    room: Vec<u8>,
    end: usize,
}

impl Joined {
    /// Nothing yet, with room for so many bytes.
    pub(crate) fn with_room(bytes: usize) -> Self {
        Self { room: vec![0; bytes], end: 0 }
    }

    pub(crate) const fn new() -> Self {
        Self { room: Vec::new(), end: 0 }
    }

    /// What was put in.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.room.get(..self.end).unwrap_or_default()
    }

    /// How many bytes were put in.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
    pub(crate) const fn len(&self) -> usize {
        self.end
    }

    /// Forgets what was put in; it stays where it is until something else is put over it.
    pub(crate) fn clear(&mut self) {
        self.end = 0;
    }

    /// Forgets what was put in, and overwrites it.
    pub(crate) fn wipe(&mut self) {
        let all = self.room.get_mut(..self.end).unwrap_or_default();
        // Byte by byte, as zeroize does it, would cost as much as the hash. The box keeps a compiler from leaving it out.
        all.fill(0);
        std::hint::black_box(all);
        self.end = 0;
    }

    /// Makes room for so many bytes more. What is left behind is overwritten.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let wanted = self.end.saturating_add(bytes);
        if wanted > self.room.len() {
            let mut larger = vec![0; wanted.saturating_add(wanted >> 1)];
            if let (Some(to), Some(from)) = (larger.get_mut(..self.end), self.room.get(..self.end)) {
                to.copy_from_slice(from);
            }
            self.room.zeroize();
            self.room = larger;
        }
    }

    /// Puts a text behind the others.
    #[inline]
    pub(crate) fn put(&mut self, text: &[u8]) {
        let end = self.end.saturating_add(text.len());
        if end > self.room.len() {
            self.reserve(text.len());
        }
        if let Some(room) = self.room.get_mut(self.end..end) {
            copy(room, text);
        }
        self.end = end;
    }

    /// Lets the whole be written anew by what grows a vector itself.
    #[cfg(all(target_arch = "wasm32", feature = "wasm"))]
    pub(crate) fn replace<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        self.room.clear();
        let written = write(&mut self.room);
        self.end = self.room.len();
        written
    }

    /// Where it stands in memory.
    #[cfg(all(target_arch = "wasm32", feature = "wasm"))]
    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.room.as_ptr()
    }
}

/// Copies a text to a place of its length. A short one as two words that may overlap.
#[inline]
fn copy(to: &mut [u8], from: &[u8]) {
    match from.len() {
        0..4 => to.iter_mut().zip(from).for_each(|(to, from)| *to = *from),
        4..8 => ends::<4>(to, from),
        8..16 => ends::<8>(to, from),
        16..=32 => ends::<16>(to, from),
        _ => {
            if to.len() == from.len() {
                to.copy_from_slice(from);
            }
        }
    }
}

#[inline]
fn ends<const N: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(first), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        *first = *from;
    }
    if let (Some(last), Some(from)) = (to.last_chunk_mut::<N>(), from.last_chunk::<N>()) {
        *last = *from;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_are_the_same_exactly_when_all_their_bytes_are() {
        for length in 0..40_usize {
            let one: Vec<u8> = (0..length).map(|at| u8::try_from(at).unwrap()).collect();
            assert!(is_same(&one, &one.clone()));
            for at in 0..length {
                let mut other = one.clone();
                other[at] ^= 0x80;
                assert!(!is_same(&one, &other), "{length} {at}");
            }
            assert!(!is_same(&one, &[one.as_slice(), &[0]].concat()));
        }
    }

    #[test]
    fn texts_are_ordered_by_their_bytes_whatever_their_lengths() {
        let texts = [
            "",
            "\0",
            "a",
            "a\0",
            "ab",
            "abcd",
            "abcde",
            "abcdefg",
            "abcdefg\0",
            "abcdefgh",
            "abcdefghi",
            "b",
            "\u{e9}",
        ];
        for one in texts {
            for other in texts {
                assert_eq!(
                    order(one.as_bytes(), other.as_bytes()),
                    one.as_bytes().cmp(other.as_bytes()),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn texts_of_any_length_are_put_together_whole_and_leave_nothing_when_wiped() {
        let (mut joined, mut expected) = (Joined::new(), Vec::new());
        for length in (0..70_usize).chain([500]) {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at & 0x7f).unwrap() + 1).collect();
            joined.put(&text);
            expected.extend_from_slice(&text);
            assert_eq!(joined.as_bytes(), expected, "{length}");
        }
        joined.wipe();
        assert!(joined.len() == 0 && joined.room.iter().all(|byte| *byte == 0));
    }
}
