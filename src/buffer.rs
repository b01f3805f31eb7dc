//! Texts put one behind the other, in room that outlives them and is overwritten where it was secret.

/// What no message can carry.
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// NUL.
    Nul,
    /// Half of a surrogate pair.
    Half,
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
    #[cfg(any(test, all(target_arch = "wasm32", any(feature = "wasm", feature = "calls"))))]
    pub(crate) const fn len(&self) -> usize {
        self.end
    }

    /// Forgets what was put in; it stays where it is until something else is put over it.
    pub(crate) fn clear(&mut self) {
        self.end = 0;
    }

    /// Forgets what was put in, and overwrites it.
    pub(crate) fn wipe(&mut self) {
        self.wipe_room();
        self.end = 0;
    }

    fn wipe_room(&mut self) {
        let all = self.room.get_mut(..self.end).unwrap_or_default();
        // Byte by byte, as zeroize does it, would cost as much as the hash. The box keeps a compiler from leaving it out.
        all.fill(0);
        std::hint::black_box(all);
    }

    /// Makes room for so many bytes more. What is left behind is overwritten.
    pub(crate) fn reserve(&mut self, bytes: usize) {
        let wanted = self.end.saturating_add(bytes);
        if wanted > self.room.len() {
            let mut larger = vec![0; wanted.saturating_add(wanted >> 1)];
            if let (Some(to), Some(from)) = (larger.get_mut(..self.end), self.room.get(..self.end)) {
                to.copy_from_slice(from);
            }
            self.wipe_room();
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

    /// Puts the first so many bytes of a text behind the others. A short one is copied as a block, with what stands behind it in the text.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
    #[inline]
    pub(crate) fn put_start(&mut self, text: &[u8], length: usize) {
        let room = self.room.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut::<BLOCK>);
        match (room, text.first_chunk()) {
            (Some(room), Some(block)) if length <= BLOCK => {
                *room = *block;
                self.end = self.end.saturating_add(length);
            }
            _ => self.put(text.get(..length).unwrap_or_default()),
        }
    }

    /// Puts UTF-16 behind the others as UTF-8; two bytes are one unit, the low one first.
    ///
    /// # Errors
    /// Where a unit is NUL, or half of a pair, which is no character.
    #[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
    pub(crate) fn put_utf16(&mut self, units: &[u8]) -> Result<(), Unfit> {
        let units = units.as_chunks::<2>().0;
        // A character of three bytes is written as four.
        self.reserve(units.len().saturating_mul(3).saturating_add(1));
        let plain = narrow(units, self.room.get_mut(self.end..).unwrap_or_default());
        self.end = self.end.saturating_add(plain);
        let mut rest = units.get(plain..).unwrap_or_default().iter();
        while let Some([low, high]) = rest.next() {
            let last = 0x80 | low & 0x3f;
            let (bytes, length) = match (high, low) {
                (0, 0) => return Err(Unfit::Nul),
                (0, 1..0x80) => ([*low, 0, 0, 0], 1),
                (0..8, _) => ([0xc0 | high << 2 | low >> 6, last, 0, 0], 2),
                (0xd8..=0xdf, _) => {
                    let pair = [Some([*low, *high]), rest.next().copied()].into_iter().flatten();
                    let Some(Ok(character)) = char::decode_utf16(pair.map(u16::from_le_bytes)).next() else {
                        return Err(Unfit::Half);
                    };
                    let mut bytes = [0; 4];
                    character.encode_utf8(&mut bytes);
                    (bytes, 4)
                }
                _ => ([0xe0 | high >> 4, 0x80 | (high & 0xf) << 2 | low >> 6, last, 0], 3),
            };
            if let Some(room) = self.room.get_mut(self.end..).and_then(<[u8]>::first_chunk_mut) {
                *room = bytes;
                self.end = self.end.saturating_add(length);
            }
        }
        Ok(())
    }

    /// Lets the whole be written anew by what grows a vector itself.
    #[cfg(all(target_arch = "wasm32", feature = "calls"))]
    pub(crate) fn replace<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<(), E> {
        self.room.clear();
        let written = write(&mut self.room);
        self.end = self.room.len();
        written
    }

    /// Where it stands in memory.
    #[cfg(all(target_arch = "wasm32", any(feature = "wasm", feature = "calls")))]
    pub(crate) fn as_ptr(&self) -> *const u8 {
        self.room.as_ptr()
    }
}

/// Makes bytes of the units of ASCII at the beginning, but for NUL: eight at a time. Gives their number.
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
#[inline]
fn narrow(units: &[[u8; 2]], room: &mut [u8]) -> usize {
    let mut done = 0_usize;
    for (eight, bytes) in units.as_chunks::<8>().0.iter().zip(room.as_chunks_mut::<8>().0) {
        if !narrow_eight(eight, bytes) {
            break;
        }
        done = done.saturating_add(8);
    }
    // What is left of a longer text is done as its last eight.
    if done > 0
        && units.len().saturating_sub(done) < 8
        && let Some(eight) = units.last_chunk()
        && let Some(bytes) = room.get_mut(units.len().saturating_sub(8)..).and_then(<[u8]>::first_chunk_mut)
        && narrow_eight(eight, bytes)
    {
        return units.len();
    }
    let rest = units.get(done..).unwrap_or_default();
    let places = room.get_mut(done..).unwrap_or_default().iter_mut().zip(rest);
    let is_plain = |(_, [low, high]): &(&mut u8, &[u8; 2])| *high == 0 && (1..0x80).contains(low);
    done.saturating_add(places.take_while(is_plain).map(|(place, [low, _])| *place = *low).count())
}

/// The same of eight, four as one word; tells whether all of them are such, and writes nothing where they are not.
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
#[inline]
fn narrow_eight(units: &[[u8; 2]; 8], bytes: &mut [u8; 8]) -> bool {
    const HIGHS: u64 = 0xff80_ff80_ff80_ff80;
    const MOST: u64 = 0x007f_007f_007f_007f;
    const TOPS: u64 = 0x0080_0080_0080_0080;
    let [a, b, c, d, e, f, g, h] = *units;
    let word = |[a, b, c, d]: [[u8; 2]; 4]| u64::from_le_bytes([a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]);
    let (one, other) = (word([a, b, c, d]), word([e, f, g, h]));
    // A unit from 1 to 127 reaches 128 with 127 more; nothing is carried over, since no unit is larger.
    if (one | other) & HIGHS != 0 || one.wrapping_add(MOST) & other.wrapping_add(MOST) & TOPS != TOPS {
        return false;
    }
    let narrow = |units: u64| {
        let pairs = (units | units >> 8) & 0x0000_ffff_0000_ffff;
        (pairs | pairs >> 16) & 0xffff_ffff
    };
    *bytes = (narrow(one) | narrow(other) << 32).to_le_bytes();
    true
}

/// How many bytes a short text is copied as.
#[cfg(any(test, all(target_arch = "wasm32", feature = "wasm")))]
pub(crate) const BLOCK: usize = 32;

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
    fn utf_16_becomes_the_utf_8_of_the_same_text_wherever_its_characters_stand() {
        let units = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        for character in ["a", "\u{7f}", "\u{80}", "\u{7ff}", "茶", "\u{fffd}", "\u{ffff}", "😀"] {
            for before in 0..20 {
                for behind in [0, 1, 7, 8, 17] {
                    let text = format!("{}{character}{}", "x".repeat(before), "y".repeat(behind));
                    let mut joined = Joined::new();
                    assert_eq!(joined.put_utf16(&units(&text)), Ok(()));
                    assert_eq!(joined.as_bytes(), text.as_bytes(), "{text}");
                    for (unit, unfit) in [(0, Unfit::Nul), (0xd800, Unfit::Half), (0xdc00, Unfit::Half)] {
                        let broken =
                            [units(&"x".repeat(before)), u16::to_le_bytes(unit).to_vec(), units(&text)].concat();
                        assert_eq!(Joined::new().put_utf16(&broken), Err(unfit), "{before} {unit}");
                    }
                }
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
