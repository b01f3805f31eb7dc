//! Query 合单查询订单 of a combined order.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Asks for a combined order and the state of each of its orders.
    CombinedOrderQuery => CombinedOrder;
    title: "合单查询订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/query-order.html",
    method: "GET",
    effect: Query,
    fact: direct = Side {
        paths: &["/v3/combine-transactions/out-trade-no/{combine_out_trade_no}"],
        repeats: &["combine_mchid"],
        ..SIDE
    },
    fact: echoes = &[("combine_out_trade_no", "combine_out_trade_no")],
    fact: filled = &[("sub_orders", "is empty: a combined order has orders; ask again")],
    fact: needed_of_each = &[("sub_orders", PAID_SUB_ORDER_NEEDS)],
    request {
        /// The shop's number of the combined order.
        combine_out_trade_no: String = Form::Of(Kind::OrderNumber);
    }
}
