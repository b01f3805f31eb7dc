//! Order H5下单: a page outside WeChat.

use super::order::order;

order! {
    /// Places an order and returns the URL that the payer's browser opens. It is good for five minutes.
    H5Order => H5Address;
    title: "H5下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/h5-payment/direct-jsons/h5-prepay.html",
    kind: "h5",
    direct {} partner {}
    request {
        /// Where it is paid, with the payer's true IP address.
        scene_info: H5Scene = Form::Object(H5Scene::SHAPE);
    }
}
