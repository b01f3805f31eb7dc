//! Combined order 合单下单 with a QR code.

use super::combined_order::combined_order;

combined_order! {
    /// Places orders of several merchants that are paid together. Returns the text of the QR code that the payer scans.
    CombinedNativeOrder => NativeCode;
    title: "合单Native下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/combine-payment/orders/native-prepay.html",
    kind: "native",
    request {
        /// Where it is paid.
        scene_info: Option<CombinedScene> = Form::Object(CombinedScene::SHAPE);
    }
}
