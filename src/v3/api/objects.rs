//! Objects that occur in several requests or answers.

use super::declaration::object;
use super::form::{Field, Form, Member, Shape, Shaped};
use crate::field::Kind;

object! {
    /// The amount of an order.
    OrderAmount {
        /// The amount, in fen.
        total: u64 = Form::Amount;
        /// The currency; `CNY` is the only one for merchants in China.
        currency: Option<String> = Form::Text(16);
    }
}

object! {
    /// The payer of an order.
    OrderPayer {
        /// The payer, as the log-in of this mini program names them.
        openid: String = Form::Of(Kind::Identifier);
    }
}

object! {
    /// One kind of goods of an order.
    OrderGoods {
        /// The shop's number of the goods.
        merchant_goods_id: String = Form::Text(32);
        /// WeChat's number of the goods.
        wechatpay_goods_id: Option<String> = Form::Text(32);
        /// The name.
        goods_name: Option<String> = Form::Text(256);
        /// How many.
        quantity: u64 = Form::Count;
        /// The price of one, in fen.
        unit_price: u64 = Form::Count;
    }
}

object! {
    /// The goods of an order, for discounts on single items.
    OrderDetail {
        /// The price before discounts, in fen.
        cost_price: Option<u64> = Form::Count;
        /// The number of the receipt.
        invoice_id: Option<String> = Form::Text(32);
        /// The goods.
        goods_detail: Vec<OrderGoods> = Form::List(OrderGoods::SHAPE);
    }
}

object! {
    /// A shop.
    StoreInfo {
        /// The shop's number.
        id: String = Form::Text(32);
        /// Its name.
        name: Option<String> = Form::Text(256);
        /// The code of its region.
        area_code: Option<String> = Form::Text(32);
        /// Its address.
        address: Option<String> = Form::Text(512);
    }
}

object! {
    /// Where an order is paid.
    SceneInfo {
        /// The payer's IP address, IPv4 or IPv6.
        payer_client_ip: String = Form::Of(Kind::Address);
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(32);
        /// The shop.
        store_info: Option<StoreInfo> = Form::Object(StoreInfo::SHAPE);
    }
}

object! {
    /// How the money of an order is settled.
    SettleInfo {
        /// Whether the amount will be shared (分账).
        profit_sharing: Option<bool> = Form::Bool;
    }
}

object! {
    /// The amounts of an order, as answers and notices name them.
    PaidAmount {
        /// The order's amount, in fen.
        total: Option<u64> = Form::Count;
        /// What the payer paid, in fen.
        payer_total: Option<u64> = Form::Count;
        /// The currency of the order.
        currency: Option<String> = Form::Text(16);
        /// The currency that the payer paid in.
        payer_currency: Option<String> = Form::Text(16);
    }
}

object! {
    /// The payer, as answers and notices name them.
    PaidBy {
        /// The payer in this mini program.
        openid: Option<String> = Form::Text(128);
    }
}

object! {
    /// One kind of goods that a promotion is about.
    PromotionGoods {
        /// The number of the goods.
        goods_id: Option<String> = Form::Text(32);
        /// How many.
        quantity: Option<u64> = Form::Count;
        /// The price of one, in fen.
        unit_price: Option<u64> = Form::Count;
        /// The discount, in fen.
        discount_amount: Option<u64> = Form::Count;
        /// A remark.
        goods_remark: Option<String> = Form::Text(128);
    }
}

object! {
    /// A promotion that paid a part of an order.
    Promotion {
        /// WeChat's number of the coupon.
        coupon_id: Option<String> = Form::Text(32);
        /// Its name.
        name: Option<String> = Form::Text(64);
        /// `GLOBAL` for the whole order, `SINGLE` for single goods.
        scope: Option<String> = Form::Text(32);
        /// `CASH` counts as money, `NOCASH` does not.
        r#type: Option<String> = Form::Text(32);
        /// What it paid, in fen.
        amount: Option<u64> = Form::Count;
        /// The number of its stock.
        stock_id: Option<String> = Form::Text(32);
        /// WeChat's part, in fen.
        wechatpay_contribute: Option<u64> = Form::Count;
        /// The merchant's part, in fen.
        merchant_contribute: Option<u64> = Form::Count;
        /// The part of others, in fen.
        other_contribute: Option<u64> = Form::Count;
        /// The currency.
        currency: Option<String> = Form::Text(16);
        /// The goods.
        goods_detail: Vec<PromotionGoods> = Form::List(PromotionGoods::SHAPE);
    }
}

object! {
    /// An order, as the query answers it and the notice contains it.
    Order {
        /// The app that ordered.
        appid: String = Form::Of(Kind::Identifier);
        /// The merchant number.
        mchid: String = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// WeChat's number of the payment, once it is paid.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// How it is paid: `JSAPI`, `NATIVE`, `APP`, `MICROPAY`, `MWEB`, `FACEPAY`, once it is paid.
        trade_type: Option<String> = Form::Text(16);
        /// `SUCCESS`, `REFUND` (paid, then refunded), `NOTPAY`, `CLOSED`, `REVOKED`, `USERPAYING`, `PAYERROR`, `ACCEPT`.
        trade_state: String = Form::Text(32);
        /// The state in words.
        trade_state_desc: Option<String> = Form::Text(256);
        /// The payer's bank, `OTHERS` for the balance, once it is paid.
        bank_type: Option<String> = Form::Text(32);
        /// What the order carried, once it is paid.
        attach: Option<String> = Form::Text(128);
        /// When it was paid (RFC 3339), once it is paid.
        success_time: Option<String> = Form::Time;
        /// The payer.
        payer: Option<PaidBy> = Form::Object(PaidBy::SHAPE);
        /// The amounts.
        amount: Option<PaidAmount> = Form::Object(PaidAmount::SHAPE);
        /// The promotions.
        promotion_detail: Vec<Promotion> = Form::List(Promotion::SHAPE);
    }
}

object! {
    /// An account that a refund is paid from.
    RefundAccount {
        /// `AVAILABLE` or `UNAVAILABLE`.
        account: String = Form::Text(32);
        /// What it pays, in fen.
        amount: u64 = Form::Amount;
    }
}

object! {
    /// The amounts of a refund request.
    RefundAmount {
        /// What goes back, in fen.
        refund: u64 = Form::Amount;
        /// The order's amount, in fen.
        total: u64 = Form::Amount;
        /// The currency, `CNY`.
        currency: String = Form::Text(16);
        /// The accounts that pay.
        from: Vec<RefundAccount> = Form::List(RefundAccount::SHAPE);
    }
}

object! {
    /// One kind of goods that goes back.
    RefundGoods {
        /// The shop's number of the goods.
        merchant_goods_id: String = Form::Text(32);
        /// WeChat's number of the goods.
        wechatpay_goods_id: Option<String> = Form::Text(32);
        /// The name.
        goods_name: Option<String> = Form::Text(256);
        /// The price of one, in fen.
        unit_price: u64 = Form::Count;
        /// What goes back, in fen.
        refund_amount: u64 = Form::Count;
        /// How many go back.
        refund_quantity: u64 = Form::Count;
    }
}

object! {
    /// The amounts of a refund, as WeChat answers them.
    RefundedAmount {
        /// The order's amount, in fen.
        total: Option<u64> = Form::Count;
        /// What goes back, in fen.
        refund: Option<u64> = Form::Count;
        /// The accounts that pay.
        from: Vec<RefundAccount> = Form::List(RefundAccount::SHAPE);
        /// What the payer paid, in fen.
        payer_total: Option<u64> = Form::Count;
        /// What the payer gets, in fen.
        payer_refund: Option<u64> = Form::Count;
        /// The merchant's part of the refund, in fen.
        settlement_refund: Option<u64> = Form::Count;
        /// What the merchant received for the order, in fen.
        settlement_total: Option<u64> = Form::Count;
        /// What promotions get back, in fen.
        discount_refund: Option<u64> = Form::Count;
        /// The currency.
        currency: Option<String> = Form::Text(16);
        /// The fee that goes back, in fen.
        refund_fee: Option<u64> = Form::Count;
    }
}

object! {
    /// A refund, as WeChat answers it.
    RefundRecord {
        /// WeChat's number of the refund.
        refund_id: String = Form::Of(Kind::Identifier);
        /// The shop's number of the refund.
        out_refund_no: String = Form::Of(Kind::RefundNumber);
        /// WeChat's number of the payment.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// Where the money goes: `ORIGINAL`, `BALANCE`, `OTHER_BALANCE` or `OTHER_BANKCARD`.
        channel: Option<String> = Form::Text(16);
        /// Who gets the money, in words.
        user_received_account: Option<String> = Form::Text(64);
        /// When it was done (RFC 3339), at `SUCCESS`.
        success_time: Option<String> = Form::Time;
        /// When it was accepted (RFC 3339).
        create_time: Option<String> = Form::Time;
        /// `SUCCESS`, `CLOSED`, `PROCESSING` or `ABNORMAL` (the payer's card is void: refund by other means).
        status: String = Form::Text(32);
        /// The account that pays, such as `AVAILABLE`.
        funds_account: Option<String> = Form::Text(32);
        /// The amounts.
        amount: Option<RefundedAmount> = Form::Object(RefundedAmount::SHAPE);
    }
}

object! {
    /// The answer of `jsapiOrder`.
    Prepaid {
        /// The id to sign again, good for two hours.
        prepay_id: String = Form::Of(Kind::Identifier);
    }
}

object! {
    /// The answer of `closeOrder`: it has no members.
    Closed {}
}
