//! The key of the sandbox 获取沙箱密钥.

use super::declaration::api;

api! {
    /// Exchanges the production key for the key of the sandbox, which signs with MD5 only.
    SandboxSignKey => SandboxSignKeyAnswer;
    title: "获取沙箱密钥",
    page: "https://pay.weixin.qq.com/wiki/doc/api/tools/sp_coupon.php?chapter=23_1&index=2",
    path: "/xdc/apiv2getsignkey/sign/getsignkey",
    fact: base = Base::Sandbox,
    fact: sign_type = Some(SignType::Md5),
    fact: common = false,
    fact: answer_signed = false,
    request {}
    answer {
        /// The key that signs every call of the sandbox.
        sandbox_signkey: String = Kind::Text;
    }
}
