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
    fact: reads = Reads::Certificates,
    request {
        /// The kind of certificates. The only one that is supported: `RSA`.
        algorithm_type: Option<String> = Form::Of(Kind::Word(&["RSA"]));
    }
}
