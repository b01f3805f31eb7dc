//! Trade bills (下载交易账单), fund-flow bills (下载资金账单) and comments (拉取订单评价数据): strict reading, whole or as it comes.
//!
//! <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_6>. A bill is a line of names, a row for each trade, a line
//! of the summary's names and one line of its values. Columns came and went over the years, so a value is found by its name.
//! Each value stands behind a back-quote, so values are parted by ``,` `` and may hold commas, quotes and back-quotes. What
//! buyers wrote is passed on as it is: prefix cells that begin with `= + - @` before a spreadsheet opens them.

#[cfg(any(test, all(target_arch = "wasm32", feature = "calls")))]
mod block;
mod comments;
mod decimal;
mod opening;
#[cfg(any(test, all(target_arch = "wasm32", feature = "calls")))]
mod parts;
mod reader;
mod split;
mod totals;

#[cfg(all(target_arch = "wasm32", feature = "calls"))]
pub(crate) use block::{read_block, read_comments};
pub use comments::{Comment, Comments, parse_comments};
pub use decimal::fen;
pub use reader::{BillEnd, BillReader};
pub use totals::Difference;

use crate::error::Error;

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
    /// Where the summary differs from what its rows add up to.
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

/// Reads a whole bill, not compressed. [`BillReader`] reads one that is too large to hold.
///
/// ```
/// let text = "交易时间,商户订单号,商品名称,订单金额\n`2024-08-05 10:33:40,`1,`茶, 热,`0.90\n总交易单数,订单总金额\n`1,`0.90\n";
/// let bill = paysign::parse_bill(text.as_bytes())?;
/// assert_eq!(bill.rows, [["2024-08-05 10:33:40", "1", "茶, 热", "0.90"]]);
/// assert_eq!((bill.differences, bill.uncompared), (vec![], vec![]));
/// # Ok::<(), paysign::Error>(())
/// ```
///
/// # Errors
/// `ERR_BILL`: WeChat's error message in place of a bill (see [`BillReader`]), or a bill that is cut off or malformed.
/// There is no such thing as part of a bill.
pub fn parse_bill(body: &[u8]) -> Result<Bill, Error> {
    let mut reader = BillReader::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    reader.consume(body, true, &mut |_, cells| rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect()))?;
    let columns = reader.columns().to_vec();
    let BillEnd { summary, differences, uncompared } = reader.finish()?;
    Ok(Bill { columns, rows, summary, differences, uncompared })
}
