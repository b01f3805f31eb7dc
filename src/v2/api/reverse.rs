//! Reverse a payment by code 撤销订单.

use super::declaration::api;

api! {
    /// Cancels a payment by code: refunds it when it was paid, closes it when it was not. At the earliest 15 seconds after the
    /// payment call, within seven days.
    Reverse => ReverseAnswer;
    title: "撤销订单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/micropay.php?chapter=9_11",
    path: "/secapi/pay/reverse",
    fact: moves_money = true,
    fact: certificate = true,
    fact: rules = &[Rule::AnyOf(&["transaction_id", "out_trade_no"])],
    fact: echoes = &[Echo::WherePresent("out_trade_no"), Echo::WherePresent("transaction_id")],
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: Option<String> = Kind::OrderNumber;
    }
    answer {
        /// `Y`: call again; `N`: done.
        recall: String = Kind::State(YES_OR_NO);
    }
}
