//! Abnormal refund 发起异常退款: another account for a refund whose payer's card is void.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Sends a refund of the status `ABNORMAL` to another bank account of the payer, or to the merchant's own.
    AbnormalRefund => RefundRecord;
    title: "发起异常退款",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/refund/refunds/create-abnormal-refund.html",
    method: "POST",
    effect: Money,
    fact: direct = Side { paths: &["/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund"], ..SIDE },
    fact: partner = Side {
        paths: &["/v3/refund/domestic/refunds/{refund_id}/apply-abnormal-refund"],
        ids: &["sub_mchid"],
        ..SIDE
    },
    fact: requires = &[Requirement {
        member: "type",
        word: "USER_BANK_CARD",
        needs: &["bank_type", "bank_account", "real_name"],
    }],
    fact: echoes = &[("refund_id", "refund_id"), ("out_refund_no", "out_refund_no")],
    request {
        /// WeChat's number of the refund.
        refund_id: String = Form::Of(Kind::Identifier);
        /// The shop's number of the refund.
        out_refund_no: String = Form::Of(Kind::RefundNumber);
        /// `USER_BANK_CARD` for a card of the payer, `MERCHANT_BANK_CARD` for the merchant's own account.
        r#type: String = Form::Of(Kind::Word(&["USER_BANK_CARD", "MERCHANT_BANK_CARD"]));
        /// The payer's bank, such as `ICBC_DEBIT`; for a card of the payer.
        bank_type: Option<String> = Form::Of(Kind::OpenWord(&[
            "CMB_DEBIT", "COMM_DEBIT", "ABC_DEBIT", "CCB_DEBIT", "ICBC_DEBIT", "BOC_DEBIT", "PAB_DEBIT", "SPDB_DEBIT",
            "CITIC_DEBIT", "CEB_DEBIT", "CMBC_DEBIT", "CIB_DEBIT", "GDB_DEBIT", "PSBC_DEBIT", "NBCB_DEBIT",
        ]));
        /// The number of the payer's card. It is sent encrypted.
        bank_account: Option<String> = Form::Secret;
        /// The name on the payer's card. It is sent encrypted.
        real_name: Option<String> = Form::Secret;
    }
}
