//! A reader of JSON by hand (RFC 8259), with the limits of APIv3. It shares no code with the reader that it judges.

use paysign::v3::{Json, Limits, Number};

/// A value as it is written.
pub enum ByHand {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// Levels of lists and objects.
const DEPTH: usize = 16;

/// Bytes of a name.
const NAME_BYTES: usize = 128;

/// The first number that JavaScript does not keep, 2^53.
const UNSAFE: f64 = 9_007_199_254_740_992.0;

/// Reads a whole message. `None` for one that must be refused.
pub fn read(body: &[u8], limits: Limits) -> Option<ByHand> {
    let text = std::str::from_utf8(body).ok()?;
    if body.len() > limits.bytes {
        return None;
    }
    let mut reader = Reader { rest: text, left: limits.members };
    let value = reader.value(DEPTH)?;
    reader.skip();
    reader.rest.is_empty().then_some(value)
}

/// Whether both readers have read the same.
pub fn is_same(ours: &Json, theirs: &ByHand) -> bool {
    match (ours, theirs) {
        (Json::Null, ByHand::Null) => true,
        (Json::Bool(one), ByHand::Bool(other)) => one == other,
        (Json::Text(one), ByHand::Text(other)) => one == other,
        (Json::Number(one), ByHand::Number(other)) => is_number(*one, other),
        (Json::List(one), ByHand::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Json::Object(one), ByHand::Object(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| one.0 == other.0 && is_same(&one.1, &other.1))
        }
        _ => false,
    }
}

/// Whole numbers are compared exactly, and others but for the last bits of `f64`.
fn is_number(ours: Number, text: &str) -> bool {
    let is_whole = !text.contains(['.', 'e', 'E']);
    match ours {
        Number::Whole(number) => is_whole && text == number.to_string(),
        Number::Negative(number) => is_whole && number < 0 && text == number.to_string(),
        Number::Fraction(number) => {
            let exact: f64 = text.parse().unwrap();
            (!is_whole || text == "-0") && (number - exact).abs() <= exact.abs() * 1e-14 + f64::MIN_POSITIVE
        }
    }
}

/// Whether the value of a number is so near to a bound that rounding decides about it.
pub fn is_at_a_bound(body: &[u8]) -> bool {
    let numbers = body.split(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let near = |number: f64| (number.abs() - UNSAFE).abs() < 4.0;
    numbers.filter_map(|text| std::str::from_utf8(text).ok()?.parse().ok()).any(near)
}

struct Reader<'a> {
    rest: &'a str,
    /// How many members and items there may be yet.
    left: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// Skips blanks, and takes a word if it is there.
    fn takes(&mut self, word: &str) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn count(&mut self) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<ByHand> {
        self.skip();
        match self.rest.bytes().next()? {
            b'{' => self.object(depth.checked_sub(1)?),
            b'[' => self.list(depth.checked_sub(1)?),
            b'"' => self.text().map(ByHand::Text),
            b'-' | b'0'..=b'9' => self.number(),
            _ if self.takes("null") => Some(ByHand::Null),
            _ if self.takes("true") => Some(ByHand::Bool(true)),
            _ => self.takes("false").then_some(ByHand::Bool(false)),
        }
    }

    fn list(&mut self, depth: usize) -> Option<ByHand> {
        let mut items = Vec::new();
        self.takes("[");
        if self.takes("]") {
            return Some(ByHand::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.count()?;
            if !self.takes(",") {
                return self.takes("]").then_some(ByHand::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<ByHand> {
        let mut members: Vec<(String, ByHand)> = Vec::new();
        self.takes("{");
        if self.takes("}") {
            return Some(ByHand::Object(members));
        }
        loop {
            self.skip();
            let name = self.text().filter(|name| name.len() <= NAME_BYTES)?;
            self.count()?;
            if members.iter().any(|(known, _)| *known == name) || !self.takes(":") {
                return None;
            }
            members.push((name, self.value(depth)?));
            if !self.takes(",") {
                return self.takes("}").then_some(ByHand::Object(members));
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let mut inside = self.rest.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match inside.next()? {
                '"' => break,
                '\\' => text.push(escaped(&mut inside)?),
                letter if letter < ' ' => return None,
                letter => text.push(letter),
            }
        }
        self.rest = inside.as_str();
        Some(text)
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, within what is kept.
    fn number(&mut self) -> Option<ByHand> {
        let end = self.rest.find(|letter: char| !letter.is_ascii_digit() && !"+-.eE".contains(letter));
        let (text, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_right = is_digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && is_digits(fraction)
            && is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
        let is_kept = text.parse::<u64>().is_ok()
            || text.parse::<i64>().is_ok()
            || text.parse().is_ok_and(|number: f64| number.abs() < UNSAFE);
        self.rest = rest;
        (is_right && is_kept).then(|| ByHand::Number(text.to_owned()))
    }
}

/// The letter after a backslash. A pair of surrogates is one letter, and half of one is none.
fn escaped(inside: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match inside.next()? {
        letter @ ('"' | '\\' | '/') => letter,
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = unit(inside)?;
            if (0xd800..0xdc00).contains(&first) {
                let is_pair = inside.next() == Some('\\') && inside.next() == Some('u');
                let second = unit(inside).filter(|unit| is_pair && (0xdc00..0xe000).contains(unit))?;
                return char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00));
            }
            return char::from_u32(first);
        }
        _ => return None,
    })
}

/// Four hexadecimal digits.
fn unit(inside: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + inside.next()?.to_digit(16)?))
}
