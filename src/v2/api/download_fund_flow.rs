//! The fund-flow bill of a day 下载资金账单.

use super::declaration::api;

api! {
    /// Fetches the fund-flow bill of a day. It is signed with HMAC-SHA256 only, and needs the certificate.
    ///
    /// The bill is read row by row. Throws `ERR_BILL` with `err_code` `NO_BILL_EXIST` for a day without movements, when the first
    /// row is read.
    DownloadFundFlow => DownloadFundFlowAnswer;
    title: "下载资金账单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_18",
    path: "/pay/downloadfundflow",
    fact: reads = Reads::Bill,
    fact: certificate = true,
    fact: sign_type = Some(SignType::HmacSha256),
    fact: answer_signed = false,
    request {
        /// The day in Beijing, `yyyyMMdd`.
        bill_date: String = Kind::Date;
        /// The account: `Basic`, `Operation` or `Fees`.
        account_type: String = Kind::Word(&["Basic", "Operation", "Fees"]);
        /// `GZIP` asks for a compressed bill.
        tar_type: Option<String> = Kind::Word(&["GZIP"]);
    }
    answer {}
}
