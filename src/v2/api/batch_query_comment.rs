//! The comments of payers on their orders 拉取订单评价数据.

use super::declaration::api;

api! {
    /// Fetches the comments of payers on their orders, of the last three months. It is signed with HMAC-SHA256 only,
    /// and needs the certificate. The answer names the `offset` of the next call.
    BatchQueryComment => BatchQueryCommentAnswer;
    title: "拉取订单评价数据",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_17",
    path: "/billcommentsp/batchquerycomment",
    fact: reads = Reads::Comments,
    fact: certificate = true,
    fact: sign_type = Some(SignType::HmacSha256),
    fact: answer_signed = false,
    request {
        /// The begin of the range, `yyyyMMddHHmmss` in Beijing time.
        begin_time: String = Kind::Time;
        /// The end of the range, `yyyyMMddHHmmss` in Beijing time.
        end_time: String = Kind::Time;
        /// The first comment: 0, or the `offset` of the last answer.
        offset: u64 = Kind::Count;
        /// The most comments, 200 or fewer; 200 by default.
        limit: Option<u64> = Kind::Count;
    }
    answer {}
}
