//! Order JSAPI/小程序下单: the call that begins every payment.

use super::declaration::api;

api! {
    /// Places an order and returns the `prepay_id` that is signed again for the payer's phone. It is good for two hours.
    JsapiOrder => Prepaid;
    title: "JSAPI/小程序下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/mini-program-payment/mini-prepay.html",
    method: "POST",
    paths: &["/v3/pay/transactions/jsapi"],
    effect: Order,
    fact: ids = &["appid", "mchid"],
    fact: configured = &["notify_url"],
    request {
        /// The description of the goods. The payer sees it. At most 127 characters.
        description: String = Form::Text(127);
        /// The shop's number of the order: 6 to 32 of `0-9 A-Z a-z _ - | *`, unique for the merchant.
        out_trade_no: String = Form::NewOrderNumber;
        /// When the order expires (RFC 3339). Default after seven days.
        time_expire: Option<String> = Form::Time;
        /// Anything, returned in query and notice once the order is paid. At most 128 characters.
        attach: Option<String> = Form::Text(128);
        /// Where WeChat posts the notice: an absolute URL without a query, at most 255 characters.
        notify_url: String = Form::Url;
        /// A mark for coupons, at most 32 characters.
        goods_tag: Option<String> = Form::Text(32);
        /// Whether the entry for an invoice is shown.
        support_fapiao: Option<bool> = Form::Bool;
        /// The amount.
        amount: OrderAmount = Form::Object(OrderAmount::SHAPE);
        /// The payer.
        payer: OrderPayer = Form::Object(OrderPayer::SHAPE);
        /// The goods, for discounts on single items.
        detail: Option<OrderDetail> = Form::Object(OrderDetail::SHAPE);
        /// Where it is paid.
        scene_info: Option<SceneInfo> = Form::Object(SceneInfo::SHAPE);
        /// How the money is settled.
        settle_info: Option<SettleInfo> = Form::Object(SettleInfo::SHAPE);
        /// What the payer may not pay with: `no_balance`, `no_credit`, `no_debit`, `balance_only`.
        limit_pay: Vec<String> = Form::Words(&["no_balance", "no_credit", "no_debit", "balance_only"]);
        /// The subsidy for the instalments of the payer (微信分付).
        subsidy_info: Option<SubsidyInfo> = Form::Object(SubsidyInfo::SHAPE);
    }
}
