//! Refund query 查询单笔退款.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Asks for a refund.
    RefundQuery => RefundRecord;
    title: "查询单笔退款（通过商户退款单号）",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/refund/refunds/query-by-out-refund-no.html",
    method: "GET",
    effect: Query,
    fact: direct = Side { paths: &["/v3/refund/domestic/refunds/{out_refund_no}"], ..SIDE },
    fact: partner = Side { paths: &["/v3/refund/domestic/refunds/{out_refund_no}"], ids: &["sub_mchid"], ..SIDE },
    fact: echoes = &[("out_refund_no", "out_refund_no")],
    request {
        /// The shop's number of the refund.
        out_refund_no: String = Form::Of(Kind::RefundNumber);
    }
}
