//! The line reader: header, rows, summary, and nothing accepted that could be part of a bill.

use super::opening::opening;
use super::split::{line_length, split_cells, split_names};
use super::totals::{Difference, Totals, flow_column};
use super::{BILL_COLUMNS, BILL_ROW_BYTES, BillRow};
use crate::error::{Error, ErrorKind};

/// How much a reader takes from a chunk at a time.
const PIECE_BYTES: usize = 64 << 10;

/// Reads a bill in chunks, in memory that does not grow with the bill.
///
/// Use the rows only after [`finish`](Self::finish) has found the summary: until then the bill may be truncated.
///
/// ```
/// let mut reader = paysign::BillReader::new();
/// let mut numbers = Vec::new();
/// for chunk in ["商户订单号,订单金额\n`1,`0.", "90\n总交易单数,订单总金额\n`1,`0.90"] {
///     reader.push(chunk.as_bytes(), |row| numbers.extend(row.get("商户订单号").map(str::to_owned)))?;
/// }
/// let end = reader.finish()?;
/// assert_eq!((numbers, end.differences), (vec!["1".to_owned()], vec![]));
/// # Ok::<(), paysign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BillReader {
    refusal: fn(&[u8]) -> Error,
    pub(super) stage: Stage,
    pub(super) columns: Vec<String>,
    flow: Option<usize>,
    pub(super) totals: Totals,
    pub(super) names: Vec<String>,
    pub(super) values: Vec<String>,
    /// Bytes and lines that were consumed.
    pub(super) at: u64,
    pub(super) line: u64,
    /// The bytes of a line that is not complete yet.
    rest: Vec<u8>,
}

/// The kind of the next line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing was read: it may still be WeChat's error message.
    #[default]
    Start,
    Header,
    /// A row, or the names of the summary.
    Rows,
    /// The values of the summary.
    Summary,
    End,
    /// Something failed; nothing more is read.
    Broken,
}

/// The end of a bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillEnd {
    /// The summary's names and values.
    pub summary: Vec<(String, String)>,
    /// The values of the summary that differ from the sums of the rows.
    pub differences: Vec<Difference>,
    /// The summary's names whose values were not compared with the rows. These are unknown names, those whose column is
    /// missing, and English names whose value is not a number. Every other value equals that of the rows or is in `differences`.
    pub uncompared: Vec<String>,
}

impl BillReader {
    /// A reader at the start of a bill. `refusal` reads the message that WeChat may send in its place.
    pub(crate) fn refused_by(refusal: fn(&[u8]) -> Error) -> Self {
        Self {
            refusal,
            stage: Stage::default(),
            columns: Vec::new(),
            flow: None,
            totals: Totals::default(),
            names: Vec::new(),
            values: Vec::new(),
            at: 0,
            line: 0,
            rest: Vec::new(),
        }
    }

    /// The names of the columns, after the header was read.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Reads the next bytes, not compressed, and passes on the rows that end in them.
    ///
    /// # Errors
    /// `ERR_BILL` with the position. Reasons: text that is not UTF-8, another number of cells than columns, a line over
    /// [`BILL_ROW_BYTES`], more than [`BILL_COLUMNS`]. After an error the reader reads no further.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(BillRow<'_>)) -> Result<(), Error> {
        for piece in chunk.chunks(PIECE_BYTES) {
            let mut rest = std::mem::take(&mut self.rest);
            rest.extend_from_slice(piece);
            let consumed = self.consume(&rest, false, &mut |columns, cells| each(BillRow { columns, cells }))?;
            rest.drain(..consumed.min(rest.len()));
            self.rest = rest;
        }
        Ok(())
    }

    /// Ends the bill.
    ///
    /// # Errors
    /// `ERR_BILL` if no summary was found: the bill is truncated. If WeChat sent its error message instead of a bill, the
    /// outcome is `Rejected`. `err_code` is then `NO_BILL_EXIST` (an empty day, no failure), `BILL_CREATING` (ask again after
    /// 10:00 Beijing time), or WeChat's own code.
    pub fn finish(mut self) -> Result<BillEnd, Error> {
        let rest = std::mem::take(&mut self.rest);
        self.consume(&rest, true, &mut |_, _| ())?;
        if self.stage != Stage::End {
            return Err(self.error(0, &"the bill is cut off: its summary is missing; download it again"));
        }
        let differences = self.totals.differences(&self.names, &self.values).map_err(|what| self.error(0, &what))?;
        let uncompared = self.totals.uncompared(&self.names, &self.values);
        let summary = self.names.into_iter().zip(self.values).collect();
        Ok(BillEnd { summary, differences, uncompared })
    }

    /// Reads whole lines and returns their length in bytes; with `last`, everything.
    pub(crate) fn consume<'a>(
        &mut self,
        bytes: &'a [u8],
        last: bool,
        each: &mut dyn FnMut(&[String], &[&'a str]),
    ) -> Result<usize, Error> {
        let consumed = self.read(bytes, last, each);
        if consumed.is_err() {
            self.stage = Stage::Broken;
        }
        consumed
    }

    fn read<'a>(
        &mut self,
        bytes: &'a [u8],
        last: bool,
        each: &mut dyn FnMut(&[String], &[&'a str]),
    ) -> Result<usize, Error> {
        let mut start = 0;
        if self.stage == Stage::Start {
            match opening(bytes, last, self.refusal)? {
                None => return Ok(0),
                Some(mark) => start = mark,
            }
            self.stage = Stage::Header;
        }
        let end = match bytes.iter().rposition(|byte| *byte == b'\n') {
            _ if last => bytes.len(),
            Some(end) => end.saturating_add(1),
            None => start,
        };
        if bytes.len().saturating_sub(end) > BILL_ROW_BYTES {
            return Err(self.error(end, &format_args!("a line is longer than {BILL_ROW_BYTES} bytes")));
        }
        let mut rest = match std::str::from_utf8(bytes.get(start..end).unwrap_or_default()) {
            Ok(text) => text,
            Err(error) => {
                let at = start.saturating_add(error.valid_up_to());
                let lines = bytes.get(..at).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
                self.line = self.line.saturating_add(lines as u64).saturating_add(1);
                return Err(self.error(at, &"the bill is not UTF-8"));
            }
        };
        self.at = self.at.saturating_add(start as u64);
        let mut cells = Vec::with_capacity(self.columns.len());
        while !rest.is_empty() {
            let end = line_length(rest.as_bytes());
            let (line, behind) = end.and_then(|end| rest.split_at_checked(end)).unwrap_or((rest, ""));
            let behind = behind.strip_prefix('\n').unwrap_or(behind);
            self.line = self.line.saturating_add(1);
            self.read_line(line.strip_suffix('\r').unwrap_or(line), end.is_some(), &mut cells, each)?;
            self.at = self.at.saturating_add(rest.len().saturating_sub(behind.len()) as u64);
            rest = behind;
        }
        Ok(end)
    }

    fn read_line<'a>(
        &mut self,
        line: &'a str,
        ended: bool,
        cells: &mut Vec<&'a str>,
        each: &mut dyn FnMut(&[String], &[&'a str]),
    ) -> Result<(), Error> {
        if line.len() > BILL_ROW_BYTES {
            return Err(self.error(0, &format_args!("a line is longer than {BILL_ROW_BYTES} bytes")));
        }
        // Lines of blanks come after the summary.
        let line = line.trim_ascii_start();
        if line.is_empty() && self.stage != Stage::Broken {
            return Ok(());
        }
        let quoted = line.starts_with('`');
        match self.stage {
            Stage::Rows if quoted => {
                split_cells(line, cells);
                self.as_many(cells.len(), self.columns.len(), "a row")?;
                let flow = self.flow.and_then(|at| cells.get(at).copied()).map(str::trim_ascii_end);
                self.totals.add(flow, cells);
                each(&self.columns, cells);
            }
            Stage::Rows => {
                self.names = split_names(line, BILL_COLUMNS).map_err(|what| self.error(0, &what))?;
                self.stage = Stage::Summary;
            }
            Stage::Start | Stage::Header => {
                if quoted {
                    return Err(self.error(0, &"the header is missing; download the bill again"));
                }
                let columns = split_names(line, BILL_COLUMNS).map_err(|what| self.error(0, &what))?;
                self.set_columns(columns);
                self.stage = Stage::Rows;
            }
            Stage::Summary => {
                if !quoted {
                    return Err(self.error(0, &"the values of the summary are missing; download the bill again"));
                }
                split_cells(line, cells);
                self.as_many(cells.len(), self.names.len(), "the summary")?;
                let cut = !ended && cells.last().is_some_and(|cell| cell.trim_ascii_end().is_empty());
                if cut || line.contains('\0') {
                    return Err(self.error(
                        0,
                        &"the summary is cut off, or has a character that is not allowed there; download the bill again",
                    ));
                }
                self.values = cells.iter().map(|cell| (*cell).to_owned()).collect();
                self.stage = Stage::End;
            }
            Stage::End => return Err(self.error(0, &"text follows the summary; download the bill again")),
            Stage::Broken => {
                return Err(Error::new(ErrorKind::Bill, "reading this bill failed earlier; download it again"));
            }
        }
        Ok(())
    }

    pub(super) fn set_columns(&mut self, columns: Vec<String>) {
        self.totals = Totals::new(&columns);
        self.flow = flow_column(&columns);
        self.columns = columns;
    }

    fn as_many(&self, cells: usize, columns: usize, what: &str) -> Result<(), Error> {
        if cells == columns {
            return Ok(());
        }
        Err(self.error(
            0,
            &format_args!("{what} has {cells} values where {columns} have names; it is cut off or malformed"),
        ))
    }

    fn error(&self, offset: usize, what: &dyn std::fmt::Display) -> Error {
        let at = usize::try_from(self.at).unwrap_or(usize::MAX).saturating_add(offset);
        Error::bill(at, usize::try_from(self.line).unwrap_or(usize::MAX), what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bill: &[u8]) -> Result<BillEnd, Error> {
        let mut reader = BillReader::new();
        reader.push(bill, |_| ())?;
        reader.finish()
    }

    #[test]
    fn a_reader_that_failed_stays_failed() {
        let mut reader = BillReader::new();
        assert!(reader.push(b"a,b\n`1\n", |_| ()).is_err());
        assert!(reader.push(b"`1,`2\nn,m\n`1,`2\n", |_| ()).is_err());
        assert!(reader.finish().is_err());
    }

    #[test]
    fn what_is_over_a_limit_is_refused_before_it_is_kept() {
        let names: Vec<String> = (0..65).map(|column| format!("c{column}")).collect();
        assert!(whole(names.join(",").as_bytes()).unwrap_err().message().contains("64 columns"));
        let mut reader = BillReader::new();
        reader.push(b"a,b\n`", |_| ()).unwrap();
        let filled = (0..3).find_map(|_| reader.push(&[b'x'; 40_000], |_| ()).err());
        assert!(filled.unwrap().message().contains("65536 bytes"));
        assert!(reader.rest.len() <= 2 * PIECE_BYTES);
    }

    #[test]
    fn lines_of_blanks_are_ignored_everywhere_and_text_after_the_end_is_refused() {
        let end = whole(b" \na,b\n\t\r\n `1,`2\n  \nn,m\n \n`1,`2\n\r\n   \n\t").unwrap();
        assert_eq!(end.summary, [("n".to_owned(), "1".to_owned()), ("m".to_owned(), "2".to_owned())]);
        for behind in ["x", " x", "  \n x", "\u{a0}", "\n\0", "`"] {
            assert!(whole(format!("a,b\n`1,`2\nn,m\n`1,`2\n{behind}").as_bytes()).is_err(), "{behind:?}");
        }
    }

    #[test]
    fn the_position_is_the_byte_where_the_line_begins() {
        let error = whole(b"a,b\r\n`1,`2\r\n`1\r\n").unwrap_err();
        assert_eq!((error.position(), error.message().starts_with("line 3")), (Some(12), true), "{error}");
    }
}
