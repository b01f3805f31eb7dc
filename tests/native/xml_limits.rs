//! X5: the limits, each at its exact edge, and depth without recursion.

use paysign::{Error, Limits, Params, parse_xml};

const BOTH: [Limits; 2] = [Limits::NOTICE, Limits::ANSWER];

fn code(read: Result<Params<'_>, Error>) -> &'static str {
    read.map_or_else(|error| error.kind().code(), |_| "accepted")
}

#[test]
fn the_limits_are_those_of_the_threat_model() {
    let shown = |limits: Limits| (limits.bytes, limits.fields, limits.name, limits.value);
    assert_eq!(shown(Limits::NOTICE), (64 * 1024, 256, 64, 32 * 1024));
    assert_eq!(shown(Limits::ANSWER), (256 * 1024, 1024, 64, 64 * 1024));
}

#[test]
fn a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
    for limits in BOTH {
        for filler in [" ", "<!---->"] {
            let body = "<xml><a>1</a></xml>";
            let filled = format!("{}{body}", filler.repeat((limits.bytes - body.len()) / filler.len()));
            let exact = format!("{filled}{}", " ".repeat(limits.bytes - filled.len()));
            assert_eq!(exact.len(), limits.bytes, "{filler:?}");
            assert_eq!(code(parse_xml(exact.as_bytes(), &limits)), "accepted", "{filler:?} {limits:?}");
            let error = parse_xml(format!("{exact} ").as_bytes(), &limits).unwrap_err();
            let place = Some(limits.bytes);
            assert_eq!((error.kind().code(), error.position()), ("ERR_XML", place), "{filler:?} {limits:?}");
        }
    }
}

#[test]
fn a_body_over_the_limit_is_not_even_looked_at() {
    // The first bytes are not UTF-8, and still the error is about the size.
    let error = parse_xml(&vec![0xff; Limits::NOTICE.bytes + 1], &Limits::NOTICE).unwrap_err();
    assert_eq!(error.position(), Some(Limits::NOTICE.bytes));
}

#[test]
fn as_many_fields_as_the_limit_are_read_and_one_more_is_not() {
    for limits in BOTH {
        for write in [|n: usize| format!("<f{n}/>"), |n: usize| format!("<f{n}>{n}</f{n}>")] {
            let body = |count: usize| format!("<xml>{}</xml>", (0..count).map(write).collect::<String>());
            let exact = body(limits.fields);
            assert_eq!(parse_xml(exact.as_bytes(), &limits).unwrap().len(), limits.fields, "{}", write(1));
            assert_eq!(code(parse_xml(body(limits.fields + 1).as_bytes(), &limits)), "ERR_XML", "{}", write(1));
        }
    }
}

#[test]
fn a_name_of_the_limit_is_read_and_one_byte_more_is_not() {
    for limits in BOTH {
        let body = |length: usize| format!("<xml><{0}>1</{0}></xml>", "n".repeat(length));
        assert_eq!(code(parse_xml(body(64).as_bytes(), &limits)), "accepted", "{limits:?}");
        assert_eq!(code(parse_xml(body(65).as_bytes(), &limits)), "ERR_XML", "{limits:?}");
        let shorter = Limits { name: 5, ..limits };
        assert_eq!(code(parse_xml(body(5).as_bytes(), &shorter)), "accepted", "{shorter:?}");
        assert_eq!(code(parse_xml(body(6).as_bytes(), &shorter)), "ERR_XML", "{shorter:?}");
    }
}

#[test]
fn a_value_of_the_limit_is_read_and_one_byte_more_is_not() {
    let writers: [fn(usize) -> String; 5] = [
        |length| "x".repeat(length),
        |length| format!("<![CDATA[{}]]>", "x".repeat(length)),
        |length| format!("{}<![CDATA[{}]]>", "x".repeat(length / 2), "x".repeat(length - length / 2)),
        |length| format!("{}&#x4e00;", "x".repeat(length - 3)),
        |length| format!("测{}", "x".repeat(length - "测".len())),
    ];
    for limits in BOTH {
        for write in writers {
            let body = |length: usize| format!("<xml><a>{}</a></xml>", write(length));
            let what = write(40);
            let read = parse_xml(body(limits.value).as_bytes(), &limits).map(|fields| fields.text("a").len());
            assert_eq!(read, Ok(limits.value), "{what}");
            assert_eq!(code(parse_xml(body(limits.value + 1).as_bytes(), &limits)), "ERR_XML", "{what}");
        }
    }
}

#[test]
fn a_value_is_measured_after_it_is_decoded() {
    let body = format!("<xml><a>{}</a></xml>", "&lt;".repeat(Limits::NOTICE.value / 3));
    assert!(body.len() > Limits::NOTICE.value);
    assert_eq!(code(parse_xml(body.as_bytes(), &Limits::NOTICE)), "accepted");
}

#[test]
fn there_is_one_level_of_fields_and_no_attribute() {
    let cases = [
        "<xml><a><b>1</b></a></xml>",
        "<xml><xml><a>1</a></xml></xml>",
        "<xml><a b=\"1\">1</a></xml>",
        "<xml a=\"1\"><a>1</a></xml>",
        "<xml xmlns=\"x\"><a>1</a></xml>",
    ];
    for body in cases {
        assert_eq!(code(parse_xml(body.as_bytes(), &Limits::NOTICE)), "ERR_XML", "{body}");
    }
}

#[test]
fn floods_end_in_an_error_and_not_in_a_full_stack() {
    let wide = Limits { bytes: usize::MAX, fields: usize::MAX, name: 64, value: usize::MAX };
    let floods = [
        "<a>".repeat(300_000),
        format!("<xml>{}", "<a>".repeat(300_000)),
        format!("<xml><a>{}", "<!--".repeat(300_000)),
        format!("<xml><a>{}", "<![CDATA[".repeat(300_000)),
        format!("<xml><a {}>1</a></xml>", "a=\"1\" ".repeat(50_000)),
        format!("<xml {}><a>1</a></xml>", "xmlns:a=\"1\" ".repeat(50_000)),
        format!("<xml><a>{}</a>", "]".repeat(1_000_000)),
        format!("<xml>{}", "<!-- -->".repeat(100_000)),
        format!("<xml>{}</xml>", "<a>1</a>".repeat(100_000)),
    ];
    for flood in &floods {
        assert_eq!(code(parse_xml(flood.as_bytes(), &wide)), "ERR_XML", "{}…", &flood[..20]);
        assert_eq!(code(parse_xml(flood.as_bytes(), &Limits::NOTICE)), "ERR_XML", "{}…", &flood[..20]);
    }
}
