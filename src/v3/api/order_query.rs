//! Query 查询订单, by either number.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Asks for an order by either number. An order that is not paid can be queried by the shop's number only.
    OrderQuery => Order;
    title: "查询订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/mini-program-payment/query-by-out-trade-no.html",
    method: "GET",
    paths: &[
        "/v3/pay/transactions/id/{transaction_id}?mchid={mchid}",
        "/v3/pay/transactions/out-trade-no/{out_trade_no}?mchid={mchid}",
    ],
    effect: Query,
    fact: ids = &["mchid"],
    fact: any_of = &["out_trade_no", "transaction_id"],
    fact: echoes = &[("out_trade_no", "out_trade_no"), ("transaction_id", "transaction_id")],
    fact: needed = &[("trade_state", "SUCCESS", &["transaction_id", "amount.total"])],
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: Option<String> = Form::Of(Kind::OrderNumber);
    }
}
