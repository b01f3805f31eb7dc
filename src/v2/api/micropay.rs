//! Pay by a code that the shop scans 付款码支付.

use super::declaration::api;

api! {
    /// Charges a payer whose code was scanned. No notice follows.
    ///
    /// After `SYSTEMERROR`, `BANKERROR` and `USERPAYING` the money may have moved. Query every five to ten seconds for half a
    /// minute, then reverse.
    Micropay => MicropayAnswer;
    title: "付款码支付",
    page: "https://pay.weixin.qq.com/wiki/doc/api/micropay.php?chapter=9_10",
    path: "/pay/micropay",
    fact: moves_money = true,
    // The payer's code works only one time: query, and reverse if no query succeeds.
    fact: repeatable = false,
    fact: echoes = &[Echo::Always("out_trade_no"), Echo::Always("total_fee"), Echo::WherePresent("device_info")],
    request {
        /// The goods, shown to the payer. At most 128 characters.
        body: String = Kind::Text;
        /// The shop's number of the order: 1 to 32 of `0-9 A-Z a-z _ - | * @`, unique for the merchant.
        out_trade_no: String = Kind::OrderNumber;
        /// The amount, in fen.
        total_fee: u64 = Kind::Amount;
        /// The IP address of the till, IPv4 or IPv6.
        spbill_create_ip: String = Kind::Address;
        /// The payer's code: 18 digits that begin with 10 to 15.
        auth_code: String = Kind::AuthCode;
        /// A name for the till, at most 32 characters, without `&` and `=`: answers repeat it.
        device_info: Option<String> = Kind::Plain;
        /// The goods, as JSON text, for discounts on single items. At most 6000 characters.
        detail: Option<String> = Kind::Json;
        /// Any text, which the query returns. At most 127 characters.
        attach: Option<String> = Kind::Text;
        /// The currency; `CNY` is the only one for merchants in China.
        fee_type: Option<String> = Kind::Text;
        /// A tag for coupons, at most 32 characters.
        goods_tag: Option<String> = Kind::Text;
        /// `no_credit` keeps credit cards out.
        limit_pay: Option<String> = Kind::Word(&["no_credit"]);
        /// When the order was made, `yyyyMMddHHmmss` in Beijing time.
        time_start: Option<String> = Kind::Time;
        /// When the order expires, `yyyyMMddHHmmss` in Beijing time.
        time_expire: Option<String> = Kind::Time;
        /// `Y` shows the entry for an invoice.
        receipt: Option<String> = Kind::Word(YES_OR_NO);
        /// Whether the amount will be shared, `Y` or `N`.
        profit_sharing: Option<String> = Kind::Word(YES_OR_NO);
        /// Whether it is a deposit, `Y` or `N`.
        deposit: Option<String> = Kind::Word(YES_OR_NO);
        /// The shop, as JSON text. At most 256 characters.
        scene_info: Option<String> = Kind::Json;
        /// `1.0` together with an item-level `detail`.
        version: Option<String> = Kind::Text;
    }
    answer {
        /// The payer, in the app that ordered.
        openid: String = Kind::Identifier;
        /// Whether the payer follows the account, `Y` or `N`; newer pages always say `N`.
        is_subscribe: Option<String> = Kind::Known(YES_OR_NO);
        /// The payer in the sub-merchant's app (service providers).
        sub_openid: Option<String> = Kind::Identifier;
        /// Whether the payer follows the sub-merchant's account, `Y` or `N`.
        sub_is_subscribe: Option<String> = Kind::Known(YES_OR_NO);
        /// `MICROPAY`.
        trade_type: String = Kind::OpenWord(CODE_TYPES);
        /// The payer's bank, an open list such as `CMB_CREDIT` or `OTHERS`.
        bank_type: String = Kind::Text;
        /// WeChat's number of the payment.
        transaction_id: String = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: String = Kind::OrderNumber;
        /// The amount, in fen.
        total_fee: u64 = Kind::Count;
        /// The amount without coupons that are not cash, in fen.
        settlement_total_fee: Option<u64> = Kind::Count;
        /// The currency; absent means `CNY`.
        fee_type: Option<String> = Kind::State(CURRENCIES);
        /// The amount that the payer paid, in fen.
        cash_fee: u64 = Kind::Count;
        /// The currency of `cash_fee`.
        cash_fee_type: Option<String> = Kind::Text;
        /// The amount that coupons paid, in fen.
        coupon_fee: Option<u64> = Kind::Count;
        /// The number of coupons used.
        coupon_count: Option<u64> = Kind::Count;
        /// The `attach` of the order.
        attach: Option<String> = Kind::Text;
        /// The till of the order.
        device_info: Option<String> = Kind::Text;
        /// When it was paid, `yyyyMMddHHmmss` in Beijing time.
        time_end: String = Kind::Time;
        /// The promotions used, as JSON text.
        promotion_detail: Option<String> = Kind::Json;
    }
    families {
        /// The coupons that paid a part of it.
        coupons: Coupon;
    }
}
