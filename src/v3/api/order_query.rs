//! Query 查询订单, by either number.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Asks for an order by either number. An order that is not paid can be queried by the shop's number only.
    OrderQuery => Order;
    title: "查询订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/mini-program-payment/query-by-out-trade-no.html",
    method: "GET",
    effect: Query,
    fact: direct = Side {
        paths: &["/v3/pay/transactions/id/{transaction_id}", "/v3/pay/transactions/out-trade-no/{out_trade_no}"],
        ids: &["mchid"],
        repeats: &["appid", "mchid"],
        ..SIDE
    },
    fact: partner = Side {
        paths: &[
            "/v3/pay/partner/transactions/id/{transaction_id}",
            "/v3/pay/partner/transactions/out-trade-no/{out_trade_no}",
        ],
        ids: &["sp_mchid", "sub_mchid"],
        repeats: &["sp_mchid", "sub_mchid"],
        ..SIDE
    },
    fact: any_of = &["out_trade_no", "transaction_id"],
    fact: echoes = &[("out_trade_no", "out_trade_no"), ("transaction_id", "transaction_id")],
    fact: needed = PAID_NEEDS,
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: Option<String> = Form::Of(Kind::OrderNumber);
    }
}
