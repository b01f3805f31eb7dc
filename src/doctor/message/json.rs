//! A lenient reader of JSON that keeps numbers as they are written, and the writer of its usual forms.

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

/// How a value is written.
#[derive(Clone, Copy, Default)]
pub(in crate::doctor) struct Style {
    /// Between members.
    pub(in crate::doctor) comma: &'static str,
    /// Between a name and its value.
    pub(in crate::doctor) colon: &'static str,
    /// For each level, with a line end before it; empty for one line.
    pub(in crate::doctor) indent: &'static str,
    /// Characters beyond ASCII as `\u8336`.
    pub(in crate::doctor) is_ascii: bool,
    /// `/` as `\/`.
    pub(in crate::doctor) escapes_slashes: bool,
    /// `<`, `>` and `&` as `\u003c`, `\u003e` and `\u0026`.
    pub(in crate::doctor) escapes_markup: bool,
}

impl Style {
    /// Without any blank.
    pub(in crate::doctor) const COMPACT: Self =
        Self { comma: ",", colon: ":", indent: "", is_ascii: false, escapes_slashes: false, escapes_markup: false };
}

const SPACED: Style = Style { comma: ", ", colon: ": ", ..Style::COMPACT };
const LINES: Style = Style { colon: ": ", ..Style::COMPACT };

/// The usual forms: those of JavaScript and Go, Python, Java, PHP and C#, plain and indented.
pub(in crate::doctor) static STYLES: [Style; 18] = [
    Style::COMPACT,
    SPACED,
    Style { colon: ": ", ..Style::COMPACT },
    Style { comma: ", ", ..Style::COMPACT },
    Style { indent: "  ", ..LINES },
    Style { indent: "    ", ..LINES },
    Style { indent: "\t", ..LINES },
    Style { indent: "  ", colon: " : ", ..Style::COMPACT },
    Style { is_ascii: true, ..Style::COMPACT },
    Style { is_ascii: true, ..SPACED },
    Style { is_ascii: true, escapes_slashes: true, ..Style::COMPACT },
    Style { escapes_slashes: true, ..Style::COMPACT },
    Style { escapes_markup: true, ..Style::COMPACT },
    Style { escapes_slashes: true, indent: "    ", ..LINES },
    Style { is_ascii: true, escapes_slashes: true, indent: "    ", ..LINES },
    Style { is_ascii: true, indent: "  ", ..LINES },
    Style { is_ascii: true, indent: "    ", ..LINES },
    Style { colon: " : ", comma: " , ", ..Style::COMPACT },
];

impl Json {
    /// Reads a whole text. `None` where it is not JSON, or nests too deep.
    pub(in crate::doctor) fn read(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let value = reader.value(DEPTH)?;
        reader.skip();
        reader.rest.is_empty().then_some(value)
    }

    /// The members as names and values. A nested value is written without blanks; `null` is an empty text.
    pub(super) fn fields(self) -> Vec<(String, String)> {
        match self {
            Self::Object(members) => match <[_; 1]>::try_from(members) {
                Ok([(name, inner @ Self::Object(_))]) if matches!(name.as_str(), "xml" | "root") => inner.fields(),
                Ok([member]) => vec![field(member)],
                Err(members) => members.into_iter().map(field).collect(),
            },
            Self::List(items) => items.into_iter().next().map(Self::fields).unwrap_or_default(),
            _ => Vec::new(),
        }
    }

    /// The text of this style.
    pub(in crate::doctor) fn written(&self, style: Style) -> String {
        let mut text = String::new();
        self.write(style, 0, &mut text);
        text
    }

    /// Appends the text of this style.
    fn write(&self, style: Style, level: usize, text: &mut String) {
        match self {
            Self::Raw(raw) => text.push_str(raw),
            Self::Text(own) => write_text(own, style, text),
            Self::List(items) => {
                between('[', ']', items, style, level, text, |item, level, text| item.write(style, level, text));
            }
            Self::Object(members) => {
                between('{', '}', members, style, level, text, |(name, value), level, text| {
                    write_text(name, style, text);
                    text.push_str(style.colon);
                    value.write(style, level, text);
                });
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

fn field((name, value): (String, Json)) -> (String, String) {
    let text = match value {
        Json::Raw(raw) if raw == "null" => String::new(),
        Json::Raw(text) | Json::Text(text) => text,
        // Readers of XML make a list of each element.
        Json::List(items) if matches!(items.as_slice(), [Json::Text(_)]) => {
            return field((name, items.into_iter().next().unwrap_or(Json::Raw(String::new()))));
        }
        nested => nested.written(Style::COMPACT),
    };
    (name, text)
}

fn between<Item>(
    open: char,
    close: char,
    items: &[Item],
    style: Style,
    level: usize,
    text: &mut String,
    write: impl Fn(&Item, usize, &mut String),
) {
    let inner = level.saturating_add(1);
    let line = |level: usize, text: &mut String| {
        if !style.indent.is_empty() && !items.is_empty() {
            text.push('\n');
            text.push_str(&style.indent.repeat(level));
        }
    };
    text.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push_str(style.comma);
        }
        line(inner, text);
        write(item, inner, text);
    }
    line(level, text);
    text.push(close);
}

fn write_text(own: &str, style: Style, text: &mut String) {
    text.push('"');
    for letter in own.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '/' if style.escapes_slashes => text.push_str("\\/"),
            '<' | '>' | '&' if style.escapes_markup => escape(letter, text),
            _ if letter.is_control() || (style.is_ascii && !letter.is_ascii()) => escape(letter, text),
            _ => text.push(letter),
        }
    }
    text.push('"');
}

fn escape(letter: char, text: &mut String) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        text.push_str(&format!("\\u{unit:04x}"));
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
