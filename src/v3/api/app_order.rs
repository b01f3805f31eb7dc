//! Order APP下单.

use super::order::order;

order! {
    /// Places an order that is paid in an app. The `prepay_id` is signed by `appPayment`. The `appid` is that of the app.
    AppOrder => Prepaid;
    title: "APP下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/in-app-payment/direct-jsons/app-prepay.html",
    kind: "app",
    direct {} partner {}
    request {
        /// Where it is paid.
        scene_info: Option<SceneInfo> = Form::Object(SceneInfo::SHAPE);
    }
}
