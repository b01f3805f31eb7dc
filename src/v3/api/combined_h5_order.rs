//! Combined order 合单下单 on a page outside WeChat.

use super::combined_order::combined_order;

combined_order! {
    /// Places orders of several merchants that are paid together, and returns the URL that the payer's browser opens.
    CombinedH5Order => H5Address;
    title: "合单H5下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/h5-prepay.html",
    kind: "h5",
    request {
        /// Where it is paid, with the payer's true IP address.
        scene_info: CombinedH5Scene = Form::Object(CombinedH5Scene::SHAPE);
    }
}
