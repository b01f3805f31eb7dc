//! The forms in which programs write JSON.

use super::json::Json;

/// How a value is written.
#[derive(Clone, Copy, Default)]
pub(in crate::doctor) struct Style {
    /// Between members.
    pub(in crate::doctor) comma: &'static str,
    /// Between a name and its value.
    pub(in crate::doctor) colon: &'static str,
    /// For each level, with a line end before it; empty for one line.
    pub(in crate::doctor) indent: &'static str,
    /// Between lines.
    pub(in crate::doctor) line_end: &'static str,
    /// The items of a list on one line, as Jackson writes them.
    pub(in crate::doctor) has_list_lines: bool,
    /// Characters beyond ASCII as `\u8336`.
    pub(in crate::doctor) is_ascii: bool,
    /// `\u003C` in place of `\u003c`.
    pub(in crate::doctor) has_upper_digits: bool,
    /// `/` as `\/`.
    pub(in crate::doctor) escapes_slashes: bool,
    /// Characters as `\u003c`, such as `<`, `>` and `&`.
    pub(in crate::doctor) escaped: &'static str,
}

impl Style {
    /// Without any blank.
    pub(in crate::doctor) const COMPACT: Self = Self {
        comma: ",",
        colon: ":",
        indent: "",
        line_end: "\n",
        has_list_lines: true,
        is_ascii: false,
        has_upper_digits: false,
        escapes_slashes: false,
        escaped: "",
    };
}

const SPACED: Style = Style { comma: ", ", colon: ": ", ..Style::COMPACT };
const LINES: Style = Style { colon: ": ", ..Style::COMPACT };
const JACKSON: Style = Style { indent: "  ", colon: " : ", has_list_lines: false, ..Style::COMPACT };
const DOTNET: Style = Style { is_ascii: true, has_upper_digits: true, escaped: "<>&'+\"`", ..Style::COMPACT };

/// The usual forms: those of JavaScript and Go, Python, Java, PHP and C#, plain and indented.
pub(in crate::doctor) static STYLES: [Style; 27] = [
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
    Style { escaped: "<>&", ..Style::COMPACT },
    Style { escaped: "<>&='", ..Style::COMPACT },
    Style { escapes_slashes: true, indent: "    ", ..LINES },
    Style { is_ascii: true, escapes_slashes: true, indent: "    ", ..LINES },
    Style { is_ascii: true, indent: "  ", ..LINES },
    Style { is_ascii: true, indent: "    ", ..LINES },
    Style { colon: " : ", comma: " , ", ..Style::COMPACT },
    Style { indent: "  ", line_end: "\r\n", ..LINES },
    Style { indent: "    ", line_end: "\r\n", ..LINES },
    JACKSON,
    Style { line_end: "\r\n", ..JACKSON },
    DOTNET,
    Style { indent: "  ", colon: ": ", ..DOTNET },
    Style { indent: "  ", colon: ": ", line_end: "\r\n", ..DOTNET },
    Style { has_upper_digits: true, is_ascii: true, ..Style::COMPACT },
];

impl Json {
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
                let write = |item: &Self, level: usize, text: &mut String| item.write(style, level, text);
                if style.has_list_lines || style.indent.is_empty() || items.is_empty() {
                    return between('[', ']', items, style, level, text, write);
                }
                text.push_str("[ ");
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at > 0 { ", " } else { "" });
                    write(item, level, text);
                }
                text.push_str(" ]");
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
            text.push_str(style.line_end);
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
            _ if style.escaped.contains(letter) => escape(letter, style, text),
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '/' if style.escapes_slashes => text.push_str("\\/"),
            _ if letter.is_control() || (style.is_ascii && !letter.is_ascii()) => escape(letter, style, text),
            _ => text.push(letter),
        }
    }
    text.push('"');
}

fn escape(letter: char, style: Style, text: &mut String) {
    for unit in letter.encode_utf16(&mut [0; 2]) {
        let digits = format!("{unit:04x}");
        text.push_str("\\u");
        text.push_str(&if style.has_upper_digits { digits.to_ascii_uppercase() } else { digits });
    }
}
