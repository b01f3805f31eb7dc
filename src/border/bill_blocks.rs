//! The conversion of a bill, block by block, and of an answer of comments to JavaScript objects.
//!
//! Wasm keeps nothing between calls: a call returns the state as text, and the next call receives this text. Rows are packed, see
//! [`Parts`].

use serde::Serialize;

use super::bill_hash::BillHash;
use super::bill_parts::{Bytes, Parts};
use crate::bill::{BillEnd, BillReader};
use crate::error::{Error, ErrorKind};
use crate::v2::comments::parse_comments;

/// The contents of one block.
#[derive(Serialize)]
pub(crate) struct BlockObject {
    /// The bytes of the whole lines that were read.
    consumed: usize,
    /// The names of the columns, after the header was read.
    columns: Vec<String>,
    rows: Bytes,
    /// For the next block.
    state: String,
    /// The state of the hash for the next block, and after the last one the hash itself. Null where none is made.
    hash: Option<String>,
    /// Set after the last block. Before that, it is null, not absent: a prototype could supply an absent member.
    end: Option<EndObject>,
}

/// The end of a bill.
#[derive(Serialize)]
struct EndObject {
    /// Names and values.
    summary: Vec<(String, String)>,
    differences: Vec<DifferenceObject>,
    uncompared: Vec<String>,
}

#[derive(Serialize)]
struct DifferenceObject {
    name: String,
    stated: String,
    counted: Option<String>,
}

impl From<BillEnd> for EndObject {
    fn from(BillEnd { summary, differences, uncompared }: BillEnd) -> Self {
        let differences = differences.into_iter();
        let object = |one: crate::bill::Difference| DifferenceObject {
            name: one.name,
            stated: one.stated,
            counted: one.counted,
        };
        Self { summary, differences: differences.map(object).collect(), uncompared }
    }
}

/// Reads the whole lines of one block; with `last`, the whole block. Makes the hash of what was read, if `hash` has its state.
pub(crate) fn read_block(state: &str, hash: Option<&str>, block: &[u8], last: bool) -> Result<BlockObject, Error> {
    let foreign = || Error::new(ErrorKind::Internal, "the state of the bill is not one of this module");
    let mut reader = BillReader::new().restore(state).ok_or_else(foreign)?;
    let mut hash = hash.map(|state| BillHash::restore(state).ok_or_else(foreign)).transpose()?;
    let mut parts = Parts::new(block.len());
    let consumed = reader.consume(block, last, &mut |_, cells| parts.row(cells))?;
    if let Some(hash) = &mut hash {
        hash.update(if last { block } else { block.get(..consumed).unwrap_or_default() });
    }
    let (rows, columns) = (parts.bytes(), reader.columns().to_vec());
    Ok(if last {
        let (hash, end) = (hash.map(BillHash::digest), Some(reader.finish()?.into()));
        BlockObject { consumed, columns, rows, state: String::new(), hash, end }
    } else {
        let (hash, state) = (hash.map(|hash| hash.save()), reader.save());
        BlockObject { consumed, columns, rows, state, hash, end: None }
    })
}

/// An answer of comments, as rows of four columns: `time`, `transaction_id`, `stars`, `comment`.
#[derive(Serialize)]
pub(crate) struct CommentsObject {
    rows: Bytes,
    /// The `offset` of the next call.
    offset: u64,
}

/// Reads an answer of comments.
pub(crate) fn read_comments(body: &[u8]) -> Result<CommentsObject, Error> {
    let answer = parse_comments(body)?;
    let mut parts = Parts::new(body.len());
    for one in &answer.comments {
        let stars = ["1", "2", "3", "4", "5"].get(usize::from(one.stars.wrapping_sub(1))).copied();
        parts.row(&[&one.time, &one.transaction_id, stars.unwrap_or_default(), &one.comment]);
    }
    Ok(CommentsObject { rows: parts.bytes(), offset: answer.offset })
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests may fail by panicking")]
mod tests {
    use sha1::{Digest, Sha1};

    use super::*;

    const BILL: &str = "\u{feff}交易时间,商户订单号,商品名称,订单金额,手续费\r\n`1,`a,`茶😀, `热`,`0.90,`0.00540\r\n`1,`b,`茶😀, `热`,`0.90,`0.00540\r\n`2,`b,`,`x,`\r\n总交易单数,订单总金额,手续费总金额,新合计\r\n`3,`1.80,`0.01,`?\r\n";

    /// A model of the JavaScript side, written for reading.
    fn unpack(Bytes(output): &Bytes, columns: usize, rows: &mut Vec<Vec<String>>) {
        let number = |at: usize| u32::from_le_bytes(output[at..at + 4].try_into().unwrap()) as usize;
        let [table, plain, other] = [number(0), number(4), number(8)];
        assert_eq!(12 + table + plain + other, output.len());
        let plain_at = 12 + table;
        let other_at = plain_at + plain;
        let units: Vec<u16> = std::str::from_utf8(&output[other_at..]).unwrap().encode_utf16().collect();
        let (mut plain_start, mut other_start, mut at) = (0, 0, 12);
        let mut row = vec![String::new(); columns];
        let mut texts: Vec<String> = Vec::new();
        while at < plain_at {
            let changed = number(at) as u64 | (number(at + 4) as u64) << 32;
            at += 8;
            for (column, cell) in row.iter_mut().enumerate() {
                if changed >> column & 1 == 0 {
                    continue;
                }
                let end = number(at) >> 2;
                *cell = match number(at) & 3 {
                    0 => String::from_utf8(output[plain_at + plain_start..plain_at + end].to_vec()).unwrap(),
                    1 => String::from_utf16(&units[other_start..end]).unwrap(),
                    _ => texts[end].clone(),
                };
                match number(at) & 3 {
                    0 => plain_start = end,
                    1 => other_start = end,
                    _ => {}
                }
                if number(at) & 3 < 2 {
                    texts.push(cell.clone());
                }
                at += 4;
            }
            rows.push(row.clone());
        }
    }

    fn by_blocks(bill: &[u8], size: usize) -> Result<(Vec<Vec<String>>, EndObject, String), Error> {
        let (mut state, mut hash, mut rest, mut rows) = (String::new(), String::new(), Vec::new(), Vec::new());
        for piece in bill.chunks(size) {
            rest.extend_from_slice(piece);
            let read = read_block(&state, Some(&hash), &rest, false)?;
            unpack(&read.rows, read.columns.len(), &mut rows);
            rest.drain(..read.consumed);
            (state, hash) = (read.state, read.hash.unwrap());
        }
        let read = read_block(&state, Some(&hash), &rest, true)?;
        unpack(&read.rows, read.columns.len(), &mut rows);
        Ok((rows, read.end.unwrap(), read.hash.unwrap()))
    }

    #[test]
    fn a_bill_in_blocks_of_any_size_is_the_whole_bill() {
        let whole = crate::parse_bill(BILL.as_bytes()).unwrap();
        assert_eq!(whole.rows.len(), 3);
        for size in 1..=BILL.len() {
            let (rows, end, hash) = by_blocks(BILL.as_bytes(), size).unwrap();
            assert_eq!(rows, whole.rows, "{size}");
            assert_eq!(hash, hex::encode(Sha1::digest(BILL.as_bytes())), "{size}");
            assert_eq!(
                serde_json::to_value(end).unwrap(),
                serde_json::json!({
                    "summary": [["总交易单数", "3"], ["订单总金额", "1.80"], ["手续费总金额", "0.01"], ["新合计", "?"]],
                    "differences": [
                        { "name": "订单总金额", "stated": "1.80", "counted": null },
                        { "name": "手续费总金额", "stated": "0.01", "counted": "0.0108" },
                    ],
                    "uncompared": ["新合计"],
                }),
                "{size}"
            );
        }
    }

    #[test]
    fn comments_cross_as_rows_of_four_columns() {
        let answer = read_comments("9\n`1,`a,`5,`赞\n`2,`a,`5,`=x\n".as_bytes()).unwrap();
        let mut rows = Vec::new();
        unpack(&answer.rows, 4, &mut rows);
        assert_eq!(rows, [["1", "a", "5", "赞"], ["2", "a", "5", "=x"]]);
        assert_eq!(answer.offset, 9);
    }

    #[test]
    fn a_state_that_was_not_made_here_is_refused() {
        for state in [
            "x",
            "9,1,1,\n\n\n",
            "2,1,1,\na,b\n\n",
            "-1,1,1,0,0,0,0,0,0,0,0,0,0,0,\n\n\n",
            "2,1,1,0,0,0,0,0,0,0,0,0,0,0,\na\n\n",
        ] {
            let refused = read_block(state, None, b"", false).map(|_| ()).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Internal, "{state}");
        }
    }
}
