//! Objects of combined orders (合单支付). Their amounts have other names than those of orders.

use super::{H5Info, PayerIdentity, Promotion};
use crate::field::Kind;
use crate::v3::api::declaration::{Needs, object};
use crate::v3::api::form::{Field, Form, Member, Needed, Shape, Shaped};
use crate::v3::api::words::{TRADE_STATES, TRADE_TYPES};

object! {
    /// The amount of one order of a combined order.
    SubOrderAmount {
        /// The amount, in fen.
        total_amount: u64 = Form::Amount;
        /// The currency, `CNY`.
        currency: String = Form::Text(8);
    }
}

object! {
    /// How the money of one order of a combined order is settled.
    SubOrderSettleInfo {
        /// Whether the amount will be shared (分账).
        profit_sharing: Option<bool> = Form::Bool;
        /// What the platform adds, in fen.
        subsidy_amount: Option<u64> = Form::Count;
    }
}

object! {
    /// One order of a combined order.
    SubOrder {
        /// The merchant that gets the money, or the service provider of `sub_mchid`.
        mchid: String = Form::MerchantNumber;
        /// The sub-merchant that gets the money.
        sub_mchid: Option<String> = Form::MerchantNumber;
        /// The sub-merchant's app.
        sub_appid: Option<String> = Form::Of(Kind::Identifier);
        /// Anything, returned in query and notice. At most 128 characters.
        attach: String = Form::Text(128);
        /// The amount.
        amount: SubOrderAmount = Form::Object(SubOrderAmount::SHAPE);
        /// The number of this order: 6 to 32 of `0-9 A-Z a-z _ - | *`, unique for its merchant.
        out_trade_no: String = Form::NewOrderNumber;
        /// The description of the goods. The payer sees it. At most 127 characters.
        description: String = Form::Text(127);
        /// A mark for coupons, at most 32 characters.
        goods_tag: Option<String> = Form::Text(32);
        /// The goods in words.
        detail: Option<String> = Form::Text(6000);
        /// How its money is settled.
        settle_info: Option<SubOrderSettleInfo> = Form::Object(SubOrderSettleInfo::SHAPE);
    }
}

object! {
    /// The payer of a combined order.
    CombinedPayer {
        /// The payer in the mini program of `combine_appid`.
        openid: Option<String> = Form::Of(Kind::Identifier);
        /// The payer in the sub-merchant's mini program.
        sub_openid: Option<String> = Form::Of(Kind::Identifier);
    }
}

object! {
    /// The payer of a combined order in a mini program.
    CombinedJsapiPayer {
        /// The payer in the mini program of `combine_appid`.
        openid: Option<String> = Form::Of(Kind::Identifier);
        /// The payer in the sub-merchant's mini program.
        sub_openid: Option<String> = Form::Of(Kind::Identifier);
        /// Who the payer must be (实名支付). WeChat grants it on application.
        identity: Option<PayerIdentity> = Form::Object(PayerIdentity::SHAPE);
    }
}

object! {
    /// Where a combined order is paid.
    CombinedScene {
        /// The payer's IP address, IPv4 or IPv6.
        payer_client_ip: String = Form::Of(Kind::Address);
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(16);
    }
}

object! {
    /// Where a combined order on a page outside WeChat is paid.
    CombinedH5Scene {
        /// The payer's true IP address, IPv4 or IPv6.
        payer_client_ip: String = Form::Of(Kind::Address);
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(16);
        /// The payer's browser or app.
        h5_info: H5Info = Form::Object(H5Info::SHAPE);
    }
}

object! {
    /// An order that is closed with its combined order.
    ClosedSubOrder {
        /// The merchant, as it was ordered.
        mchid: String = Form::MerchantNumber;
        /// The number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// The sub-merchant, as it was ordered.
        sub_mchid: Option<String> = Form::MerchantNumber;
        /// The sub-merchant's app, as it was ordered.
        sub_appid: Option<String> = Form::Of(Kind::Identifier);
    }
}

object! {
    /// The amounts of one order of a combined order, as answers and notices name them.
    SubOrderPaidAmount {
        /// The amount, in fen.
        total_amount: Option<u64> = Form::Count;
        /// The currency of the order.
        currency: Option<String> = Form::Text(16);
        /// What the payer paid, in fen.
        payer_amount: Option<u64> = Form::Count;
        /// The currency that the payer paid in.
        payer_currency: Option<String> = Form::Text(16);
    }
}

object! {
    /// One order of a combined order, as the query answers it and the notice contains it.
    PaidSubOrder {
        /// The merchant.
        mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant.
        sub_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The sub-merchant's app.
        sub_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The payer in the sub-merchant's mini program.
        sub_openid: Option<String> = Form::Text(128);
        /// How it is paid, such as `JSAPI`.
        trade_type: Option<String> = Form::Of(Kind::Known(TRADE_TYPES));
        /// `SUCCESS`, `REFUND`, `NOTPAY`, `CLOSED`, `USERPAYING` or `PAYERROR`.
        trade_state: Option<String> = Form::Of(Kind::Known(TRADE_STATES));
        /// The payer's bank.
        bank_type: Option<String> = Form::Text(32);
        /// What the order carried.
        attach: Option<String> = Form::Text(128);
        /// When it was paid (RFC 3339).
        success_time: Option<String> = Form::Time;
        /// WeChat's number of the payment.
        transaction_id: Option<String> = Form::Of(Kind::Identifier);
        /// The number of the order.
        out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// The amounts.
        amount: Option<SubOrderPaidAmount> = Form::Object(SubOrderPaidAmount::SHAPE);
        /// The promotions.
        promotion_detail: Vec<Promotion> = Form::List(Promotion::SHAPE);
    }
}

/// What an order of a combined order that is paid must say.
pub(crate) const PAID_SUB_ORDER_NEEDS: &[Needs] =
    &[("trade_state", "SUCCESS", PAID_MEMBERS), ("trade_state", "REFUND", PAID_MEMBERS)];

const PAID_MEMBERS: &[&str] = &["transaction_id", "amount.total_amount"];

object! {
    /// Where a combined order was paid.
    CombinedOrderScene {
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(16);
    }
}

object! {
    /// A combined order, as the query answers it.
    CombinedOrder {
        /// The app that ordered.
        combine_appid: Option<String> = Form::Of(Kind::Identifier);
        /// The merchant number that ordered.
        combine_mchid: Option<String> = Form::Of(Kind::Identifier);
        /// The shop's number of the combined order.
        combine_out_trade_no: String = Form::Of(Kind::OrderNumber);
        /// Where it was paid.
        scene_info: Option<CombinedOrderScene> = Form::Object(CombinedOrderScene::SHAPE);
        /// Its orders.
        sub_orders: Needed<PaidSubOrder> = Form::List(PaidSubOrder::SHAPE);
        /// The payer.
        combine_payer_info: Option<CombinedPayer> = Form::Object(CombinedPayer::SHAPE);
    }
}
