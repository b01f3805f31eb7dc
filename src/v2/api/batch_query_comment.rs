//! The comments of payers on their orders 拉取订单评价数据.

use super::declaration::api;

api! {
    /// Fetches what payers wrote about their orders, of the last three months. It is signed with HMAC-SHA256 only,
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
        /// From when, `yyyyMMddHHmmss` in Beijing time.
        begin_time: String = Kind::Time;
        /// Until when, `yyyyMMddHHmmss` in Beijing time.
        end_time: String = Kind::Time;
        /// Where to begin: 0, or what the last answer named.
        offset: u64 = Kind::Count;
        /// How many at most, 200 or fewer; 200 by default.
        limit: Option<u64> = Kind::Count;
    }
    answer {}
}
