//! Refund 退款申请.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Asks for a refund. An answer means that it was accepted, not that it is done: see the notice, or query.
    ///
    /// Repeat it with the same `out_refund_no`: a new number is a second refund.
    Refund => RefundRecord;
    title: "退款申请",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/refund/refunds/create.html",
    method: "POST",
    effect: Money,
    fact: direct = Side { paths: &["/v3/refund/domestic/refunds"], ..SIDE },
    fact: partner = Side { paths: &["/v3/refund/domestic/refunds"], ids: &["sub_mchid"], ..SIDE },
    fact: configured = &["notify_url"],
    fact: any_of = &["out_trade_no", "transaction_id"],
    fact: only_one = true,
    fact: echoes = &[
        ("out_refund_no", "out_refund_no"),
        ("out_trade_no", "out_trade_no"),
        ("transaction_id", "transaction_id"),
        ("amount.refund", "amount.refund"),
        ("amount.total", "amount.total"),
    ],
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: Option<String> = Form::Of(Kind::OrderNumber);
        /// The shop's number of the refund: 1 to 64 of `0-9 A-Z a-z _ - | * @`.
        out_refund_no: String = Form::Of(Kind::RefundNumber);
        /// Why, shown to the payer. At most 80 characters.
        reason: Option<String> = Form::Text(80);
        /// Where WeChat posts the notice of the refund. Without one it posts XML of APIv2.
        notify_url: Option<String> = Form::Url(256);
        /// `AVAILABLE`, for merchants of the old settlement only.
        funds_account: Option<String> = Form::Of(Kind::Word(&["AVAILABLE"]));
        /// The amounts.
        amount: RefundAmount = Form::Object(RefundAmount::SHAPE);
        /// The goods that go back.
        goods_detail: Vec<RefundGoods> = Form::List(RefundGoods::SHAPE);
    }
}
