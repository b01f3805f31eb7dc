//! Order 统一下单: the call that begins every payment.

use super::declaration::api;
use crate::v2::trade_type;

api! {
    /// Places an order and returns the `prepay_id`, which is signed again for the payer's phone. The `prepay_id` is valid for two
    /// hours.
    ///
    /// To pay an unpaid order, place it again with the same number and identical parameters.
    UnifiedOrder => UnifiedOrderAnswer;
    title: "统一下单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_1",
    path: "/pay/unifiedorder",
    fact: configured = &["notify_url"],
    fact: rules = &[
        Rule::When("trade_type", trade_type::JSAPI, &["openid", "sub_openid"]),
        Rule::When("trade_type", trade_type::NATIVE, &["product_id"]),
    ],
    fact: echoes = &[Echo::Always("trade_type"), Echo::WherePresent("device_info")],
    request {
        /// The goods, shown to the payer: merchant name, hyphen, category, such as `腾讯-游戏`. At most 127 characters.
        body: String = Kind::Text;
        /// The shop's number of the order: 1 to 32 of `0-9 A-Z a-z _ - | * @`, unique for the merchant.
        out_trade_no: String = Kind::OrderNumber;
        /// The amount, in fen.
        total_fee: u64 = Kind::Amount;
        /// The IP address of the machine that calls, IPv4 or IPv6.
        spbill_create_ip: String = Kind::Address;
        /// Where WeChat posts the notice: an absolute URL without a query, at most 256 characters.
        notify_url: String = Kind::Url;
        /// The kind of payment; a mini program uses `JSAPI`.
        trade_type: String = Kind::Word(ORDER_TYPES);
        /// The payer, as the log-in of this mini program names them; needed for `JSAPI`.
        openid: Option<String> = Kind::Identifier;
        /// The payer in the sub-merchant's app, in place of `openid` (service providers).
        sub_openid: Option<String> = Kind::Identifier;
        /// The shop's number of the goods; needed for `NATIVE`. At most 32 characters.
        product_id: Option<String> = Kind::Text;
        /// A name for the device, at most 32 characters, without `&` and `=`: notices repeat it.
        device_info: Option<String> = Kind::Plain;
        /// The goods, as JSON text, for discounts on single items. At most 6000 characters.
        detail: Option<String> = Kind::Json;
        /// Any text, which query and notice return. At most 127 characters.
        attach: Option<String> = Kind::Text;
        /// The currency; `CNY` is the only one for merchants in China.
        fee_type: Option<String> = Kind::Text;
        /// When the order was made, `yyyyMMddHHmmss` in Beijing time.
        time_start: Option<String> = Kind::Time;
        /// When the order expires, `yyyyMMddHHmmss` in Beijing time, at least five minutes ahead. Send it in the first call only.
        time_expire: Option<String> = Kind::Time;
        /// A tag for coupons, at most 32 characters.
        goods_tag: Option<String> = Kind::Text;
        /// `no_credit` keeps credit cards out.
        limit_pay: Option<String> = Kind::Word(&["no_credit"]);
        /// `Y` shows the entry for an invoice.
        receipt: Option<String> = Kind::Word(YES_OR_NO);
        /// Whether the amount will be shared, `Y` or `N`.
        profit_sharing: Option<String> = Kind::Word(YES_OR_NO);
        /// The shop, as JSON text. At most 256 characters.
        scene_info: Option<String> = Kind::Json;
        /// `1.0` together with an item-level `detail`.
        version: Option<String> = Kind::Text;
        /// The kind of paper of the only person who may pay, with `user_creid`; needs WeChat's permission.
        user_type: Option<String> = Kind::Word(&[
            "IDCARD",
            "HONGKONG_MACAO",
            "HONGKONG_MACAO_RESIDENT",
            "TAIWAN_RESIDENT",
            "FOREIGN_RESIDENT",
            "OVERSEA_PASSPORT",
        ]);
        /// The number of that paper, of the only person who may pay.
        user_creid: Option<String> = Kind::Text;
        /// The name of the only person who may pay.
        user_truename: Option<String> = Kind::Text;
    }
    answer {
        /// The id to sign again, valid for two hours. It may change when the order is repeated.
        prepay_id: String = Kind::Identifier;
        /// The kind of payment, as ordered.
        trade_type: String = Kind::State(ORDER_TYPES);
        /// The address of the code to scan, for `NATIVE`.
        code_url: Option<String> = Kind::Text;
        /// The address to open in the browser, for `MWEB`; valid for five minutes.
        mweb_url: Option<String> = Kind::Text;
        /// The device of the order.
        device_info: Option<String> = Kind::Text;
        /// The promotions of the order, as JSON text; with `version` 1.0.
        promotion_detail: Option<String> = Kind::Json;
    }
}
