//! Fund-flow bill of one sub-merchant 申请单个子商户资金账单.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Fetches the bill of a day's movements of a sub-merchant's money: encrypted files, which are decrypted and put together here.
    SubMerchantFundFlowBill => EncryptedBillFiles;
    title: "申请单个子商户资金账单",
    page: "https://pay.weixin.qq.com/docs/partner/apis/bill-download/sub-merchant-fund-bill/get-sub-merchant-fund-bill.html",
    method: "GET",
    effect: Query,
    fact: partner = Side { paths: &["/v3/bill/sub-merchant-fundflowbill"], ids: &["sub_mchid"], ..SIDE },
    fact: defaults = &[("algorithm", "AEAD_AES_256_GCM")],
    fact: reads = Reads::EncryptedBill,
    request {
        /// The day in Beijing, `yyyy-MM-dd`.
        bill_date: String = Form::Date;
        /// `BASIC`, `OPERATION`, `FEES` or `DEPOSIT`.
        account_type: String = Form::Of(Kind::OpenWord(&["BASIC", "OPERATION", "FEES", "DEPOSIT"]));
        /// The cipher of the files. The only one that is supported, and the default: `AEAD_AES_256_GCM`.
        algorithm: Option<String> = Form::Of(Kind::Word(&["AEAD_AES_256_GCM"]));
        /// `GZIP` for a compressed file, which is unpacked here.
        tar_type: Option<String> = Form::Of(Kind::Word(&["GZIP"]));
    }
}
