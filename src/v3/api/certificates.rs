//! Platform certificates 下载平台证书.

use super::declaration::api;
use crate::field::Kind;

api! {
    /// Fetches the platform certificates, decrypted and checked. A merchant that has the WeChat Pay public key alone has none.
    Certificates => CertificateList;
    title: "下载平台证书",
    page: "https://pay.weixin.qq.com/docs/merchant/apis/platform-certificate/api-v3-get-certificates/get.html",
    method: "GET",
    effect: Query,
    fact: direct = Side { paths: &["/v3/certificates"], ..SIDE },
    fact: filled = &[("data", "is empty: the merchant has no platform certificate; pass the WeChat Pay public key")],
    fact: advice = &[(
        &["RESOURCE_NOT_EXISTS"],
        "A new merchant has no platform certificate, and uses the WeChat Pay public key (微信支付公钥)",
    )],
    fact: reads = Reads::Certificates,
    request {
        /// The kind of certificates. The only one that is supported: `RSA`.
        algorithm_type: Option<String> = Form::Of(Kind::Word(&["RSA"]));
    }
}
