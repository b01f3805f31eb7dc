//! The codes of APIv2, and the words of each.

use crate::doctor::words::words;

words! {
    SIGN_TYPE "sign-type"
        ["It was signed with {}, and the message needs the other algorithm.",
         "Sign with the algorithm that sign_type names. Without sign_type WeChat takes MD5."]
        ["签名用的是 {}，而这条消息要求另一种算法。",
         "按 sign_type 所写的算法签名。没有 sign_type 时微信按 MD5 验证。"]
    SECOND_SIGN_TYPE "second-sign-type"
        ["paySign was made with {}, and signType names the other algorithm.",
         "Sign the payment with the algorithm of its own signType, and sign that signType too."]
        ["paySign 用的是 {}，而 signType 写的是另一种算法。",
         "按 signType 所写的算法做第二次签名，并且让 signType 本身参与签名。"]
    KEY_WHITESPACE "key-whitespace"
        ["The key had white space or a line end: {}.",
         "Copy the key again, and trim what you read from a file or an environment variable."]
        ["密钥的首尾有空白或换行：{}。",
         "重新复制密钥；从文件或环境变量读取后去掉首尾空白。"]
    KEY_CASE "key-case"
        ["The key was in {}.", "Use the key exactly as it was set in the merchant platform (账户中心 → API安全)."]
        ["密钥被转成了{}。", "密钥要与商户平台（账户中心 → API安全）里设置的完全一致。"]
    KEY_MISSING "key-missing"
        ["No key was appended after the fields.", "Append &key= and the key to the sorted fields, then hash."]
        ["字段之后没有拼接密钥。", "在排好序的字段后面拼接 &key= 和密钥，再计算签名。"]
    KEY_FORMAT "key-format"
        ["The key was appended as {}.", "Append exactly &key= and the key."]
        ["密钥的拼接方式是 {}。", "必须按 &key=密钥 的形式拼接。"]
    KEY_CANDIDATE "key-candidate"
        ["It was signed with the key {}.", "Use the key of this merchant: configure one key for each mch_id."]
        ["签名用的是密钥 {}。", "请使用这个商户自己的密钥：每个 mch_id 各配一个密钥。"]
    EMPTY_SIGNED "empty-signed"
        ["Empty values took part in the signature: {}.", "Leave fields with an empty value out of the signed text."]
        ["空值参与了签名：{}。", "值为空的字段不参与签名。"]
    NULL_WORDS "null-words"
        ["An absent value was signed as a word: {}.", "Remove fields without a value before signing, in place of turning them into text."]
        ["没有值的字段被当成文字参与了签名：{}。", "签名之前删除没有值的字段，不要把它们转成文字。"]
    SIGN_SIGNED "sign-signed"
        ["An older {} took part in the signature.", "Remove sign and paySign before signing, also on a retry."]
        ["旧的 {} 参与了签名。", "签名前先删除 sign 和 paySign，重试时也一样。"]
    UNSORTED "unsorted"
        ["The fields were signed in the order of the message.", "Sort the fields by name, in ASCII order."]
        ["字段按消息里的顺序参与签名，没有排序。", "按字段名的 ASCII 码从小到大排序。"]
    SORT_LOCALE "sort-locale"
        ["The fields were sorted {}.", "Sort the names by their ASCII codes: upper case comes before _ and lower case."]
        ["字段的排序方式是：{}。", "按字段名的 ASCII 码排序：大写字母在下划线和小写字母之前。"]
    LOWER_CASE "lower-case"
        ["The signature has lower-case digits.", "Turn the signature into upper case."]
        ["签名的字母是小写。", "把签名转成大写。"]
    TRIMMED "trimmed"
        ["Values were trimmed before signing, and the message has their white space: {}.", "Sign and send the same value: trim it before both, or never."]
        ["签名前去掉了值首尾的空白，而消息里还有：{}。", "签名和发送要用同一个值：要么都去掉空白，要么都保留。"]
    UNTRIMMED "untrimmed"
        ["A value was signed with white space that the message lacks: {}.", "Trim the value once, before both signing and sending."]
        ["签名时值带有空白，而消息里没有：{}。", "签名和发送之前只处理一次空白。"]
    URL_ENCODED "url-encoded"
        ["Values were percent-encoded before signing: {}.", "Sign the plain values, without URL encoding."]
        ["签名前对值做了 URL 编码：{}。", "用原始值签名，不要做 URL 编码。"]
    URL_DECODED "url-encoded"
        ["Values were signed plain, and the message has them percent-encoded: {}.", "Send the values that are signed, without URL encoding."]
        ["签名用的是原始值，而消息里的值做了 URL 编码：{}。", "发送签名时用的值，不要做 URL 编码。"]
    HTML_ESCAPED "html-escaped"
        ["Values were escaped as markup before signing: {}.", "Sign the plain values. Escape them, or use CDATA, only when the XML is written."]
        ["签名前对值做了 XML 转义：{}。", "用原始值签名；只在生成 XML 时转义或使用 CDATA。"]
    DOUBLE_ESCAPED "double-escaped"
        ["Values were escaped twice: {}.", "Escape once, when the XML is written. With CDATA do not escape at all."]
        ["值被转义了两次：{}。", "只在生成 XML 时转义一次；用 CDATA 时不要转义。"]
    NUMBER_FORMAT "number-format"
        ["A number was signed in another form: {}.", "Turn numbers into text once, and sign and send that text. Amounts are whole numbers of fen."]
        ["数字签名时的写法不同：{}。", "先把数字转成文字，签名和发送用同一段文字；金额是以分为单位的整数。"]
    JSON_RESPACED "json-respaced"
        ["A JSON value was signed with other blanks, escapes or order than it was sent: {}.", "Write the JSON to text once, and sign and send that text."]
        ["JSON 值签名时的空白、转义或成员顺序与发送的不同：{}。", "JSON 只序列化一次，签名和发送用同一段文字。"]
    CHARSET "charset"
        ["The text was signed in {}, not in UTF-8.", "Take the UTF-8 bytes of the text before hashing."]
        ["签名时文字的编码是 {}，不是 UTF-8。", "计算签名前把文字转成 UTF-8 字节。"]
    NEWLINE "newline"
        ["Line ends were signed in another form than they were sent: {}.", "Use LF in values, in signing and in sending. Readers of XML turn CR LF into LF."]
        ["换行符签名时和发送时不同：{}。", "签名和发送都只用 LF；XML 解析器会把 CR LF 变成 LF。"]
    NAME_CASE "name-case"
        ["A name was signed in another spelling: {}.", "Sign the names exactly as they are sent. Letters have a case, such as appId and timeStamp."]
        ["字段名签名时的写法不同：{}。", "签名用的字段名要与发送的完全一致，区分大小写，例如 appId、timeStamp。"]
    PREPAY_PREFIX "prepay-prefix"
        ["package was signed as {}.", "package is prepay_id= and the id, once, both in the signature and in the payment."]
        ["package 签名时写成了 {}。", "package 是 prepay_id= 加上预支付 id，只加一次，签名和调起支付时相同。"]
    MILLISECONDS "milliseconds"
        ["The time was signed in {}, and the message has the other unit.", "Use seconds, as text of ten digits, both in the signature and in the payment."]
        ["时间签名时的单位是{}，与消息不同。", "统一用秒（十位数字的文字），签名和调起支付时相同。"]
    FIELD_LEFT_OUT "field-left-out"
        ["A part of the message was not signed: {}.", "Sign after the last field is set. Each field with a value is signed, except sign."]
        ["消息里有字段没有参与签名：{}。", "设好所有字段之后再签名；除 sign 外，有值的字段都要签名。"]
    FIELD_ADDED "field-added"
        ["Something that is not in the message took part in the signature: {}.", "Send each field that is signed, and sign no other."]
        ["消息里没有的内容参与了签名：{}。", "签名的字段都要发送，没有发送的不要签名。"]
    APPID_OTHER "appid-other"
        ["Another appid was signed: {}.", "Sign the values that are sent. For a provider appid and sub_appid are two fields."]
        ["签名时用了另一个 appid：{}。", "用发送的值签名；服务商的 appid 和 sub_appid 是两个字段。"]
    TRUNCATED "truncated-signature"
        ["The signature is only a part of the right one: {}.", "Keep all 32 (MD5) or 64 (HMAC-SHA256) characters; look at the width of your column."]
        ["签名只是正确签名的一部分：{}。", "保留全部 32 位（MD5）或 64 位（HMAC-SHA256），检查数据库字段的长度。"]
    UNKNOWN "unknown"
        ["No usual mistake reproduces this signature. {}", "Compare the signed text line by line. If it is equal, the key is another one, or a value was changed after signing."]
        ["没有常见的错误能得到这个签名。{}", "逐项对比待签名文本；如果相同，则密钥不同，或者签名之后值被改过。"]
}
