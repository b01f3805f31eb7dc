//! X2, X3: a signature over one reading of an ambiguous body lets no other reading through.

use crate::genuine::notice;
use crate::support::{Fields, open, refusal, refused, signed, with, without, xml};

/// An ambiguous body for `out_trade_no`, signed over one value that a lenient parser would read.
fn signed_over(reading: &str, element: &str) -> String {
    let message = signed(&with(&notice(), &[("out_trade_no", reading)]));
    xml(&message).replace(&format!("<out_trade_no><![CDATA[{reading}]]></out_trade_no>"), element)
}

#[test]
fn two_values_of_one_name_are_refused_whichever_of_them_was_signed() {
    let twice = "<out_trade_no>1409811653</out_trade_no><out_trade_no>2</out_trade_no>";
    let apart = "<out_trade_no>1409811653</out_trade_no><zz/><out_trade_no>2</out_trade_no>";
    for reading in ["1409811653", "2", "1409811653,2", "14098116532", "1409811653 2", "[\"1409811653\",\"2\"]"] {
        for element in [twice, apart] {
            let body = signed_over(reading, element);
            assert_eq!(open(body.as_bytes()).unwrap_err().kind().code(), "ERR_XML", "{reading}");
        }
    }
}

#[test]
fn a_value_with_more_than_text_in_it_is_refused_whichever_reading_was_signed() {
    let elements = [
        "<out_trade_no>1409811653<!-- -->4</out_trade_no>",
        "<out_trade_no>1409811653<!----><![CDATA[4]]></out_trade_no>",
        "<out_trade_no>1409811653<b>4</b></out_trade_no>",
        "<out_trade_no><b>1409811653</b>4</out_trade_no>",
        "<out_trade_no>1409811653<?x y?>4</out_trade_no>",
        "<out_trade_no>1409811653<b/>4</out_trade_no>",
        "<out_trade_no><out_trade_no>1409811653</out_trade_no>4</out_trade_no>",
        "<out_trade_no x=\"4\">1409811653</out_trade_no>",
        "<group><out_trade_no>1409811653</out_trade_no></group>",
        "<x:out_trade_no>1409811653</x:out_trade_no>",
        "<out_trade_no>1409811653</out_trade_no>4",
        "4<out_trade_no>1409811653</out_trade_no>",
    ];
    for element in elements {
        for reading in ["1409811653", "4", "14098116534", ""] {
            let body = signed_over(reading, element);
            assert_eq!(open(body.as_bytes()).unwrap_err().kind().code(), "ERR_XML", "{reading} {element}");
        }
    }
}

#[test]
fn a_second_root_and_trailing_text_are_refused_though_the_first_root_is_genuine() {
    let genuine = xml(&signed(&notice()));
    assert!(open(genuine.as_bytes()).is_ok());
    for more in [
        genuine.as_str(),
        "<xml></xml>",
        "<xml/>",
        "<a>1</a>",
        "x",
        "\0",
        "</xml>",
        "<!-- -->",
        "<![CDATA[]]>",
        "&#32;",
    ] {
        assert_eq!(open(format!("{genuine}{more}").as_bytes()).unwrap_err().kind().code(), "ERR_XML", "{more}");
        assert_eq!(open(format!("{more}{genuine}").as_bytes()).is_err(), more != "<!-- -->", "{more}");
    }
    assert!(open(format!("{genuine} \r\n\t").as_bytes()).is_ok(), "white space at the end is nothing");
}

/// What Node makes of bytes that are not UTF-8 when it reads them as a string.
fn lenient(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_though_their_lenient_reading_is_signed() {
    let broken: [&[u8]; 8] =
        [b"\xff", b"\x80", b"\xc0\x80", b"\xe6\xb5", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xb2\xe2", b"caf\xe9"];
    for bytes in broken {
        let body = xml(&signed(&with(&notice(), &[("attach", &lenient(bytes))])));
        let at = body.find("<attach><![CDATA[").unwrap() + "<attach><![CDATA[".len();
        let end = at + lenient(bytes).len();
        let body = [&body.as_bytes()[..at], bytes, &body.as_bytes()[end..]].concat();
        assert!(open(lenient(&body).as_bytes()).is_ok(), "the lenient reading of {bytes:?} is a good notice");
        let error = open(&body).unwrap_err();
        let place = Some(at + bytes_of_good_start(bytes));
        assert_eq!((error.kind().code(), error.position()), ("ERR_XML", place), "{bytes:?}");
    }
}

fn bytes_of_good_start(bytes: &[u8]) -> usize {
    std::str::from_utf8(bytes).unwrap_err().valid_up_to()
}

#[test]
fn text_is_verified_byte_for_byte_and_never_normalised() {
    // Each pair is one text after NFC, NFKC, case folding or trimming.
    let pairs = [
        ("caf\u{e9}", "cafe\u{301}"),
        ("a b", "a\u{a0}b"),
        ("12", "１２"),
        ("OK", "ok"),
        ("x", "x "),
        ("x", " x"),
        ("x", "x\u{feff}"),
        ("x", "x\u{200b}"),
        ("a\nb", "a\u{85}b"),
        ("a\nb", "a\u{2028}b"),
        ("ﬁ", "fi"),
        ("%41", "A"),
        ("&amp;", "&"),
        ("a+b", "a b"),
    ];
    for (signed_text, sent) in pairs.into_iter().chain(pairs.map(|(one, other)| (other, one))) {
        let message = signed(&with(&notice(), &[("attach", signed_text)]));
        assert!(open(xml(&message).as_bytes()).is_ok(), "{signed_text:?}");
        assert_eq!(refusal(&with(&message, &[("attach", sent)])), refused("ERR_SIGNATURE", "sign"), "{sent:?}");
    }
}

#[test]
fn a_carriage_return_is_signed_as_the_line_feed_that_every_parser_makes_of_it() {
    let signed_with = |attach: &str| signed(&with(&notice(), &[("attach", attach)]));
    let sent = |fields: &Fields| xml(fields).replace("a\nb", "a\r\nb");
    assert!(open(sent(&signed_with("a\nb")).as_bytes()).is_ok());
    let raw = xml(&signed_with("a\r\nb"));
    assert_eq!(open(raw.as_bytes()).unwrap_err().kind().code(), "ERR_SIGNATURE");
}

#[test]
fn however_a_text_is_written_it_is_the_same_text() {
    let message = signed(&without(&notice(), &["attach"]));
    let with_attach = signed(&notice());
    let ways = [
        "<attach><![CDATA[支付测试 <1>&]]></attach>",
        "<attach>支付测试 &lt;1&gt;&amp;</attach>",
        "<attach>&#25903;&#x4ED8;测试 &#x3c;1&#62;&#38;</attach>",
        "<attach>支付<![CDATA[测试 <1]]>&gt;<![CDATA[&]]></attach>",
        "<attach >支付测试&#32;<![CDATA[<1>&]]></attach\n>",
    ];
    for way in ways {
        let sign = format!("<sign>{}</sign>", with_attach["sign"]);
        let body = xml(&without(&message, &["sign"])).replace("</xml>", &format!("{way}{sign}</xml>"));
        assert_eq!(open(body.as_bytes()).unwrap().fields.get("attach"), Some("支付测试 <1>&"), "{way}");
    }
}
