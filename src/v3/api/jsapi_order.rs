//! Order JSAPI/小程序下单: the call that begins every payment in a mini program.

use super::order::order;

order! {
    /// Places an order and returns the `prepay_id` that is signed again for the payer's phone. It is good for two hours.
    ///
    /// A service provider passes `payer.sub_openid` with `sub_appid`, or `payer.sp_openid`.
    JsapiOrder => Prepaid;
    title: "JSAPI/小程序下单",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/mini-program-payment/mini-prepay.html",
    kind: "jsapi",
    direct {
        any_of: &["payer.openid"],
        refuses: &[
            ("payer.sp_openid", "is for a service provider; pass payer.openid, or sub_mchid"),
            ("payer.sub_openid", "is for a service provider; pass payer.openid, or sub_mchid"),
        ],
    }
    partner {
        any_of: &["payer.sub_openid", "payer.sp_openid"],
        refuses: &[("payer.openid", "is for a direct merchant; pass payer.sub_openid or payer.sp_openid")],
    }
    fact: requires = &[Requirement { member: "payer.sub_openid", word: "", needs: &["sub_appid"] }],
    request {
        /// The payer.
        payer: OrderPayer = Form::Object(OrderPayer::SHAPE);
        /// Where it is paid.
        scene_info: Option<SceneInfo> = Form::Object(SceneInfo::SHAPE);
        /// The subsidy for the instalments of the payer (微信分付).
        subsidy_info: Option<SubsidyInfo> = Form::Object(SubsidyInfo::SHAPE);
    }
}
