//! Bills: whole and in blocks of any size they are the same, every row is whole, and amounts are exact.

use paysign::{BILL_COLUMNS, BILL_ROW_BYTES, BillReader, ErrorKind, fen, parse_bill, parse_comments};

/// The size of the blocks, then a bill.
pub fn bills(data: &[u8]) {
    let Some((size, bill)) = data.split_first() else { return };
    let whole = parse_bill(bill);
    let mut reader = BillReader::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut pieces = bill.chunks(usize::from(*size).max(1));
    let pushed = pieces.try_for_each(|piece| {
        reader.push(piece, |row| rows.push(row.iter().map(|(_, value)| value.to_owned()).collect()))
    });
    let columns = reader.columns().to_vec();
    let ended = pushed.and_then(|()| reader.finish());
    match (&whole, ended) {
        (Ok(whole), Ok(end)) => {
            assert_eq!((&whole.columns, &whole.rows), (&columns, &rows));
            assert_eq!((&whole.summary, &whole.differences), (&end.summary, &end.differences));
            assert_eq!(whole.uncompared, end.uncompared);
            for name in &whole.uncompared {
                assert!(whole.summary.iter().any(|(known, _)| known == name));
                assert!(whole.differences.iter().all(|one| one.name != *name));
            }
            assert!(columns.len() <= BILL_COLUMNS);
            for row in &whole.rows {
                assert_eq!(row.len(), columns.len());
                assert!(row.iter().map(String::len).sum::<usize>() <= BILL_ROW_BYTES);
                row.iter().for_each(|cell| exact(cell));
            }
        }
        (Err(whole), Err(end)) => {
            assert_eq!((whole.kind(), end.kind()), (ErrorKind::Bill, ErrorKind::Bill));
            assert_eq!((whole.outcome(), whole.err_code()), (end.outcome(), end.err_code()));
        }
        (whole, end) => panic!("whole {whole:?}, in pieces {end:?}"),
    }
    if let (Ok(whole), true) = (&whole, bill.len() < BILL_ROW_BYTES) {
        // Blanks after the end change nothing that is compared.
        let blank = parse_bill(&[bill, b" \r\n\t\n \n"].concat())
            .map(|bill| (bill.rows, bill.differences.len(), bill.uncompared));
        assert_eq!(blank, Ok((whole.rows.clone(), whole.differences.len(), whole.uncompared.clone())));
    }
    if let Err(error) = parse_comments(bill) {
        assert_eq!(error.kind(), ErrorKind::Bill);
    }
}

/// An amount that is read is the same amount when it is written again.
fn exact(yuan: &str) {
    let Ok(amount) = fen(yuan) else { return };
    let written = format!("{}{}.{:02}", if amount < 0 { "-" } else { "" }, amount.abs() / 100, amount.abs() % 100);
    assert_eq!(fen(&written), Ok(amount), "{yuan}");
}
