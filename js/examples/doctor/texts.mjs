// The texts of the page in both languages. The English ones of elements are in the document.
export const TEXTS = {
  en: {
    other: '中文',
    right: 'The signature is right.',
    wrong: 'The signature is wrong.',
    certain: 'certain',
    likely: 'perhaps',
    rightSignature: 'Right signature: ',
    yes: 'yes',
    no: 'no',
    needsKey: 'Enter the APIv2 key.',
    nothing: 'Paste a message first.',
  },
  zh: {
    title: '签名为什么错误？',
    promise: '所有内容都留在本页：页面不能连接任何地址。密钥不会发送，也不会保存。',
    other: 'English',
    message: '消息',
    messageHint: 'XML、JSON、查询字符串、日志（name=value）、带请求头的 HTTP 请求，或 HAR 文件',
    key: 'APIv2 密钥',
    appid: 'appid（支付参数里没有时填写）',
    v3: 'APIv3 的文件和密钥',
    certificate: 'apiclient_cert.pem',
    privateKey: 'apiclient_key.pem（只读取公钥部分）',
    wechatpayId: '微信支付公钥 ID 或平台证书序列号',
    apiV3Key: 'APIv3 密钥',
    wechatpayKey: 'pub_key.pem，或平台证书',
    explain: '诊断',
    example: '试一个例子',
    clear: '清空',
    entries: 'HAR 文件中的请求',
    right: '签名正确。',
    wrong: '签名错误。',
    certain: '确定',
    likely: '可能',
    signedText: '待签名文本',
    rightSignature: '正确的签名：',
    fields: '字段',
    fieldsCaption: '按消息中的顺序',
    name: '名称',
    value: '值',
    isSigned: '参与签名',
    yes: '是',
    no: '否',
    code: '正确的签名代码',
    needsKey: '请填写 APIv2 密钥。',
    nothing: '请先粘贴消息。',
  },
};

/** A message whose body was escaped before it was signed, and the published key of WeChat's manual. */
export const EXAMPLE = {
  key: '192006250b4c09247ec02edce69f6a2d',
  message: `<xml>
  <appid>wxd930ea5d5a258f4f</appid>
  <mch_id>10000100</mch_id>
  <body><![CDATA[茶 & 水]]></body>
  <nonce_str>ibuaiVcKdpRxkhJA</nonce_str>
  <total_fee>100</total_fee>
  <sign>SIGN</sign>
</xml>`,
};
