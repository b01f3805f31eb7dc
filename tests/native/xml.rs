//! X1, X3, X4: markup that could resolve something, invalid UTF-8 and characters, malformed names.

use paysign::{Limits, parse_xml};

use crate::genuine::notice;
use crate::support::{OTHER_KEY, open, signed, signed_by, with, xml};

/// Tokens that must be refused at every place, although nothing here could resolve them.
const MARKUP: [&str; 24] = [
    "<!DOCTYPE xml>",
    "<!doctype xml>",
    "<!DoCtYpE xml>",
    "<!DOCTYPE",
    "<!DOCTYPE xml SYSTEM \"file:///etc/passwd\">",
    "<!DOCTYPE xml SYSTEM 'http://127.0.0.1/x.dtd'>",
    "<!DOCTYPE xml PUBLIC \"-//x//y\" \"http://127.0.0.1/x.dtd\">",
    "<!DOCTYPE xml [<!ENTITY a \"b\">]>",
    "<!DOCTYPE xml [<!ENTITY xxe SYSTEM \"file:///etc/passwd\">]>",
    "<!DOCTYPE xml [<!ENTITY % p SYSTEM \"http://127.0.0.1/p\">%p;]>",
    "<!DOCTYPE xml [<!ENTITY a \"&#60;b>1&#60;/b>\">]>",
    "<!DOCTYPE xml [<!ATTLIST xml a CDATA \"1\">]>",
    "<!DOCTYPE xml [<!ELEMENT xml ANY>]>",
    "<!DOCTYPE xml [<!NOTATION n SYSTEM \"n\">]>",
    "<!DOCTYPE xml [<!-- -->]>",
    "<!DOCTYPE xml [<?x y?>]>",
    "<!ENTITY a \"b\">",
    "<!ELEMENT xml ANY>",
    "<![INCLUDE[x]]>",
    "<![cdata[x]]>",
    "<!\tDOCTYPE xml>",
    "<!>",
    "<?xml-stylesheet href=\"http://127.0.0.1/x\"?>",
    "<?php echo 1 ?>",
];

/// The texts before and after the markup. Without the markup each of these is a good body.
const PLACES: [(&str, &str); 11] = [
    ("", "<xml><a>1</a></xml>"),
    ("\u{feff}", "<xml><a>1</a></xml>"),
    (" \n", "<xml><a>1</a></xml>"),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<xml><a>1</a></xml>"),
    ("<!-- c -->", "<xml><a>1</a></xml>"),
    ("<xml>", "<a>1</a></xml>"),
    ("<xml><a>1</a><!-- c -->", "<b>2</b></xml>"),
    ("<xml><a>", "1</a></xml>"),
    ("<xml><a>1<![CDATA[2]]>", "</a></xml>"),
    ("<xml><a>1</a>", "</xml>"),
    ("<xml><a>1</a></xml>", ""),
];

fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

/// RFC 2152 with every `<` and `>` shifted, so that byte filters miss it.
fn utf_7(text: &str) -> Vec<u8> {
    text.replace('+', "+-").replace('<', "+ADw-").replace('>', "+AD4-").into_bytes()
}

#[test]
fn markup_that_could_resolve_something_is_refused_in_every_place_and_encoding() {
    for (before, behind) in PLACES {
        assert!(parse_xml(format!("{before}{behind}").as_bytes(), &Limits::NOTICE).is_ok(), "{before}{behind}");
        for markup in MARKUP {
            let body = format!("{before}{markup}{behind}");
            let with_mark = format!("\u{feff}{body}");
            let encoded = [
                body.clone().into_bytes(),
                utf_16(&body, u16::to_le_bytes),
                utf_16(&body, u16::to_be_bytes),
                utf_16(&with_mark, u16::to_le_bytes),
                utf_16(&with_mark, u16::to_be_bytes),
                utf_7(&body),
            ];
            for bytes in encoded {
                let code = parse_xml(&bytes, &Limits::NOTICE).map_err(|error| error.kind().code());
                assert_eq!(code.err(), Some("ERR_XML"), "{body}");
            }
        }
    }
}

#[test]
fn the_same_markup_inside_cdata_is_text() {
    let texts: Vec<&str> = MARKUP.into_iter().filter(|text| !text.contains("]]>")).collect();
    assert!(texts.len() >= 20, "only {} texts stay inside CDATA", texts.len());
    for text in texts {
        let body = format!("<xml><a><![CDATA[{text}]]></a></xml>");
        let read = parse_xml(body.as_bytes(), &Limits::NOTICE).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read.get("a"), Some(text));
    }
}

#[test]
fn a_genuine_notice_with_such_markup_in_a_text_is_not_lost() {
    for text in MARKUP {
        let fields = signed(&with(&notice(), &[("attach", text)]));
        let body = xml(&fields);
        let opened = open(body.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(opened.fields.get("attach"), Some(text));
    }
}

#[test]
fn a_message_is_parsed_before_it_is_verified_but_never_the_other_way_round() {
    // A stranger's document type is named as such: the signature was not checked yet.
    let body = format!("<!DOCTYPE xml>{}", xml(&signed_by(&notice(), OTHER_KEY, paysign::SignType::Md5)));
    assert_eq!(open(body.as_bytes()).unwrap_err().kind().code(), "ERR_XML");
}

#[test]
fn an_entity_that_nobody_declared_has_no_text() {
    for name in ["xxe", "nbsp", "a", "AMP", "amp1", "lt.", "percent", "#", "#x", "#xZ", "quot "] {
        let body = format!("<xml><a>&{name};</a></xml>");
        assert!(parse_xml(body.as_bytes(), &Limits::NOTICE).is_err(), "{body}");
    }
}

#[test]
fn every_character_is_read_or_refused_as_xml_1_0_says() {
    let others = ('\u{10000}'..=char::MAX).step_by(251).chain(['\u{1fffe}', '\u{1ffff}', '\u{10fffe}', char::MAX]);
    for character in ('\0'..='\u{ffff}').chain(others) {
        let allowed =
            matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        let reference = format!("<xml><a>&#x{:X};</a></xml>", u32::from(character));
        let read = parse_xml(reference.as_bytes(), &Limits::NOTICE).ok();
        let text = read.as_ref().and_then(|fields| fields.get("a")).and_then(|text| text.chars().next());
        assert_eq!(text, allowed.then_some(character), "&#x{:X};", u32::from(character));

        let itself = format!("<xml><a><![CDATA[{character}]]></a></xml>");
        let read = parse_xml(itself.as_bytes(), &Limits::NOTICE).ok();
        let text = read.as_ref().and_then(|fields| fields.get("a")).and_then(|text| text.chars().next());
        let wanted = if character == '\r' { '\n' } else { character };
        assert_eq!(text, allowed.then_some(wanted), "U+{:04X}", u32::from(character));
    }
}

#[test]
fn every_number_that_names_no_character_is_refused() {
    let surrogates = 0xd800..=0xdfff_u64;
    let beyond = [0x11_0000, 0x7fff_ffff, 0xffff_ffff, 0x1_0000_0041, u64::MAX];
    for number in surrogates.chain(beyond) {
        for reference in [format!("&#{number};"), format!("&#x{number:x};"), format!("&#x000000000{number:X};")] {
            let body = format!("<xml><a>{reference}</a></xml>");
            assert!(parse_xml(body.as_bytes(), &Limits::NOTICE).is_err(), "{reference}");
        }
    }
}

#[test]
fn every_two_bytes_are_utf_8_for_us_when_they_are_for_rust() {
    for first in 0x80..=0xff_u8 {
        for second in 0x80..=0xff_u8 {
            let body = [b"<xml><a>".as_slice(), &[first, second], b"</a></xml>"].concat();
            let text = std::str::from_utf8(&[first, second]).ok().map(str::to_owned);
            let read = parse_xml(&body, &Limits::NOTICE).ok().map(|fields| fields.text("a").to_owned());
            assert_eq!(read, text, "{first:02x} {second:02x}");
        }
    }
}

#[test]
fn a_name_is_ascii_and_matters_in_its_case() {
    // Cyrillic а, е, о; Greek ο; full-width; combining; zero width.
    for name in ["tоtal_fee", "total_fеe", "tοtal_fee", "ｔotal_fee", "total_fee\u{301}", "total_fee\u{200b}", "tötal"]
    {
        let body = format!("<xml><{name}>1</{name}></xml>");
        assert!(parse_xml(body.as_bytes(), &Limits::NOTICE).is_err(), "{name}");
    }
    let read = parse_xml(b"<xml><Total_Fee>1</Total_Fee></xml>", &Limits::NOTICE).unwrap();
    assert_eq!((read.get("total_fee"), read.get("Total_Fee")), (None, Some("1")));
}

#[test]
fn an_unsigned_field_of_any_name_breaks_the_signature() {
    for name in ["__proto__", "constructor", "then", "toJSON", "length", "hasOwnProperty", "Sign", "Total_Fee", "zz"] {
        let added = with(&signed(&notice()), &[(name, "1")]);
        assert_eq!(open(xml(&added).as_bytes()).unwrap_err().kind().code(), "ERR_SIGNATURE", "{name}");
    }
}

#[test]
fn a_repeated_field_is_shown_at_its_second_place() {
    let body = "<xml><a>1</a><ab>2</ab><!-- <a> --><a>3</a><b><![CDATA[<a>]]></b></xml>";
    let error = parse_xml(body.as_bytes(), &Limits::NOTICE).unwrap_err();
    assert_eq!(error.position(), body.find("<a>3"));
}

/// A reader may compare many bytes at once. The searched bytes may be at any place in such a block, and across its end.
#[test]
fn a_forbidden_character_is_found_at_every_place() {
    for before in 0..70 {
        for behind in [0, 1, 2, 15, 40] {
            for harmless in ["", "\t", "，", "\u{fffd}", "\u{ffef}"] {
                let start = format!("<xml><a>{}{harmless}", "x".repeat(before));
                let end = format!("{}</a></xml>", "y".repeat(behind));
                assert!(parse_xml(format!("{start}{end}").as_bytes(), &Limits::NOTICE).is_ok(), "{start}{end}");
                for forbidden in ["\0", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
                    let error = parse_xml(format!("{start}{forbidden}{end}").as_bytes(), &Limits::NOTICE).unwrap_err();
                    assert_eq!(error.position(), Some(start.len()), "{start}{forbidden:?}{end}");
                }
            }
        }
    }
}

#[test]
fn the_end_of_cdata_is_found_at_every_place() {
    for before in 0..70 {
        for brackets in ["", "]", "]]", "]]]]", "] ]>", "]>", "]]\u{fffd}"] {
            let text = format!("{}{brackets}", "x".repeat(before));
            let body = format!("<xml><a><![CDATA[{text}]]></a><b><![CDATA[]]></b></xml>");
            assert_eq!(parse_xml(body.as_bytes(), &Limits::NOTICE).unwrap().get("a"), Some(text.as_str()));
        }
    }
}
