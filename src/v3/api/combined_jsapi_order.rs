//! Combined order 合单下单 in a mini program.

use super::combined_order::combined_order;

combined_order! {
    /// Places orders of several merchants that are paid together. Sign its `prepay_id` for the app of this client, which is no
    /// sub-merchant's: `requestPayment(prepay_id, pay.appid)`.
    ///
    /// One notice follows, of the kind `combined`. Each order is refunded by `refund`.
    CombinedJsapiOrder => Prepaid;
    title: "合单JSAPI/小程序下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/jsapi-prepay.html",
    kind: "jsapi",
    fact: any_of = &["combine_payer_info.openid", "combine_payer_info.sub_openid"],
    request {
        /// The payer.
        combine_payer_info: CombinedJsapiPayer = Form::Object(CombinedJsapiPayer::SHAPE);
        /// Where it is paid.
        scene_info: Option<CombinedScene> = Form::Object(CombinedScene::SHAPE);
    }
}
