//! Objects of requests for orders.

use crate::field::Kind;
use crate::v3::api::declaration::object;
use crate::v3::api::form::{Field, Form, Member, Needed, Shape, Shaped};

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
        openid: Option<String> = Form::Of(Kind::Identifier);
        /// The payer in the service provider's mini program.
        sp_openid: Option<String> = Form::Of(Kind::Identifier);
        /// The payer in the sub-merchant's mini program, which is `sub_appid`.
        sub_openid: Option<String> = Form::Of(Kind::Identifier);
        /// Who the payer must be (实名支付). WeChat grants it on application.
        identity: Option<PayerIdentity> = Form::Object(PayerIdentity::SHAPE);
    }
}

object! {
    /// The document of the payer. `number` and `name` are sent encrypted.
    PayerIdentity {
        /// The kind of document.
        r#type: String = Form::Of(Kind::Word(&[
            "IDCARD", "HONGKONG_MACAO", "HONGKONG_MACAO_RESIDENT", "TAIWAN_RESIDENT", "FOREIGN_RESIDENT", "OVERSEA_PASSPORT",
            "PHONE_NUMBER",
        ]));
        /// Its number, plain.
        number: String = Form::Secret;
        /// The payer's name, plain.
        name: String = Form::Secret;
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
        /// How many, at least one.
        quantity: u64 = Form::Quantity;
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
        /// The goods, at most 6000.
        goods_detail: Vec<OrderGoods> = Form::ListUpTo(OrderGoods::SHAPE, 6_000);
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
    /// The payer's browser or app.
    H5Info {
        /// `iOS`, `Android` or `Wap`.
        r#type: String = Form::Of(Kind::OpenWord(&["iOS", "Android", "Wap"]));
        /// The name of the app or site.
        app_name: Option<String> = Form::Text(64);
        /// The URL of the site.
        app_url: Option<String> = Form::Text(128);
        /// The id of the iOS app.
        bundle_id: Option<String> = Form::Text(128);
        /// The id of the Android app.
        package_name: Option<String> = Form::Text(128);
    }
}

object! {
    /// Where an order on a page outside WeChat is paid.
    H5Scene {
        /// The payer's true IP address, IPv4 or IPv6.
        payer_client_ip: String = Form::Of(Kind::Address);
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(32);
        /// The shop.
        store_info: Option<StoreInfo> = Form::Object(StoreInfo::SHAPE);
        /// The payer's browser or app.
        h5_info: H5Info = Form::Object(H5Info::SHAPE);
    }
}

/// What the payer may not pay with.
pub(crate) const LIMIT_PAY: &[&str] = &["no_balance", "no_credit", "no_debit", "balance_only"];

object! {
    /// How the money of an order is settled.
    SettleInfo {
        /// Whether the amount will be shared (分账).
        profit_sharing: Option<bool> = Form::Bool;
    }
}

object! {
    /// One plan of a subsidy.
    SubsidyPlan {
        /// The number of instalments: 3, 6 or 12.
        subsidy_installment_num: u64 = Form::OneOf(&[3, 6, 12]);
        /// The part of the interest that the merchant pays, in per cent: 0 or 100.
        subsidy_percent: u64 = Form::OneOf(&[0, 100]);
    }
}

object! {
    /// A subsidy for one way of paying back.
    SubsidyDetail {
        /// `DAILY` to pay back at any time, `PERIOD` for instalments.
        subsidy_period_type: String = Form::Of(Kind::Word(&["DAILY", "PERIOD"]));
        /// The plans.
        subsidy_plan: Needed<SubsidyPlan> = Form::List(SubsidyPlan::SHAPE);
    }
}

object! {
    /// The subsidy for the instalments of the payer (微信分付).
    SubsidyInfo {
        /// One item for each way of paying back.
        subsidy_detail: Needed<SubsidyDetail> = Form::List(SubsidyDetail::SHAPE);
    }
}
