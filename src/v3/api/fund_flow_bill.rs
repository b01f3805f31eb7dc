//! Fund-flow bill 申请资金账单.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Fetches the bill of a day's movements of the merchant's own money. Its content is checked against WeChat's hash.
    FundFlowBill => BillFile;
    title: "申请资金账单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/bill-download/fund-bill/get-fund-bill.html",
    method: "GET",
    effect: Query,
    fact: direct = Side { paths: &["/v3/bill/fundflowbill"], ..SIDE },
    fact: reads = Reads::Bill,
    request {
        /// The day in Beijing, `yyyy-MM-dd`.
        bill_date: String = Form::Date;
        /// `BASIC`, `OPERATION` or `FEES`. Default `BASIC`.
        account_type: Option<String> = Form::Of(Kind::OpenWord(&["BASIC", "OPERATION", "FEES"]));
        /// `GZIP` for a compressed file, which is unpacked here.
        tar_type: Option<String> = Form::Of(Kind::Word(&["GZIP"]));
        /// The sub-merchant of a platform (电商平台).
        sub_mchid: Option<String> = Form::MerchantNumber;
    }
}
