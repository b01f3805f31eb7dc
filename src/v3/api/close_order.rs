//! Close 关闭订单.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Closes an order that is not paid. Closing it again is harmless. A payment by code is not closed but reversed.
    CloseOrder => Closed;
    title: "关闭订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/mini-program-payment/close-order.html",
    method: "POST",
    effect: Close,
    fact: direct = Side {
        paths: &["/v3/pay/transactions/out-trade-no/{out_trade_no}/close"],
        ids: &["mchid"],
        ..SIDE
    },
    fact: partner = Side {
        paths: &["/v3/pay/partner/transactions/out-trade-no/{out_trade_no}/close"],
        ids: &["sp_mchid", "sub_mchid"],
        ..SIDE
    },
    request {
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
    }
}
