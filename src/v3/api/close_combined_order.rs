//! Close 合单关闭订单 of a combined order.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Closes a combined order that is not paid. It must name all of its orders, each as it was placed.
    CloseCombinedOrder => Closed;
    title: "合单关闭订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/close-order.html",
    method: "POST",
    effect: Close,
    fact: direct = Side {
        paths: &["/v3/combine-transactions/out-trade-no/{combine_out_trade_no}/close"],
        ids: &["combine_appid"],
        ..SIDE
    },
    request {
        /// The shop's number of the combined order.
        combine_out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// Its orders, at most 50.
        sub_orders: Needed<ClosedSubOrder> = Form::ListUpTo(ClosedSubOrder::SHAPE, 50);
    }
}
