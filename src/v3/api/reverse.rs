//! Reversal 撤销订单 of a payment by code.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Reverses a payment by code: an unpaid order is closed, and the money of a paid one goes back. Repeat it until the answer is
    /// certain. WeChat grants it together with `codepay`.
    Reverse => Reversed;
    title: "撤销订单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/code-payment-v3/direct/reverse.html",
    method: "POST",
    effect: Money,
    fact: direct = Side {
        paths: &["/v3/pay/transactions/out-trade-no/{out_trade_no}/reverse"],
        ids: &["appid", "mchid"],
        repeats: &["mchid"],
        ..SIDE
    },
    fact: partner = Side {
        paths: &["/v3/pay/partner/transactions/out-trade-no/{out_trade_no}/reverse"],
        ids: &["sp_appid", "sp_mchid", "sub_appid", "sub_mchid"],
        ..SIDE
    },
    fact: echoes = &[("out_trade_no", "out_trade_no")],
    request {
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
    }
}
