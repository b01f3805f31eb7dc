//! Trade bill 申请交易账单.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Fetches the bill of a day's payments and refunds, from 10:00 of the next day on. Its content is checked against WeChat's hash.
    TradeBill => BillFile;
    title: "申请交易账单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/bill-download/trade-bill/get-trade-bill.html",
    method: "GET",
    effect: Query,
    fact: direct = Side { paths: &["/v3/bill/tradebill"], ..SIDE },
    fact: partner = Side { paths: &["/v3/bill/tradebill"], ids: &["sub_mchid"], ..SIDE },
    fact: reads = Reads::Bill,
    request {
        /// The day in Beijing, `yyyy-MM-dd`.
        bill_date: String = Form::Date;
        /// `ALL`, `SUCCESS` or `REFUND`. Default `ALL`.
        bill_type: Option<String> = Form::Of(Kind::OpenWord(&["ALL", "SUCCESS", "REFUND"]));
        /// `GZIP` for a compressed file, which is unpacked here.
        tar_type: Option<String> = Form::Of(Kind::Word(&["GZIP"]));
    }
}
