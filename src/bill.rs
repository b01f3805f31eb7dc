//! Trade bills (下载交易账单) and fund-flow bills (下载资金账单): strict reading, whole or in chunks.
//!
//! <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_6>. Columns were added and removed over the years, so a value is found by its name:
//!
//! `[names]` `[row]…` `[summary's names]` `[summary's values]`
//!
//! A back-quote comes before each value, so ``,` `` separates values, which may contain commas, quotes and back-quotes. Text of
//! buyers is passed on unchanged: prefix cells that begin with `= + - @` before a spreadsheet opens them.

mod decimal;
mod opening;
mod reader;
mod split;
#[cfg(any(test, all(target_arch = "wasm32", feature = "bills")))]
mod state;
mod totals;

pub use decimal::fen;
pub(crate) use opening::REFUSAL_BYTES;
pub use reader::{BillEnd, BillReader};
pub use totals::Difference;

/// The most bytes of one line of a bill.
pub const BILL_ROW_BYTES: usize = 64 << 10;
/// The most columns of a bill.
pub const BILL_COLUMNS: usize = 64;

/// A whole bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The names of the columns, in the bill's order.
    pub columns: Vec<String>,
    /// The values of each row, in the order of the columns.
    pub rows: Vec<Vec<String>>,
    /// The summary's names and values.
    pub summary: Vec<(String, String)>,
    /// The values of the summary that differ from the sums of the rows.
    pub differences: Vec<Difference>,
    /// The summary's names whose values were not compared with the rows. See [`BillEnd::uncompared`].
    pub uncompared: Vec<String>,
}

/// One row of a bill.
#[derive(Clone, Copy, Debug)]
pub struct BillRow<'a> {
    columns: &'a [String],
    cells: &'a [&'a str],
}

impl<'a> BillRow<'a> {
    /// The value of the column of this name, in WeChat's words.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.iter().find_map(|(name, value)| (name == column).then_some(value))
    }

    /// Names and values, in the bill's order.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.columns.iter().map(String::as_str).zip(self.cells.iter().copied())
    }
}
