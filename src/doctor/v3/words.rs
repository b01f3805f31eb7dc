//! The codes of APIv3, and the words of each.

use crate::doctor::words::words;

words! {
    QUERY_MISSING "query-missing"
        ["The query did not take part in the signature.", "Sign path and query as they are sent: build the URL once, and sign that text."]
        ["查询参数没有参与签名。", "签名用的路径要带上查询参数：URL 只拼一次，用同一段文字签名和发送。"]
    PATH_DECODED "path-decoded"
        ["The path was signed in another encoding than it was sent.", "Percent-encode the URL once, and sign exactly what is sent."]
        ["签名用的路径与发送的路径编码不同。", "URL 只编码一次，用实际发送的文字签名。"]
    HOST_INCLUDED "host-included"
        ["Scheme and host took part in the signature.", "Sign the path with its query only, from the first / after the host."]
        ["协议和域名参与了签名。", "只用域名之后的路径（含查询参数）签名。"]
    BODY_CHANGED "body-changed"
        ["Another body was signed than the one that arrived. {}", "Write the body to text once; sign and send that text. Look for an HTTP client or a proxy that writes it again."]
        ["签名用的请求体与实际收到的不同。{}", "请求体只序列化一次，签名和发送用同一段文字；检查是否有 HTTP 库或代理重新序列化。"]
    TRAILING_NEWLINE "trailing-newline"
        ["The line feed at the end of the signed text is {}.", "Each line ends with one line feed, the last one too."]
        ["待签名文本末尾的换行{}。", "每一行都以一个换行结尾，最后一行也是。"]
    KEY_NOT_OF_CERTIFICATE "key-not-of-certificate"
        ["The private key does not belong to the certificate. {}", "Take apiclient_key.pem and apiclient_cert.pem from the same download of the merchant platform."]
        ["私钥与证书不是一对。{}", "apiclient_key.pem 和 apiclient_cert.pem 要来自商户平台的同一次下载。"]
    SERIAL_OF_PLATFORM "serial-of-platform-certificate"
        ["serial_no is the serial of a platform certificate of WeChat.", "Use the serial of your own certificate, apiclient_cert.pem."]
        ["serial_no 是微信支付平台证书的序列号。", "使用你自己的商户API证书（apiclient_cert.pem）的序列号。"]
    SERIAL_FORMAT "serial-format"
        ["serial_no is the certificate's serial in another form: {}.", "Write it in hexadecimal digits, in upper case, without colons, with its leading zeros."]
        ["serial_no 是证书序列号的另一种写法：{}。", "写成大写十六进制，不带冒号，保留开头的零。"]
    SERIAL_MISMATCH "serial-mismatch"
        ["serial_no is not the serial of the certificate.", "Read the serial from apiclient_cert.pem, in place of typing it."]
        ["serial_no 不是这张证书的序列号。", "从 apiclient_cert.pem 里读取序列号，不要手工填写。"]
    MILLISECONDS "timestamp-milliseconds"
        ["The timestamp is in milliseconds.", "Use seconds: ten digits."]
        ["时间戳的单位是毫秒。", "使用秒：十位数字。"]
    SKEW "timestamp-skew"
        ["The timestamp differs from the clock by {} seconds, and WeChat allows 300.", "Synchronise the server's clock, and sign just before sending."]
        ["时间戳与时钟相差 {} 秒，微信只允许 300 秒。", "校准服务器时间，并在发送前才签名。"]
    EXPIRED "certificate-expired"
        ["The merchant's certificate is not valid at this time.", "Apply for a new certificate in the merchant platform (账户中心 → API安全)."]
        ["商户证书不在有效期内。", "在商户平台（账户中心 → API安全）申请新证书。"]
    PSS "padding-pss"
        ["The signature has the padding RSA-PSS.", "Sign with RSASSA-PKCS1-v1_5 and SHA-256."]
        ["签名用的是 RSA-PSS 填充。", "使用 RSASSA-PKCS1-v1_5 和 SHA-256 签名。"]
    SHA1 "hash-sha1"
        ["The text was hashed with SHA-1.", "Sign with SHA-256 (SHA256withRSA)."]
        ["签名用的散列算法是 SHA-1。", "使用 SHA-256（SHA256withRSA）签名。"]
    PROVIDER "provider-mchid"
        ["mchid of the Authorization is {}, and the request names another signer.", "A provider signs with its own mchid, key and certificate: mchid is the body's sp_mchid."]
        ["Authorization 里的 mchid 是 {}，与请求里的签名商户不同。", "服务商用自己的 mchid、私钥和证书签名：mchid 等于请求里的 sp_mchid。"]
    HEADER_FORMAT "header-format"
        ["The Authorization header does not follow its grammar: {}.", "Write: WECHATPAY2-SHA256-RSA2048 mchid=\"…\",nonce_str=\"…\",signature=\"…\",timestamp=\"…\",serial_no=\"…\""]
        ["Authorization 请求头的格式不对：{}。", "写成：WECHATPAY2-SHA256-RSA2048 mchid=\"…\",nonce_str=\"…\",signature=\"…\",timestamp=\"…\",serial_no=\"…\""]
    RESERIALISED "body-reserialised"
        ["The body was parsed and written again: {}.", "Verify the raw bytes of the request, before any body parser."]
        ["通知的正文被解析后重新序列化：{}。", "用请求的原始字节验签，不要用解析后的对象。"]
    CHARSET "charset"
        ["The body was decoded in another charset: {}.", "Pass the raw bytes, or decode them as UTF-8."]
        ["通知的正文用了错误的编码：{}。", "传入原始字节，或按 UTF-8 解码。"]
    PROBE "probe"
        ["This is a probe of WeChat: its signature is wrong on purpose.", "Refuse it with a status of 4xx or 5xx, as any wrong signature. No alarm is needed."]
        ["这是微信的探测流量，签名故意是错的。", "像对待其他错误签名一样返回 4xx 或 5xx，不需要告警。"]
    SERIAL_UNKNOWN "serial-unknown"
        ["No certificate with the serial {} is kept.", "Download the platform certificates again, or set downloadCertificates: true."]
        ["没有序列号为 {} 的平台证书。", "重新下载平台证书，或设置 downloadCertificates: true。"]
    PUBLIC_KEY_MISSING "public-key-missing"
        ["It is signed with WeChat Pay's public key {}, which is not kept.", "Download pub_key.pem in the merchant platform, and add it to wechatpayKeys under this id."]
        ["这条通知用微信支付公钥 {} 签名，而你没有配置它。", "在商户平台下载 pub_key.pem，以这个 ID 加入 wechatpayKeys。"]
    PLATFORM_MISSING "platform-certificate-missing"
        ["It is signed with the platform certificate {}, and no certificate is kept.", "Until the switch to the public key is done both occur: set downloadCertificates: true as well."]
        ["这条通知用平台证书 {} 签名，而你没有任何平台证书。", "切换到微信支付公钥完成之前两种都会出现：请同时设置 downloadCertificates: true。"]
    KEY_WRONG "apiv3-key-wrong"
        ["The signature is right, and the APIv3 key does not open the notice.", "Set apiV3Key to the present APIv3 key; keep the older one beside it while it is being changed."]
        ["签名正确，但 APIv3 密钥解不开通知。", "检查 apiV3Key 是否为当前的 APIv3 密钥；更换期间同时保留旧密钥。"]
    KEY_LENGTH "apiv3-key-length"
        ["The APIv3 key has {} bytes, and needs 32.", "Copy the APIv3 key again, without white space. It is neither the APIv2 key nor the AppSecret."]
        ["APIv3 密钥的长度是 {} 字节，应为 32 字节。", "重新复制 APIv3 密钥，去掉空白；它不是 APIv2 密钥，也不是 AppSecret。"]
    TIMESTAMP_OLD "timestamp-old"
        ["The notice differs from the clock by {} seconds; 300 are allowed.", "Refuse it; WeChat sends it again with a new time. Check the server's clock."]
        ["通知的时间与时钟相差 {} 秒，只允许 300 秒。", "拒绝即可，微信会用新的时间重发；检查服务器时间。"]
    SM2 "signature-type-sm2"
        ["The signature type is {}, the SM2 of 国密.", "Choose RSA for this merchant in the merchant platform."]
        ["签名类型是 {}（国密 SM2）。", "在商户平台改用 RSA。"]
    HEADER_MISSING "header-missing"
        ["A header is missing: {}.", "Pass all headers of the request; check proxies that drop Wechatpay-*."]
        ["缺少请求头：{}。", "传入请求的全部请求头；检查是否有代理去掉了 Wechatpay-*。"]
    PACKAGE_PREFIX "package-prefix"
        ["package {}.", "package is prepay_id= and the id, once, both in the signature and in the payment."]
        ["package {}。", "package 是 prepay_id= 加上预支付 id，只加一次，签名和调起支付时相同。"]
    APPID_OTHER "appid-other"
        ["The payment was signed for another appid{}.", "Sign with the appid of the mini program that calls wx.requestPayment."]
        ["签名用的是另一个 appid{}。", "用调起支付的小程序的 appid 签名。"]
    MD5_FOR_RSA "md5-for-rsa"
        ["The payment was signed in the way of APIv2, with {}.", "A prepay_id of APIv3 is signed with the merchant's private key: signType is RSA."]
        ["支付参数按 APIv2 的方式签名（{}）。", "APIv3 的 prepay_id 用商户私钥签名：signType 是 RSA。"]
    UNKNOWN "unknown"
        ["No usual mistake reproduces this signature. {}", "Compare the signed text line by line, and check that the key belongs to this merchant."]
        ["没有常见的错误能得到这个签名。{}", "逐行对比待签名文本，并检查密钥是否属于这个商户。"]
}
