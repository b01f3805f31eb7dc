//! Short texts, compared and found a few words at a time: a call for each would cost more than the work.

use std::cmp::Ordering;

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
}
