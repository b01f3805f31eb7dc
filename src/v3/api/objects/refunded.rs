//! Objects of refunds.

use crate::field::Kind;
use crate::v3::api::declaration::object;
use crate::v3::api::form::{Field, Form, Member, Shape, Shaped};
use crate::v3::api::words::{
    FUNDS_ACCOUNTS, PROMOTION_SCOPES, REFUND_CHANNELS, REFUND_PROMOTION_TYPES, REFUND_STATUSES,
};

object! {
    /// An account that a refund is paid from.
    RefundAccount {
        /// `AVAILABLE` or `UNAVAILABLE`.
        account: String = Form::Of(Kind::Word(&["AVAILABLE", "UNAVAILABLE"]));
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
        /// How many go back, at least one.
        refund_quantity: u64 = Form::Quantity;
    }
}

object! {
    /// An account that a refund is paid from, as WeChat answers it.
    RefundedAccount {
        /// The account, such as `AVAILABLE`.
        account: Option<String> = Form::Of(Kind::Known(FUNDS_ACCOUNTS));
        /// What it pays, in fen.
        amount: Option<u64> = Form::Count;
    }
}

object! {
    /// One kind of goods that goes back, as WeChat answers it.
    RefundedGoods {
        /// The shop's number of the goods.
        merchant_goods_id: Option<String> = Form::Text(32);
        /// WeChat's number of the goods.
        wechatpay_goods_id: Option<String> = Form::Text(32);
        /// The name.
        goods_name: Option<String> = Form::Text(256);
        /// The price of one, in fen.
        unit_price: Option<u64> = Form::Count;
        /// What goes back, in fen.
        refund_amount: Option<u64> = Form::Count;
        /// How many go back.
        refund_quantity: Option<u64> = Form::Count;
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
        from: Vec<RefundedAccount> = Form::List(RefundedAccount::SHAPE);
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
    /// A promotion that gets back a part of a refund.
    RefundPromotion {
        /// The number of the coupon.
        promotion_id: Option<String> = Form::Text(32);
        /// `GLOBAL` for the whole order, `SINGLE` for single goods.
        scope: Option<String> = Form::Of(Kind::Known(PROMOTION_SCOPES));
        /// `COUPON` is settled as money, `DISCOUNT` is not.
        r#type: Option<String> = Form::Of(Kind::Known(REFUND_PROMOTION_TYPES));
        /// What it paid, in fen.
        amount: Option<u64> = Form::Count;
        /// What it gets back, in fen.
        refund_amount: Option<u64> = Form::Count;
        /// The goods.
        goods_detail: Vec<RefundedGoods> = Form::List(RefundedGoods::SHAPE);
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
        channel: Option<String> = Form::Of(Kind::Known(REFUND_CHANNELS));
        /// Who gets the money, in words.
        user_received_account: Option<String> = Form::Text(64);
        /// When it was done (RFC 3339), at `SUCCESS`.
        success_time: Option<String> = Form::Time;
        /// When it was accepted (RFC 3339).
        create_time: Option<String> = Form::Time;
        /// `SUCCESS`, `CLOSED`, `PROCESSING` or `ABNORMAL` (the payer's card is void: refund by other means).
        status: String = Form::Of(Kind::Known(REFUND_STATUSES));
        /// The account that pays, such as `AVAILABLE`.
        funds_account: Option<String> = Form::Of(Kind::Known(FUNDS_ACCOUNTS));
        /// The amounts.
        amount: Option<RefundedAmount> = Form::Object(RefundedAmount::SHAPE);
        /// The promotions that get back a part.
        promotion_detail: Vec<RefundPromotion> = Form::List(RefundPromotion::SHAPE);
    }
}
