//! The reader against two XML parsers: what it accepts they read alike, and it reads what a correct writer writes.

use std::collections::btree_map::Entry;

use paysign::{Limits, Params, build_xml, parse_xml};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::genuine::notice;
use crate::properties::same_for_all;
use crate::support::{Fields, signed, xml};

/// Pieces that XML is made of, right and wrong, so that chance makes bodies that are nearly right.
const PIECES: [&str; 64] = [
    "<xml>",
    "</xml>",
    "<a>",
    "</a>",
    "<b>",
    "</b>",
    "<a/>",
    "<b />",
    "<a >",
    "</a\n>",
    "<xml >",
    "<c></c>",
    "<!--",
    "-->",
    "<!-- x -->",
    "<!---->",
    "<![CDATA[",
    "]]>",
    "<![CDATA[x]]>",
    "<![CDATA[]]>",
    "]]",
    "]",
    ">",
    "<",
    "&",
    ";",
    "&amp;",
    "&lt;",
    "&gt;",
    "&quot;",
    "&apos;",
    "&#10;",
    "&#13;",
    "&#x41;",
    "&#0;",
    "&#xD800;",
    "&nbsp;",
    "\r\n",
    "\r",
    "\n",
    " ",
    "\t",
    "x",
    "测试",
    "😀",
    "e\u{301}",
    "\u{a0}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{fffe}",
    "\0",
    "<!DOCTYPE xml>",
    "<?x y?>",
    "<?xml version=\"1.0\"?>",
    "<?xml version='1.0' encoding='utf-8'?>",
    " a=\"1\"",
    "<a:b>",
    "<é>",
    "<_>1</_>",
    "<__proto__>1</__proto__>",
    "<d>1</d>",
    "--",
    "\u{7f}",
];

/// A body that a correct writer could have written, and its fields.
fn right_body() -> impl Strategy<Value = (String, Fields)> {
    let name = "[a-zA-Z_][a-zA-Z0-9_.-]{0,6}";
    let piece = (select(&["text", "cdata", "number", "entity"][..]), "[ -~\n\t测é😀\u{a0}\u{feff}\u{85}]{0,6}");
    let field = (name, prop::collection::vec(piece, 0..4), select(&["", " ", "\n", "<!-- & < -->", "<!---->"][..]));
    let start = select(&["", "\u{feff}", "<?xml version=\"1.0\"?>\n", "<!-- ]]> -->", "\r\n "][..]);
    (start, prop::collection::vec(field, 0..6)).prop_map(|(start, list)| {
        let (mut body, mut fields) = (format!("{start}<xml>"), Fields::new());
        for (name, pieces, between) in list {
            let (written, value): (Vec<String>, Vec<String>) = pieces.into_iter().map(write_piece).unzip();
            if let Entry::Vacant(place) = fields.entry(name) {
                body += &format!("<{0}>{1}</{0}>{between}", place.key(), written.concat());
                place.insert(value.concat());
            }
        }
        (body + "</xml>\n", fields)
    })
}

/// A text written in one of the ways that XML has, and the text.
fn write_piece((way, text): (&str, String)) -> (String, String) {
    let escaped = |one: char| match one {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        other => other.to_string(),
    };
    let written = match way {
        "cdata" => format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>")),
        "number" => text.chars().map(|one| format!("&#{};", u32::from(one))).collect(),
        "text" => {
            text.chars().map(|one| if matches!(one, '&' | '<' | '>') { escaped(one) } else { one.into() }).collect()
        }
        _ => text.chars().map(escaped).collect(),
    };
    (written, text)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_body_of_a_correct_writer_is_read_alike_by_all_three((body, fields) in right_body()) {
        let read = parse_xml(body.as_bytes(), &Limits::ANSWER);
        prop_assert_eq!(read, Params::from_pairs(&fields), "{:?}", body);
        prop_assert!(same_for_all(body.as_bytes()));
    }

    #[test]
    fn a_right_body_with_a_few_changes_is_refused_or_read_the_same_by_all(
        (body, _) in right_body(),
        changes in prop::collection::vec((any::<Index>(), any::<Index>(), 0..3_u8), 1..4),
    ) {
        let mut body = body.into_bytes();
        for (place, what, way) in changes {
            let at = place.index(body.len());
            match way {
                0 => drop(body.remove(at)),
                1 => drop(body.splice(at..at, what.get(&PIECES).bytes())),
                _ => drop(body.splice(at..(at + what.index(9)).min(body.len()), [])),
            }
            if body.is_empty() {
                break;
            }
        }
        same_for_all(&body);
    }

    #[test]
    fn pieces_of_xml_in_any_order_are_refused_or_read_the_same_by_all(pieces in prop::collection::vec(select(&PIECES[..]), 0..12)) {
        let inside = pieces.concat();
        for body in [inside.clone(), format!("<xml>{inside}</xml>"), format!("<xml><z>{inside}</z></xml>")] {
            same_for_all(body.as_bytes());
        }
    }

    #[test]
    fn any_params_are_built_and_read_back_without_their_empty_fields(
        fields in prop::collection::btree_map("[a-zA-Z_][a-zA-Z0-9_.-]{0,63}", "[^\r\0-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]{0,40}", 0..8)
    ) {
        let mut params = Params::from_pairs(&fields).unwrap();
        let xml = build_xml(&params).unwrap();
        for (name, _) in fields.iter().filter(|(_, value)| value.is_empty()) {
            params.remove(name);
        }
        prop_assert_eq!(parse_xml(xml.as_bytes(), &Limits::ANSWER), Ok(params));
        prop_assert!(same_for_all(xml.as_bytes()));
    }
}

#[test]
fn every_change_of_one_byte_in_a_real_notice_is_refused_or_read_the_same_by_all() {
    let body = xml(&signed(&notice())).into_bytes();
    let mut accepted = 0;
    for at in 0..body.len() {
        for byte in [b'<', b'>', b'&', b'x', b'/', b']', b' ', b'\r', 0, 0xff] {
            let mut changed = body.clone();
            changed[at] = byte;
            accepted += usize::from(same_for_all(&changed));
        }
        let without = [&body[..at], &body[at + 1..]].concat();
        accepted += usize::from(same_for_all(&without));
    }
    assert!(accepted > body.len(), "only {accepted} bodies were compared");
}

#[test]
fn the_vectors_are_read_the_same_by_all() {
    let json: serde_json::Value = serde_json::from_str(include_str!("../vectors/xml.json")).unwrap();
    let cases = json["accepted"].as_array().unwrap();
    assert!(cases.len() >= 45, "only {} cases were read", cases.len());
    for case in cases {
        assert!(same_for_all(case["body"].as_str().unwrap().as_bytes()), "{case}");
    }
}
