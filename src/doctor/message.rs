//! The reader of a message as somebody pastes it: XML, JSON, query text, or lines of a console.

mod json;
mod lines;
mod members;
mod printed;
mod style;
mod xml;

pub(super) use self::json::Json;
pub(super) use self::style::{STYLES, Style};
pub(super) use self::xml::decoded;

/// The longest message, in bytes.
const BYTES: usize = 256 << 10;

/// The most fields. An order with all its coupons has fewer.
const FIELDS: usize = 1024;

/// Whether a message is small enough to be explained.
pub(super) fn is_small(fields: &[(String, String)]) -> bool {
    let bytes =
        fields.iter().fold(0_usize, |sum, (name, value)| sum.saturating_add(name.len()).saturating_add(value.len()));
    (1..=FIELDS).contains(&fields.len()) && bytes <= BYTES
}

/// The names and values of a message, in its order. Nothing is checked but its size.
///
/// `None` for a text that has no field, or that is too large.
pub(super) fn read_message(text: &str) -> Option<Vec<(String, String)>> {
    if text.len() > BYTES {
        return None;
    }
    let text = text.trim_start_matches('\u{feff}');
    let trimmed = text.trim();
    let fields = if trimmed.starts_with(['{', '[', '"']) {
        // What a console prints of an object begins alike.
        match Json::read(trimmed) {
            Some(Json::Text(inner)) => return read_message(&inner),
            Some(json) => json.fields(),
            None => printed::fields(trimmed).unwrap_or_else(|| lines::console(text)),
        }
    } else if let Some(markup) = xml::find(text) {
        xml::fields(markup)
    } else if let Some(query) = lines::address(trimmed).or_else(|| lines::body(text)) {
        lines::query(query)
    } else if lines::is_query(trimmed) {
        lines::query(trimmed)
    } else {
        printed::fields(trimmed).unwrap_or_else(|| lines::console(text))
    };
    Some(fields).filter(|fields| is_small(fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_of_a_message_have_the_same_fields() {
        let fields = [("mch_id", "10000100"), ("body", "茶 & <b>"), ("total_fee", "1"), ("attach", "")];
        let fields: Vec<(String, String)> = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        for text in [
            "<xml><mch_id>10000100</mch_id><body><![CDATA[茶 & <b>]]></body><total_fee>1</total_fee><attach/></xml>",
            "<?xml version=\"1.0\"?>\n<xml>\n  <mch_id>10000100</mch_id>\n<body>茶 &amp; &#60;b&gt;</body> <total_fee>1</total_fee><attach></attach>\n</xml>\n",
            r#"{ "mch_id": "10000100", "body": "\u8336 & <b>", "total_fee": 1, "attach": null }"#,
            r#"{"xml":{"mch_id":["10000100"],"body":["茶 & <b>"],"total_fee":["1"],"attach":[""]}}"#,
            "mch_id=10000100&body=%E8%8C%B6%20%26%20%3Cb%3E&total_fee=1&attach=",
            "mch_id=10000100&body=%E8%8C%B6+%26+%3Cb%3E&total_fee=1&attach=",
            "mch_id=10000100\nbody=茶 & <b>\ntotal_fee=1\nattach=\n",
            "mch_id: 10000100\r\nbody: 茶 & <b>\r\ntotal_fee: 1\r\nattach:\r\n",
            "{\n  mch_id: '10000100',\n  body: '茶 & <b>',\n  total_fee: 1,\n  attach: ''\n}",
            "{'mch_id': '10000100', 'body': '茶 & <b>', 'total_fee': 1, 'attach': None}",
            "{mch_id=10000100, body=茶 & <b>, total_fee=1, attach=}",
            "map[mch_id:10000100 body:茶 & <b> total_fee:1 attach:]",
            "{\"mch_id\"=>\"10000100\", :body=>\"茶 & <b>\", \"total_fee\"=>1, \"attach\"=>nil}",
            "Map(4) { 'mch_id' => '10000100', 'body' => '茶 & <b>', 'total_fee' => 1, 'attach' => '' }",
            "{ mch_id: '10000100', body: '茶 & <b>', total_fee: 1, attach: undefined }",
            "[mch_id, 10000100]\n[body, 茶 & <b>]\n[total_fee, 1]\n[attach, ]\n",
            "mch_id\t10000100\nbody\t茶 & <b>\ntotal_fee\t1\nattach\t\n",
            "https://a.b/c?mch_id=10000100&body=%E8%8C%B6%20%26%20%3Cb%3E&total_fee=1&attach=#d",
            "?mch_id=10000100&body=%E8%8C%B6%20%26%20%3Cb%3E&total_fee=1&attach=",
            "POST /c HTTP/1.1\r\nHost: a\r\n\r\nmch_id=10000100&body=%E8%8C%B6+%26+%3Cb%3E&total_fee=1&attach=",
            r#""{\"mch_id\":\"10000100\",\"body\":\"茶 & <b>\",\"total_fee\":1,\"attach\":null}""#,
            "array(4) {\n  [\"mch_id\"]=>\n  string(8) \"10000100\"\n  [\"body\"]=>\n  string(9) \"茶 & <b>\"\n  [\"total_fee\"]=>\n  int(1)\n  [\"attach\"]=>\n  NULL\n}\n",
            "Array\n(\n    [mch_id] => 10000100\n    [body] => 茶 & <b>\n    [total_fee] => 1\n    [attach] => \n)\n",
        ] {
            assert_eq!(read_message(text), Some(fields.clone()), "{text}");
        }
    }

    #[test]
    fn white_space_and_line_ends_of_values_are_kept() {
        let spaced = Some(vec![("a".to_owned(), " x ".to_owned()), ("b".to_owned(), "1\n2".to_owned())]);
        for text in ["<xml><a> x </a><b>1\n2</b></xml>", r#"{"a":" x ","b":"1\n2"}"#, "a= x &b=1%0A2", "a= x \nb=1\n2"]
        {
            assert_eq!(read_message(text), spaced, "{text:?}");
        }
    }

    #[test]
    fn numbers_and_nested_values_are_kept_as_they_are_written() {
        let text = r#"{"total_fee": 1.0, "n": 1e2, "detail": { "a": [1,  2], "b": "x y" }, "ok": true}"#;
        let fields = read_message(text).unwrap();
        let values: Vec<&str> = fields.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["1.0", "1e2", r#"{"a":[1,2],"b":"x y"}"#, "true"]);
    }

    #[test]
    fn hostile_texts_end() {
        let deep = "[".repeat(100_000);
        let open = "<a>".repeat(10_000);
        let flood = "a=1&".repeat(200_000);
        for text in ["", "{", "<xml>", "<xml><a", "{\"a\":", "%", "=", deep.as_str(), open.as_str(), flood.as_str()] {
            let _ = read_message(text);
        }
        assert_eq!(read_message(""), None);
        assert_eq!(read_message("nothing"), None);
    }
}
