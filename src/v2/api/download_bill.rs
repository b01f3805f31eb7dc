//! The trade bill of a day 下载交易账单.

use super::declaration::api;

api! {
    /// Fetches the trade bill of a day, for the whole merchant number. It is ready from nine in the morning of the next day, and kept for three months.
    ///
    /// The bill is read row by row. Throws `ERR_BILL` with `err_code` `NO_BILL_EXIST` for a day without trades, when the first
    /// row is read.
    DownloadBill => DownloadBillAnswer;
    title: "下载交易账单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_6",
    path: "/pay/downloadbill",
    fact: reads = Reads::Bill,
    fact: answer_signed = false,
    request {
        /// The day in Beijing, `yyyyMMdd`.
        bill_date: String = Kind::Date;
        /// The kind of rows: `ALL` (default), `SUCCESS`, `REFUND` or `RECHARGE_REFUND`.
        bill_type: Option<String> = Kind::Word(&["ALL", "SUCCESS", "REFUND", "RECHARGE_REFUND"]);
        /// `GZIP` asks for a compressed bill.
        tar_type: Option<String> = Kind::Word(&["GZIP"]);
        /// A name for the device; older pages name it.
        device_info: Option<String> = Kind::Text;
    }
    answer {}
}
