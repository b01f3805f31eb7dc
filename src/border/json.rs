//! Plain objects as JSON, for what need not be fast: errors, requests and the documented members of answers.

use crate::buffer::Buffer;

/// An object on its way out.
pub(crate) struct Object<'a> {
    out: &'a mut Buffer,
    is_first: bool,
}

impl<'a> Object<'a> {
    /// An object without members.
    pub(crate) fn new(out: &'a mut Buffer) -> Self {
        out.put(b"{");
        Self { out, is_first: true }
    }

    /// A member that is text.
    pub(crate) fn text(&mut self, name: &str, text: &str) {
        put_text(self.member(name), text);
    }

    /// A member that is a number.
    pub(crate) fn number(&mut self, name: &str, number: u64) {
        self.member(name).put(number.to_string().as_bytes());
    }

    /// The place of a member's value.
    #[inline(never)]
    pub(crate) fn member(&mut self, name: &str) -> &mut Buffer {
        if !self.is_first {
            self.out.put(b",");
        }
        self.is_first = false;
        put_text(self.out, name);
        self.out.put(b":");
        self.out
    }

    /// No more members.
    pub(crate) fn end(self) {
        self.out.put(b"}");
    }
}

/// A list, of which `one` writes each member.
#[cfg(any(test, feature = "calls"))]
pub(crate) fn put_list<T>(out: &mut Buffer, members: impl IntoIterator<Item = T>, mut one: impl FnMut(&mut Buffer, T)) {
    out.put(b"[");
    for (place, member) in members.into_iter().enumerate() {
        if place > 0 {
            out.put(b",");
        }
        one(out, member);
    }
    out.put(b"]");
}

/// A text as JSON has it (RFC 8259, section 7).
#[inline(never)]
pub(crate) fn put_text(out: &mut Buffer, text: &str) {
    out.put(b"\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.put(&[b'\\', byte]),
            0..0x20 => {
                let low = byte & 15;
                let low = if low < 10 { b'0' | low } else { low.wrapping_add(b'a'.wrapping_sub(10)) };
                out.put(&[b'\\', b'u', b'0', b'0', b'0' | byte >> 4, low]);
            }
            _ => out.put(&[byte]),
        }
    }
    out.put(b"\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let every: String = (0..0x100_u32).filter_map(char::from_u32).chain("茶😀\u{2028}\u{ffff}".chars()).collect();
        let mut out = Buffer::new();
        let mut object = Object::new(&mut out);
        object.text("text", &every);
        object.text(&every, "");
        object.number("number", (1 << 53) - 1);
        put_list(object.member("none"), [""; 0], put_text);
        put_list(object.member("list"), ["a", &every], put_text);
        object.end();
        let read: serde_json::Value = serde_json::from_slice(out.as_bytes()).unwrap();
        let number = 9_007_199_254_740_991_u64;
        let mut expected = serde_json::json!({ "text": every, "number": number, "none": [], "list": ["a", every] });
        expected[&every] = "".into();
        assert_eq!(read, expected);
        let mut out = Buffer::new();
        Object::new(&mut out).end();
        assert_eq!(out.as_bytes(), b"{}");
    }
}
