//! A lenient reader of JSON that keeps numbers as they are written.

/// The deepest nesting.
const DEPTH: usize = 24;

/// A value. Numbers and words are raw, and members keep their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::doctor) enum Json {
    /// A number, `true`, `false` or `null`.
    Raw(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a whole text. `None` where it is not JSON, or nests too deep.
    pub(in crate::doctor) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value(DEPTH)?;
        reader.skip();
        reader.rest.is_empty().then_some(value)
    }

    /// The same value with its numbers written in another way.
    pub(in crate::doctor) fn with_numbers(&self, write: fn(&str) -> String) -> Self {
        match self {
            Self::Raw(raw) => Self::Raw(write(raw)),
            Self::Text(_) => self.clone(),
            Self::List(items) => Self::List(items.iter().map(|item| item.with_numbers(write)).collect()),
            Self::Object(members) => {
                Self::Object(members.iter().map(|(name, value)| (name.clone(), value.with_numbers(write))).collect())
            }
        }
    }

    /// The same value with the members of all objects in another order.
    pub(in crate::doctor) fn ordered(&self, order: fn(&mut [(String, Self)])) -> Self {
        match self {
            Self::List(items) => Self::List(items.iter().map(|item| item.ordered(order)).collect()),
            Self::Object(members) => {
                let mut members: Vec<(String, Self)> =
                    members.iter().map(|(name, value)| (name.clone(), value.ordered(order))).collect();
                order(&mut members);
                Self::Object(members)
            }
            _ => self.clone(),
        }
    }
}

/// Reads from the front of a text.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn takes(&mut self, mark: char) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix(mark);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        let depth = depth.checked_sub(1)?;
        if self.takes('{') {
            return self.object(depth);
        }
        if self.takes('[') {
            return self.list(depth);
        }
        if self.takes('"') {
            return self.text().map(Json::Text);
        }
        let end = self.rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '+' | '-' | '.'));
        let (raw, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        let is_word = matches!(raw, "true" | "false" | "null");
        let is_number = raw.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-');
        self.rest = rest;
        (is_word || is_number).then(|| Json::Raw(raw.to_owned()))
    }

    fn list(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        if self.takes(']') {
            return Some(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.takes(']') {
                return Some(Json::List(items));
            }
            if !self.takes(',') {
                return None;
            }
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = Vec::new();
        if self.takes('}') {
            return Some(Json::Object(members));
        }
        loop {
            if !self.takes('"') {
                return None;
            }
            let name = self.text()?;
            if !self.takes(':') {
                return None;
            }
            members.push((name, self.value(depth)?));
            if self.takes('}') {
                return Some(Json::Object(members));
            }
            if !self.takes(',') {
                return None;
            }
        }
    }

    /// The rest of a text, after its first quote.
    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let at = self.rest.find(['"', '\\'])?;
            let (before, rest) = self.rest.split_at_checked(at)?;
            text.push_str(before);
            let mut letters = rest.chars();
            if letters.next() == Some('"') {
                self.rest = letters.as_str();
                return Some(text);
            }
            let escaped = letters.next()?;
            self.rest = letters.as_str();
            text.push(match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => self.unicode()?,
                other => other,
            });
        }
    }

    fn unit(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        self.rest = rest;
        u32::from_str_radix(digits, 16).ok()
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        self.rest = self.rest.strip_prefix("\\u")?;
        let second = self.unit()?.checked_sub(0xdc00)?;
        let high = first.checked_sub(0xd800)?.checked_mul(0x400)?;
        char::from_u32(high.checked_add(second)?.checked_add(0x1_0000)?)
    }
}
