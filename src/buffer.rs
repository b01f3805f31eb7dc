//! A growable byte buffer that is reused between calls and wiped when it may have contained a secret.

/// A UTF-16 unit that no message can carry.
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvalidCharacter {
    /// NUL.
    Nul,
    /// Half of a surrogate pair.
    HalfPair,
}

/// A byte buffer. It keeps its memory when it is cleared, so that the next call allocates nothing.
#[derive(Default)]
pub(crate) struct Buffer {
    memory: Vec<u8>,
    length: usize,
}

impl Buffer {
    pub(crate) const fn new() -> Self {
        Self { memory: Vec::new(), length: 0 }
    }

    /// An empty buffer for `bytes` bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self { memory: vec![0; bytes], length: 0 }
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }

    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    /// Empties the buffer. The bytes remain in memory until others overwrite them.
    pub(crate) fn clear(&mut self) {
        self.length = 0;
    }

    /// Overwrites the bytes with zeros and empties the buffer.
    pub(crate) fn wipe(&mut self) {
        let bytes = self.memory.get_mut(..self.length).unwrap_or_default();
        // Byte by byte, as zeroize does it, would cost as much as the hash. `black_box` keeps the compiler from leaving it out.
        bytes.fill(0);
        std::hint::black_box(bytes);
        self.length = 0;
    }

    /// Makes room for `bytes` more bytes. Wipes the old memory, which `Vec::reserve` would not do.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let wanted = self.length.saturating_add(bytes);
        if wanted > self.memory.len() {
            let mut larger = Vec::with_capacity(wanted.saturating_add(wanted >> 1));
            larger.extend_from_slice(self.as_bytes());
            larger.resize(larger.capacity(), 0);
            let length = self.length;
            self.wipe();
            *self = Self { memory: larger, length };
        }
    }

    /// Appends a text.
    #[inline]
    pub(crate) fn put(&mut self, text: &[u8]) {
        let end = self.length.saturating_add(text.len());
        if end > self.memory.len() {
            self.reserve(text.len());
        }
        if let Some(to) = self.memory.get_mut(self.length..end) {
            copy(to, text);
        }
        self.length = end;
    }

    /// Removes the last byte, if there is one.
    pub(crate) fn pop(&mut self) {
        self.length = self.length.saturating_sub(1);
    }

    /// Appends UTF-16 as UTF-8. A unit is two bytes, the low one first.
    ///
    /// # Errors
    /// For a unit that is NUL or half of a surrogate pair.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
    pub(crate) fn put_utf16(&mut self, units: &[u8]) -> Result<(), InvalidCharacter> {
        let units = units.as_chunks::<2>().0;
        // A unit becomes three bytes at most, and a character is written to a place of four.
        self.reserve(units.len().saturating_mul(3).saturating_add(4));
        if units.iter().fold(true, |is_plain, [low, high]| is_plain & (*high == 0) & (1..0x80).contains(low)) {
            let to = self.memory.get_mut(self.length..).unwrap_or_default();
            to.iter_mut().zip(units).for_each(|(byte, [low, _])| *byte = *low);
            self.length = self.length.saturating_add(units.len());
            return Ok(());
        }
        for character in char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
            match character {
                Ok('\0') => return Err(InvalidCharacter::Nul),
                Ok(character) => {
                    if let Some(to) = self.memory.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut::<4>) {
                        self.length = self.length.saturating_add(character.encode_utf8(to).len());
                    }
                }
                Err(_) => return Err(InvalidCharacter::HalfPair),
            }
        }
        Ok(())
    }

    #[cfg(all(target_arch = "wasm32", feature = "wasm"))]
    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.memory.as_ptr()
    }
}

/// Copies a text of the same length. A short one is copied as two words that may overlap. `memory.copy` would cost
/// 3 % of a notice, of XML and of `requestPayment`.
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
    fn utf_16_becomes_the_utf_8_of_the_same_text_wherever_its_characters_are() {
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for character in ["a", "\u{7f}", "\u{80}", "\u{7ff}", "茶", "\u{fffd}", "\u{ffff}", "😀"] {
            for before in 0..20 {
                for after in [0, 1, 7, 8, 17] {
                    let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(after));
                    let mut buffer = Buffer::new();
                    assert_eq!(buffer.put_utf16(&units(&text)), Ok(()));
                    assert_eq!(buffer.as_bytes(), text.as_bytes(), "{text}");
                    for (unit, invalid) in [
                        (0, InvalidCharacter::Nul),
                        (0xd800, InvalidCharacter::HalfPair),
                        (0xdc00, InvalidCharacter::HalfPair),
                    ] {
                        let broken =
                            [units(&"x".repeat(before)), u16::to_le_bytes(unit).to_vec(), units(&text)].concat();
                        assert_eq!(Buffer::new().put_utf16(&broken), Err(invalid), "{before} {unit}");
                    }
                }
            }
        }
    }

    #[test]
    fn texts_of_any_length_are_appended_whole_and_a_wiped_buffer_is_zeros() {
        let (mut buffer, mut expected) = (Buffer::new(), Vec::new());
        for length in (0..70_usize).chain([500]) {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at & 0x7f).unwrap() + 1).collect();
            buffer.put(&text);
            expected.extend_from_slice(&text);
            assert_eq!(buffer.as_bytes(), expected, "{length}");
        }
        buffer.wipe();
        assert!(buffer.as_bytes().is_empty() && buffer.memory.iter().all(|byte| *byte == 0));
    }
}
