//! Wire format of a bill, block by block. Wasm keeps nothing between calls: the state goes out and comes back as text.
//!
//! ```text
//! in:    state (empty at first) | a block of bytes
//! out:   consumed | length of table | of plain | of other | of tail      five little-endian words
//!        table | plain: ASCII text | other: other text | tail
//! table: for each row two words, whose bits say which columns changed, then a word for each of those columns
//! word:  end << 2 | 0   a new plain text ends there
//!        end << 2 | 1   a new other text ends there, in UTF-16 units
//!        number << 2 | 2   the text of this number again
//! tail:  columns joined by line feeds | state
//!        after the last block: columns | count of pairs | the pairs of the summary | count of differences |
//!        name, stated and counted of each | the names that were not compared               NUL between all of them
//! ```

use super::bill_parts::Parts;
use crate::bill::BillReader;
use crate::error::{Error, ErrorKind};
use crate::v2::comments::parse_comments;

/// Reads one block into `output`.
pub(crate) fn read_block(state: &str, block: &[u8], last: bool, output: &mut Vec<u8>) -> Result<(), Error> {
    let mut reader = BillReader::new()
        .restore(state)
        .ok_or_else(|| Error::new(ErrorKind::Internal, "the state of a bill is not one that this module gave"))?;
    let mut parts = Parts::new(block.len());
    let consumed = reader.consume(block, last, &mut |_, cells| parts.row(cells))?;
    let mut tail = String::new();
    join(&mut tail, reader.columns(), "\n", "");
    if last {
        let end = reader.finish()?;
        tail.push('\0');
        tail.push_str(&end.summary.len().to_string());
        for (name, value) in &end.summary {
            join(&mut tail, &[name, value], "", "\0");
        }
        tail.push('\0');
        tail.push_str(&end.differences.len().to_string());
        for one in &end.differences {
            join(&mut tail, &[&one.name, &one.stated, one.counted.as_deref().unwrap_or_default()], "", "\0");
        }
        join(&mut tail, &end.uncompared, "", "\0");
    } else {
        tail.push('\0');
        tail.push_str(&reader.save());
    }
    parts.write(consumed, &tail, output);
    Ok(())
}

/// Reads an answer of comments as if it were a bill of four columns; the tail has them, then the offset.
pub(crate) fn read_comments(body: &[u8], output: &mut Vec<u8>) -> Result<(), Error> {
    let answer = parse_comments(body)?;
    let mut parts = Parts::new(body.len());
    for one in &answer.comments {
        let stars = ["1", "2", "3", "4", "5"].get(usize::from(one.stars.wrapping_sub(1))).copied();
        parts.row(&[&one.time, &one.transaction_id, stars.unwrap_or_default(), &one.comment]);
    }
    parts.write(body.len(), &format!("time\ntransaction_id\nstars\ncomment\0{}", answer.offset), output);
    Ok(())
}

/// Appends texts, each after `before`, with `between` in the middle.
fn join(to: &mut String, texts: &[impl AsRef<str>], between: &str, before: &str) {
    for (index, text) in texts.iter().enumerate() {
        to.push_str(if index == 0 { "" } else { between });
        to.push_str(before);
        to.push_str(text.as_ref());
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests may fail by panicking")]
mod tests {
    use super::*;

    const BILL: &str = "\u{feff}交易时间,商户订单号,商品名称,订单金额,手续费\r\n`1,`a,`茶😀, `热`,`0.90,`0.00540\r\n`1,`b,`茶😀, `热`,`0.90,`0.00540\r\n`2,`b,`,`x,`\r\n总交易单数,订单总金额,手续费总金额,新合计\r\n`3,`1.80,`0.01,`?\r\n";

    /// What JavaScript does with the parts, written for reading.
    fn unpack(output: &[u8], rows: &mut Vec<Vec<String>>) -> (usize, Vec<String>) {
        let number = |at: usize| u32::from_le_bytes(output[at..at + 4].try_into().unwrap()) as usize;
        let [consumed, table, plain, other] = [number(0), number(4), number(8), number(12)];
        assert_eq!(20 + table + plain + other + number(16), output.len());
        let plain_at = 20 + table;
        let other_at = plain_at + plain;
        let units: Vec<u16> =
            std::str::from_utf8(&output[other_at..other_at + number(12)]).unwrap().encode_utf16().collect();
        let tail: Vec<String> =
            std::str::from_utf8(&output[other_at + other..]).unwrap().split('\0').map(str::to_owned).collect();
        let columns = tail[0].split('\n').count();
        let (mut plain_start, mut other_start, mut at) = (0, 0, 20);
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
        (consumed, tail)
    }

    fn by_blocks(bill: &[u8], size: usize) -> Result<(Vec<Vec<String>>, Vec<String>), Error> {
        let (mut state, mut rest, mut rows) = (String::new(), Vec::new(), Vec::new());
        for piece in bill.chunks(size) {
            rest.extend_from_slice(piece);
            let mut output = Vec::new();
            read_block(&state, &rest, false, &mut output)?;
            let (consumed, tail) = unpack(&output, &mut rows);
            rest.drain(..consumed);
            state.clone_from(&tail[1]);
        }
        let mut output = Vec::new();
        read_block(&state, &rest, true, &mut output)?;
        let (_, tail) = unpack(&output, &mut rows);
        Ok((rows, tail))
    }

    #[test]
    fn a_bill_in_blocks_of_any_size_is_the_whole_bill() {
        let whole = crate::parse_bill(BILL.as_bytes()).unwrap();
        assert_eq!(whole.rows.len(), 3);
        for size in 1..=BILL.len() {
            let (rows, tail) = by_blocks(BILL.as_bytes(), size).unwrap();
            assert_eq!(rows, whole.rows, "{size}");
            let expected = ["4", "总交易单数", "3", "订单总金额", "1.80", "手续费总金额", "0.01", "新合计", "?"];
            assert_eq!(tail[1..10], expected, "{size}");
            let told = ["2", "订单总金额", "1.80", "", "手续费总金额", "0.01", "0.0108"];
            assert_eq!(tail[10..17], told, "{size}");
            assert_eq!(tail[17..], ["新合计"], "{size}");
        }
    }

    #[test]
    fn comments_cross_as_rows_of_four_columns() {
        let mut output = Vec::new();
        read_comments("9\n`1,`a,`5,`赞\n`2,`a,`5,`=x\n".as_bytes(), &mut output).unwrap();
        let mut rows = Vec::new();
        let (_, tail) = unpack(&output, &mut rows);
        assert_eq!(rows, [["1", "a", "5", "赞"], ["2", "a", "5", "=x"]]);
        assert_eq!(tail, ["time\ntransaction_id\nstars\ncomment", "9"]);
    }

    #[test]
    fn a_state_that_was_not_given_here_is_refused() {
        for state in [
            "x",
            "9,1,1,\n\n\n",
            "2,1,1,\na,b\n\n",
            "-1,1,1,0,0,0,0,0,0,0,0,0,0,0,\n\n\n",
            "2,1,1,0,0,0,0,0,0,0,0,0,0,0,\na\n\n",
        ] {
            let refused = read_block(state, b"", false, &mut Vec::new()).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Internal, "{state}");
        }
    }
}
