//! A growable byte buffer that is reused between calls and wiped when it may have held a secret.

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
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// An empty buffer for `bytes` bytes.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    #[cfg(any(test, all(target_arch = "wasm32", any(feature = "wasm", feature = "calls"))))]
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Empties the buffer. The bytes remain in memory until others overwrite them.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Overwrites the bytes with zeros and empties the buffer.
    pub(crate) fn wipe(&mut self) {
        // Byte by byte, as zeroize does it, would cost as much as the hash. `black_box` keeps the compiler from leaving it out.
        self.0.fill(0);
        std::hint::black_box(&mut self.0);
        self.0.clear();
    }

    /// Makes room for `bytes` more bytes. It wipes the memory that it leaves, which `Vec::reserve` would not.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let wanted = self.0.len().saturating_add(bytes);
        if wanted > self.0.capacity() {
            let mut larger = Vec::with_capacity(wanted.saturating_add(wanted >> 1));
            larger.extend_from_slice(&self.0);
            self.wipe();
            self.0 = larger;
        }
    }

    /// Appends a text.
    #[inline]
    pub(crate) fn put(&mut self, text: &[u8]) {
        if self.0.capacity().saturating_sub(self.0.len()) < text.len() {
            self.reserve(text.len());
        }
        self.0.extend_from_slice(text);
    }

    /// Appends UTF-16 as UTF-8. A unit is two bytes, the low one first.
    ///
    /// # Errors
    /// For a unit that is NUL or half of a surrogate pair.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
    pub(crate) fn put_utf16(&mut self, units: &[u8]) -> Result<(), InvalidCharacter> {
        let units = units.as_chunks::<2>().0;
        self.reserve(units.len().saturating_mul(3));
        if units.iter().fold(true, |is_plain, [low, high]| is_plain & (*high == 0) & (1..0x80).contains(low)) {
            self.0.extend(units.iter().map(|[low, _]| *low));
            return Ok(());
        }
        for character in char::decode_utf16(units.iter().map(|unit| u16::from_le_bytes(*unit))) {
            match character {
                Ok('\0') => return Err(InvalidCharacter::Nul),
                Ok(character) => self.put(character.encode_utf8(&mut [0; 4]).as_bytes()),
                Err(_) => return Err(InvalidCharacter::HalfPair),
            }
        }
        Ok(())
    }

    /// Lends the vector to code that grows it itself, in place of the bytes. Such bytes must be no secret.
    #[cfg(all(target_arch = "wasm32", feature = "calls"))]
    pub(crate) fn as_vec(&mut self) -> &mut Vec<u8> {
        &mut self.0
    }

    #[cfg(all(target_arch = "wasm32", any(feature = "wasm", feature = "calls")))]
    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.0.as_ptr()
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
    fn texts_of_any_length_are_appended_whole_and_a_wiped_buffer_is_empty() {
        let (mut buffer, mut expected) = (Buffer::new(), Vec::new());
        for length in (0..70_usize).chain([500]) {
            let text: Vec<u8> = (0..length).map(|at| u8::try_from(at & 0x7f).unwrap() + 1).collect();
            buffer.put(&text);
            expected.extend_from_slice(&text);
            assert_eq!(buffer.as_bytes(), expected, "{length}");
        }
        buffer.wipe();
        assert!(buffer.as_bytes().is_empty());
    }
}
