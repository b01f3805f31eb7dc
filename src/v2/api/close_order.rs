//! Close an order 关闭订单.

use super::declaration::api;

api! {
    /// Closes an order that is not paid, at the earliest five minutes after it was made. The answer has no business data.
    ///
    /// `ORDERPAID` means that the payer was faster: query the order and treat it as paid.
    CloseOrder => CloseOrderAnswer;
    title: "关闭订单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_3",
    path: "/pay/closeorder",
    fact: echoes = &[Echo::WherePresent("out_trade_no")],
    request {
        /// The shop's number of the order.
        out_trade_no: String = Kind::OrderNumber;
    }
    answer {
        /// A remark on the result; older pages name it.
        result_msg: Option<String> = Kind::Text;
    }
}
