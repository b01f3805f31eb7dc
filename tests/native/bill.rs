//! Bills through the public API: the vectors, whole and in pieces, and what is cut off.
#![allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::collections::BTreeMap;

use paysign::{BillEnd, BillReader, Error, ErrorKind, Outcome, fen, parse_bill, parse_comments};
use serde::Deserialize;

const VECTORS: &str = include_str!("../vectors/bills.json");

#[derive(Deserialize)]
struct Vectors {
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
    comments: Vec<Comments>,
    refused_comments: Vec<Text>,
    fen: Vec<Fen>,
    no_fen: Vec<String>,
}

#[derive(Deserialize)]
struct Accepted {
    name: String,
    text: String,
    columns: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
    summary: BTreeMap<String, String>,
    differences: Vec<Difference>,
    uncompared: Vec<String>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Difference {
    name: String,
    stated: String,
    counted: Option<String>,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    text: String,
    outcome: String,
    err_code: Option<String>,
    return_msg: Option<String>,
}

#[derive(Deserialize)]
struct Comments {
    name: String,
    text: String,
    offset: u64,
    comments: Vec<Comment>,
}

#[derive(Deserialize, Debug, PartialEq)]
struct Comment {
    time: String,
    transaction_id: String,
    stars: u8,
    comment: String,
}

#[derive(Deserialize)]
struct Text {
    name: String,
    text: String,
}

#[derive(Deserialize)]
struct Fen {
    yuan: String,
    fen: i64,
}

fn vectors() -> Vectors {
    let read: Vectors = serde_json::from_str(VECTORS).unwrap();
    let (bills, comments) =
        ([read.accepted.len(), read.refused.len()], [read.comments.len(), read.refused_comments.len()]);
    assert!(
        bills[0] >= 20 && bills[1] >= 25 && comments[0] >= 4 && comments[1] >= 6,
        "only {bills:?} bills and {comments:?} lists of comments were read"
    );
    assert!(read.fen.len() >= 10 && read.no_fen.len() >= 15, "only {} amounts were read", read.fen.len());
    read
}

type Rows = Vec<BTreeMap<String, String>>;

fn in_pieces(bill: &[u8], size: usize) -> Result<(Rows, BillEnd), Error> {
    let mut reader = BillReader::new();
    let mut rows = Vec::new();
    for chunk in bill.chunks(size) {
        reader.push(chunk, |row| {
            rows.push(row.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
        })?;
    }
    Ok((rows, reader.finish()?))
}

fn differences(found: &[paysign::Difference]) -> Vec<Difference> {
    let copy = |one: &paysign::Difference| {
        let paysign::Difference { name, stated, counted } = one.clone();
        Difference { name, stated, counted }
    };
    found.iter().map(copy).collect()
}

#[test]
fn every_kind_of_bill_is_read_as_the_vectors_say() {
    for case in vectors().accepted {
        let bill = parse_bill(case.text.as_bytes()).unwrap();
        assert_eq!(bill.columns, case.columns, "{}", case.name);
        let name = |row: &Vec<String>| bill.columns.iter().cloned().zip(row.iter().cloned()).collect();
        assert_eq!(bill.rows.iter().map(name).collect::<Rows>(), case.rows, "{}", case.name);
        assert_eq!(bill.summary.into_iter().collect::<BTreeMap<_, _>>(), case.summary, "{}", case.name);
        assert_eq!(differences(&bill.differences), case.differences, "{}", case.name);
    }
}

#[test]
fn every_value_of_a_summary_is_right_or_different_or_reported_as_uncompared() {
    let mut kinds = [0, 0, 0];
    for case in vectors().accepted {
        let bill = parse_bill(case.text.as_bytes()).unwrap();
        assert_eq!(bill.uncompared, case.uncompared, "{}", case.name);
        for size in [1, 7, 100_000] {
            let (_, end) = in_pieces(case.text.as_bytes(), size).unwrap();
            assert_eq!(end.uncompared, case.uncompared, "{} by {size}", case.name);
        }
        for (name, _) in &bill.summary {
            let is_different = bill.differences.iter().any(|one| one.name == *name);
            let is_uncompared = bill.uncompared.contains(name);
            assert!(!(is_different && is_uncompared), "{}: {name}", case.name);
            kinds[usize::from(is_different) + 2 * usize::from(is_uncompared)] += 1;
        }
    }
    assert!(kinds.iter().all(|kind| *kind > 5), "{kinds:?}");
}

#[test]
fn a_bill_in_pieces_of_any_size_is_the_whole_bill() {
    for case in vectors().accepted {
        let bytes = case.text.as_bytes();
        for size in (1..40).chain([1000, 100_000]) {
            let (rows, end) = in_pieces(bytes, size).unwrap();
            assert_eq!(rows, case.rows, "{} by {size}", case.name);
            assert_eq!(differences(&end.differences), case.differences, "{} by {size}", case.name);
        }
    }
}

#[test]
fn a_cut_off_bill_is_an_error_unless_every_row_is_there_and_the_change_is_reported() {
    let mut changed = 0;
    for case in vectors().accepted {
        let bytes = case.text.as_bytes();
        let last = case.text.trim_end().rfind(",`").unwrap();
        for cut in 0..bytes.len() {
            match parse_bill(&bytes[..cut]) {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Bill, "{} at {cut}", case.name),
                // Inside the very last value: `0.50` may have been `0.5`, and the two look alike.
                Ok(bill) => {
                    assert!(cut > last && bill.rows.len() == case.rows.len(), "{} at {cut}", case.name);
                    changed += 1;
                }
            }
        }
    }
    assert!(changed > 0, "no value was cut at its end");
}

#[test]
fn what_is_no_bill_is_an_error_that_says_why_however_it_arrives() {
    for case in vectors().refused {
        let outcome = if case.outcome == "rejected" { Outcome::Rejected } else { Outcome::Unknown };
        let whole = parse_bill(case.text.as_bytes()).unwrap_err();
        assert_eq!((whole.kind(), whole.outcome()), (ErrorKind::Bill, outcome), "{}", case.name);
        assert_eq!(whole.err_code(), case.err_code.as_deref(), "{}", case.name);
        assert_eq!(whole.return_msg(), case.return_msg.as_deref(), "{}", case.name);
        for size in [1, 2, 7] {
            assert_eq!(in_pieces(case.text.as_bytes(), size).unwrap_err(), whole, "{} by {size}", case.name);
        }
    }
}

#[test]
fn markup_of_any_size_is_refused_without_being_kept() {
    let mut reader = BillReader::new();
    let mut pushed = 0;
    let error = loop {
        if let Err(error) = reader.push(b"<p>an endless page</p>", |_| ()) {
            break error;
        }
        pushed += 22;
        assert!(pushed < 1 << 20, "a page of a megabyte is held");
    };
    assert_eq!(error.kind(), ErrorKind::Bill);
}

#[test]
fn bytes_that_are_no_utf8_or_compressed_are_refused_at_their_place() {
    let error = parse_bill(b"a,b\n`1,`\xff\n").unwrap_err();
    assert_eq!((error.kind(), error.position()), (ErrorKind::Bill, Some(8)));
    assert!(parse_bill(b"\x1f\x8b\x08").unwrap_err().message().contains("compressed"));
}

#[test]
fn comments_are_read_as_the_vectors_say() {
    let Vectors { comments, refused_comments, .. } = vectors();
    for case in comments {
        let answer = parse_comments(case.text.as_bytes()).unwrap();
        let copy = |one: &paysign::Comment| {
            let paysign::Comment { time, transaction_id, stars, comment } = one.clone();
            Comment { time, transaction_id, stars, comment }
        };
        let found: Vec<Comment> = answer.comments.iter().map(copy).collect();
        assert_eq!((answer.offset, found), (case.offset, case.comments), "{}", case.name);
    }
    for case in refused_comments {
        assert_eq!(parse_comments(case.text.as_bytes()).unwrap_err().kind(), ErrorKind::Bill, "{}", case.name);
    }
}

#[test]
fn yuan_become_fen_as_the_vectors_say() {
    let Vectors { fen: accepted, no_fen, .. } = vectors();
    for case in accepted {
        assert_eq!(fen(&case.yuan), Ok(case.fen), "{}", case.yuan);
    }
    for yuan in no_fen {
        assert_eq!(fen(&yuan).unwrap_err().kind(), ErrorKind::Param, "{yuan}");
    }
}
