//! Query an order 查询订单.

use super::declaration::api;

api! {
    /// Queries an order, by WeChat's number or by the shop's. The state is data: `NOTPAY` is a good answer.
    ///
    /// With both numbers, WeChat uses `transaction_id`.
    OrderQuery => OrderQueryAnswer;
    title: "查询订单",
    page: "https://pay.weixin.qq.com/wiki/doc/api/wxa/wxa_api.php?chapter=9_2",
    path: "/pay/orderquery",
    fact: rules = &[Rule::AnyOf(&["transaction_id", "out_trade_no"])],
    fact: echoes = &[Echo::Always("out_trade_no"), Echo::Always("transaction_id")],
    request {
        /// WeChat's number of the payment; preferred.
        transaction_id: Option<String> = Kind::Identifier;
        /// The shop's number of the order.
        out_trade_no: Option<String> = Kind::OrderNumber;
        /// `1.0` asks for `promotion_detail`.
        version: Option<String> = Kind::Text;
    }
    answer {
        /// `SUCCESS`, `REFUND` (paid, refunded at least in part), `NOTPAY`, `CLOSED`, `REVOKED`, `USERPAYING`, `ACCEPT` or `PAYERROR`.
        /// Treat a state that you do not know as not final: neither deliver nor close.
        trade_state: String = Kind::State(TRADE_STATES);
        /// The state in words.
        trade_state_desc: Option<String> = Kind::Text;
        /// The shop's number of the order.
        out_trade_no: String = Kind::OrderNumber;
        /// WeChat's number of the payment, when it is paid.
        transaction_id: Option<String> = Kind::Identifier;
        /// The order's amount, in fen. It can be missing while the order is not paid.
        total_fee: Option<u64> = Kind::Count;
        /// The amount after coupons that count as cash, in fen.
        settlement_total_fee: Option<u64> = Kind::Count;
        /// The amount that the payer paid, in fen.
        cash_fee: Option<u64> = Kind::Count;
        /// The currency; absent means `CNY`.
        fee_type: Option<String> = Kind::State(CURRENCIES);
        /// The currency of `cash_fee`.
        cash_fee_type: Option<String> = Kind::Text;
        /// The amount that coupons paid, in fen.
        coupon_fee: Option<u64> = Kind::Count;
        /// The number of coupons used.
        coupon_count: Option<u64> = Kind::Count;
        /// The payer, in the app that ordered.
        openid: Option<String> = Kind::Identifier;
        /// Whether the payer follows the account, `Y` or `N`; newer pages always say `N`.
        is_subscribe: Option<String> = Kind::Known(YES_OR_NO);
        /// The payer in the sub-merchant's app (service providers).
        sub_openid: Option<String> = Kind::Identifier;
        /// Whether the payer follows the sub-merchant's account, `Y` or `N`.
        sub_is_subscribe: Option<String> = Kind::Known(YES_OR_NO);
        /// How it was paid: `JSAPI`, `NATIVE`, `APP`, `MWEB`, `MICROPAY` or `FACEPAY`.
        trade_type: Option<String> = Kind::State(TRADE_TYPES);
        /// The payer's bank, an open list such as `CMB_CREDIT` or `OTHERS`.
        bank_type: Option<String> = Kind::Text;
        /// When it was paid, `yyyyMMddHHmmss` in Beijing time.
        time_end: Option<String> = Kind::Time;
        /// The `attach` of the order.
        attach: Option<String> = Kind::Text;
        /// The device of the order.
        device_info: Option<String> = Kind::Text;
        /// The promotions used, as JSON text.
        promotion_detail: Option<String> = Kind::Json;
        /// The kept part of a deposit, in fen.
        consume_fee: Option<u64> = Kind::Count;
    }
    families {
        /// The coupons that paid a part of it.
        coupons: Coupon;
    }
}
