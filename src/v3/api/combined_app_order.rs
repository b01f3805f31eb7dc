//! Combined order 合单下单 in an app.

use super::combined_order::combined_order;

combined_order! {
    /// Places orders of several merchants that are paid together in an app. The `prepay_id` is signed by `appPayment`.
    CombinedAppOrder => Prepaid;
    title: "合单APP下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/app-prepay.html",
    kind: "app",
    request {
        /// The payer.
        combine_payer_info: Option<CombinedPayer> = Form::Object(CombinedPayer::SHAPE);
        /// Where it is paid.
        scene_info: Option<CombinedScene> = Form::Object(CombinedScene::SHAPE);
    }
}
