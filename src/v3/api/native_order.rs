//! Order Native下单: a QR code.

use super::order::order;

order! {
    /// Places an order and returns the text of the QR code that the payer scans. It is good for two hours.
    NativeOrder => NativeCode;
    title: "Native下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/native-payment/direct-jsons/native-prepay.html",
    kind: "native",
    direct {} partner {}
    request {
        /// Where it is paid.
        scene_info: Option<SceneInfo> = Form::Object(SceneInfo::SHAPE);
    }
}
