//! Payment by code 付款码支付.

use super::declaration::api;

api! {
    /// Takes a payment by the code that the payer shows. WeChat grants it on application. No notice follows.
    ///
    /// While the answer is `USERPAYING` or unknown, call `settle` with `isPayCode`: it queries, and then reverses.
    Codepay => Order;
    title: "付款码支付",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/code-payment-v3/direct/code-pay.html",
    method: "POST",
    effect: Money,
    fact: direct = Side {
        paths: &["/v3/pay/transactions/codepay"],
        ids: &["appid", "mchid"],
        repeats: &["mchid"],
        ..SIDE
    },
    fact: partner = Side {
        paths: &["/v3/pay/partner/transactions/codepay"],
        ids: &["sp_appid", "sp_mchid", "sub_appid", "sub_mchid"],
        repeats: &["sp_mchid", "sub_mchid"],
        ..SIDE
    },
    fact: repeatable = false,
    fact: any_of = &["scene_info.store_info.id", "scene_info.store_info.out_id"],
    fact: echoes = &[("out_trade_no", "out_trade_no")],
    fact: echoes_if_present = &[("amount.total", "amount.total")],
    fact: needed = PAID_NEEDS,
    fact: advice = &[
        (
            &["SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR", "SERVICE_UNAVAILABLE", "USERPAYING", ""],
            "Call settle with isPayCode: it queries, and then reverses",
        ),
        (&["NOT_ENOUGH", "NOTENOUGH"], "The payer's balance is too low: ask for another way to pay, with a new number"),
    ],
    request {
        /// The description of the goods. The payer sees it. At most 127 characters.
        description: String = Form::Text(127);
        /// The shop's number of the order: 6 to 32 of `0-9 A-Z a-z _ - | *`, unique for the merchant.
        out_trade_no: String = Form::NewOrderNumber;
        /// Anything, returned in the query. At most 128 characters.
        attach: Option<String> = Form::Text(128);
        /// A mark for coupons, at most 32 characters.
        goods_tag: Option<String> = Form::Text(32);
        /// Whether the entry for an invoice is shown.
        support_fapiao: Option<bool> = Form::Bool;
        /// The payer's code.
        payer: CodePayer = Form::Object(CodePayer::SHAPE);
        /// The amount.
        amount: OrderAmount = Form::Object(OrderAmount::SHAPE);
        /// Where it is paid.
        scene_info: CodeScene = Form::Object(CodeScene::SHAPE);
        /// The goods, for discounts on single items.
        detail: Option<CodeDetail> = Form::Object(CodeDetail::SHAPE);
        /// How the money is settled.
        settle_info: Option<SettleInfo> = Form::Object(SettleInfo::SHAPE);
    }
}
