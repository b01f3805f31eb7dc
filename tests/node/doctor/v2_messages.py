# The messages of APIv2 that are signed: orders, queries, refunds, bills, notices, answers and payments.
from dataclasses import dataclass, field

KEY = "192006250b4c09247ec02edce69f6a2d"
MIXED_KEY = "0123456789abcdef0123456789ABCDEF"
WORD_KEY = "qazWSXedcRFVtgbYHNujmIKolp111111"

APPID = "wx8888888888888888"
SUB_APPID = "wxd678efh567hg6787"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
PREPAY_ID = "wx2017033010242291fcfe0db70013231072"
DETAIL = '{"goods_detail":[{"goods_id":"1","goods_name":"热敏纸 & 墨","quantity":1,"price":5288}],"cost_price":5288}'
SCENE = '{"store_info": {"id": "SZTX001", "name": "腾讯大厦店", "area_code": "440305", "address": "科技园中一路"}}'


@dataclass
class Message:
    """`sent` is what the doctor reads. `due` is what WeChat signs, where it differs. `sign_type` is an option of the call."""

    name: str
    kind: str
    key: str
    algorithm: str
    sent: list
    due: list = None
    sign_type: str = None
    signature_name: str = field(init=False)

    def __post_init__(self):
        self.due = self.due or self.sent
        self.signature_name = "paySign" if self.kind == "payment" else "sign"


def merchant(nonce):
    return [["appid", APPID], ["mch_id", "1900000109"], ["nonce_str", nonce]]


def order(nonce, changes, algorithm="MD5"):
    """An order: members that every order has, and the changes of one."""
    fields = merchant(nonce) + [
        ["body", "腾讯-游戏"],
        ["out_trade_no", "20150806125346"],
        ["total_fee", "88"],
        ["spbill_create_ip", "123.12.12.123"],
        ["notify_url", "https://shop.example.com/wxpay/notify"],
        ["trade_type", "JSAPI"],
        ["openid", OPENID],
    ]
    if algorithm == "HMAC-SHA256":
        fields.append(["sign_type", algorithm])
    for name, value in changes.items():
        known = next((pair for pair in fields if pair[0] == name), None)
        if known:
            known[1] = value
        else:
            fields.insert(3, [name, value])
    return fields


def answer(nonce, changes, result=True):
    fields = [["return_code", "SUCCESS"], ["return_msg", "OK"]] + merchant(nonce)
    return fields + ([["result_code", "SUCCESS"]] if result else []) + [[name, value] for name, value in changes.items()]


def payment(sign_type, time="1490840662", id=PREPAY_ID, time_name="timeStamp"):
    return [
        ["appId", APPID],
        [time_name, time],
        ["nonceStr", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"],
        ["package", f"prepay_id={id}"],
        ["signType", sign_type],
    ]


PAID = {
    "openid": OPENID,
    "is_subscribe": "N",
    "trade_type": "JSAPI",
    "bank_type": "CMB_CREDIT",
    "total_fee": "100",
    "cash_fee": "90",
    "fee_type": "CNY",
    "transaction_id": "1004400740201409030005092168",
    "out_trade_no": "1409811653",
    "attach": "支付测试 <1>&+100%",
    "time_end": "20140903131540",
}
COUPONS = {
    "device_info": "",
    "coupon_count": "12",
    "coupon_fee": "10",
    "coupon_id_0": "10000",
    "coupon_id_1": "10001",
    "coupon_id_10": "10010",
    "coupon_id_2": "10002",
    "coupon_fee_0": "4",
    "coupon_fee_1": "6",
    "coupon_type_0": "CASH",
    "settlement_total_fee": "100",
}
HMAC = "HMAC-SHA256"

MESSAGES = [
    Message("plain-order", "order", KEY, "MD5", order("ibuaiVcKdpRxkhJA", {})),
    Message("detail-order", "order", MIXED_KEY, HMAC, order("5K8264ILTKCH16CQ2502SI8ZNMTM67VS", {"detail": DETAIL, "attach": 'a=1&b=<2> "x" it\'s', "device_info": ""}, HMAC)),
    Message("scene-order", "order", WORD_KEY, "MD5", order("C380BEC2BFD727A4B6845133519F3AD6", {"scene_info": SCENE, "attach": "50% off + 深圳/南山 分店=1", "body": "A&B <茶>"})),
    Message("provider-order", "order", KEY, HMAC, order("BQ8v3Yf0QwTz", {"sub_appid": SUB_APPID, "sub_mch_id": "1900013511", "total_fee": "1000000"}, HMAC)),
    Message("null-order", "order", MIXED_KEY, "MD5", order("n7YtGk20sP", {"attach": None, "device_info": None, "total_fee": "100"})),
    Message("null-hmac-order", "order", WORD_KEY, HMAC, order("q1W2e3R4t5", {"goods_tag": None, "limit_pay": "no_credit"}, HMAC)),
    Message("blank-order", "order", KEY, "MD5", order("Zx81QwErTy", {"body": " 腾讯-游戏 ", "attach": "门店 1 "})),
    Message("blank-hmac-order", "order", WORD_KEY, HMAC, order("a0B1c2D3e4", {"attach": "\t会员卡 ", "goods_tag": " WXG"}, HMAC)),
    Message("crlf-order", "order", MIXED_KEY, "MD5", order("kP0oL9iK8u", {"attach": "第一行\r\n第二行"})),
    Message("lf-micropay", "order", KEY, HMAC, order("MicroPay01", {"attach": "甲\n乙\n丙", "auth_code": "120061098828009406"}, HMAC)),
    Message("latin-order", "order", WORD_KEY, "MD5", order("LatinText1", {"body": "Café Zoë - Menü", "attach": "20 € déjà"})),
    Message("entity-order", "order", KEY, "MD5", order("Entity0001", {"body": "A&amp;B 茶", "attach": "x &lt; y"})),
    Message("cased-order", "order", MIXED_KEY, HMAC, order("CasedName1", {"Attach2": "Z", "X_ext": "1", "_trace": "t-1", "coupon1": "2", "coupon_a": "3"}, HMAC)),
    Message("blank-answer", "answer", KEY, HMAC, answer("BlankAnswer1", {**PAID, "attach": " 会员 "}), sign_type=HMAC),
    Message("crlf-refund", "request", WORD_KEY, HMAC, merchant("CrlfRefund01") + [["out_refund_no", "R2"], ["refund_fee", "1"], ["total_fee", "1000"], ["refund_desc", "缺货\r\n改日"], ["sign_type", HMAC]]),
    Message("lf-notice", "answer", MIXED_KEY, "MD5", answer("LfNotice0001", {**PAID, "attach": "桌号 8\n两位"})),
    Message("cased-answer", "answer", KEY, "MD5", answer("CasedAnswer1", {"Operator": "op1", "batchNo": "7", "trade_state": "SUCCESS"})),
    Message("query", "request", KEY, "MD5", merchant("ec2316275641faa3aacf3cc599e8730f") + [["transaction_id", "1008450740201411110005820873"]]),
    Message("close", "request", WORD_KEY, HMAC, merchant("4ca93f17ddf3443ceabf72f26d64fe0e") + [["sign_type", HMAC], ["out_trade_no", "1217752501201407033233368018"]]),
    Message("refund", "request", MIXED_KEY, "MD5", merchant("6cefdb308e1e2e8aabd48cf79e546a02") + [["op_user_id", "1900000109"], ["out_refund_no", "R1415701182"], ["out_trade_no", "1415757673"], ["total_fee", "12300000"], ["refund_fee", "100"], ["refund_desc", "商品已售完 & <退>"], ["openid", OPENID]]),
    Message("refund-query", "request", KEY, HMAC, merchant("0b9f35f484df17a732e537c37708d1d0") + [["out_refund_no", "R-1|2*3"], ["offset", "10"], ["sign_type", HMAC]]),
    Message("bill", "request", WORD_KEY, "MD5", [["bill_type", "ALL"], ["bill_date", "20141110"]] + merchant("21df7dc9cd8616b56919f20d9f679233")),
    Message("fund-flow", "request", KEY, HMAC, merchant("21df7dc9cd8616b56919f20d9f679233") + [["bill_date", "20141110"], ["account_type", "Basic"], ["sign_type", HMAC]]),
    Message("comments", "request", MIXED_KEY, HMAC, merchant("5K8264ILTKCH16CQ2502SI8ZNMTM67VS") + [["begin_time", "20170724000000"], ["end_time", "20170725000000"], ["offset", "0"], ["limit", "100"]], sign_type=HMAC),
    Message("notice", "answer", KEY, "MD5", answer("5d2b6c2a8db53831f7eda20af46e531c", {**PAID, **COUPONS, "Zeta": "z"})),
    Message("hmac-notice", "answer", WORD_KEY, HMAC, answer("9f8E7d6C5b4A", {**PAID, "sub_mch_id": "1900013511", "sub_appid": SUB_APPID}), sign_type=HMAC),
    Message("long-notice", "answer", MIXED_KEY, "MD5", answer("LongNotice01", {**PAID, **COUPONS, "promotion_detail": '{"promotion_detail":[{"promotion_id":"109519","name":"单品惠-6"}]}', "version": "1.0"})),
    Message("query-answer", "answer", WORD_KEY, "MD5", answer("IITRi8Iabbblz1Jc", {"trade_state": "NOTPAY", "trade_state_desc": "订单未支付", "out_trade_no": "1217752501", "device_info": ""})),
    Message("refund-answer", "answer", KEY, HMAC, answer("NfsMFbUFpdbEhPXP", {"transaction_id": "1008450740", "out_refund_no": "R1", "refund_id": "2008450740", "refund_fee": "1", "total_fee": "250000", "cash_fee": "1"}), sign_type=HMAC),
    Message("payment", "payment", WORD_KEY, "MD5", payment("MD5")),
    Message("hmac-payment", "payment", KEY, HMAC, payment(HMAC, "1722850421", "u802345jgfjsdfgsdg888")),
    Message("milliseconds-payment", "payment", MIXED_KEY, "MD5", payment("MD5", "1490840662123")),
    Message("jssdk-payment", "payment", KEY, "MD5", payment("MD5", "1414561699", time_name="timestamp"), payment("MD5", "1414561699")),
    Message("app-payment", "app", KEY, "MD5", [["appid", "wx2421b1c4370ec43b"], ["partnerid", "10000100"], ["prepayid", "WX1217752501201407033233368018"], ["package", "Sign=WXPay"], ["noncestr", "5K8264ILTKCH16CQ2502SI8ZNMTM67VS"], ["timestamp", "1514363815"]]),
]
