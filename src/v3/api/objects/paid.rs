//! Objects of answers about orders.

use crate::field::Kind;
use crate::v3::api::declaration::{Needs, object};
use crate::v3::api::form::{Field, Form, Member, Shape, Shaped};
use crate::v3::api::words::{COUPON_TYPES, PROMOTION_SCOPES, TRADE_STATES, TRADE_TYPES};

object! {
    /// The subsidy that the payer used (微信分付).
    InstallmentInfo {
        /// Whether the payer used it.
        use_subsidy: Option<bool> = Form::Bool;
        /// The number of instalments that the payer chose.
        selected_installment_number: Option<u64> = Form::Count;
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
        /// The payer in the service provider's mini program.
        sp_openid: Option<String> = Form::Text(128);
        /// The payer in the sub-merchant's mini program.
        sub_openid: Option<String> = Form::Text(128);
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
        scope: Option<String> = Form::Of(Kind::Known(PROMOTION_SCOPES));
        /// `CASH` counts as money, `NOCASH` does not.
        r#type: Option<String> = Form::Of(Kind::Known(COUPON_TYPES));
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
    /// Where an order was paid.
    OrderScene {
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(32);
    }
}

object! {
    /// An order, as the query answers it and the notice contains it.
    Order {
        /// The app that ordered.
        appid: Option<String> = Form::Of(Kind::Identifier);
        /// The merchant number.
        mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The service provider's app.
        sp_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The service provider's number.
        sp_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant's app, if the order named it.
        sub_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant's number.
        sub_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// WeChat's number of the payment, once it is paid.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// How it is paid: `JSAPI`, `NATIVE`, `APP`, `MICROPAY`, `MWEB`, `FACEPAY`, once it is paid.
        trade_type: Option<String> = Form::Of(Kind::Known(TRADE_TYPES));
        /// `SUCCESS`, `REFUND` (paid, then refunded), `NOTPAY`, `CLOSED`, `REVOKED`, `USERPAYING`, `PAYERROR`, `ACCEPT`.
        trade_state: String = Form::Of(Kind::Known(TRADE_STATES));
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
        /// Where it was paid.
        scene_info: Option<OrderScene> = Form::Object(OrderScene::SHAPE);
        /// The promotions.
        promotion_detail: Vec<Promotion> = Form::List(Promotion::SHAPE);
        /// The subsidy that the payer used.
        installment_info: Option<InstallmentInfo> = Form::Object(InstallmentInfo::SHAPE);
    }
}

/// What an order that is paid must say.
pub(crate) const PAID_NEEDS: &[Needs] =
    &[("trade_state", "SUCCESS", PAID_MEMBERS), ("trade_state", "REFUND", PAID_MEMBERS)];

const PAID_MEMBERS: &[&str] = &["transaction_id", "amount.total"];

object! {
    /// The answer of `nativeOrder`.
    NativeCode {
        /// The text of the QR code, good for two hours.
        code_url: String = Form::Text(512);
    }
}

object! {
    /// The answer of `h5Order`.
    H5Address {
        /// The URL that the payer's browser opens, good for five minutes.
        h5_url: String = Form::Text(512);
    }
}

object! {
    /// The answer of `reverse`.
    Reversed {
        /// The app that ordered.
        appid: Option<String> = Form::Of(Kind::Identifier);
        /// The merchant number.
        mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The service provider's app.
        sp_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The service provider's number.
        sp_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant's app.
        sub_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant's number.
        sub_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
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
