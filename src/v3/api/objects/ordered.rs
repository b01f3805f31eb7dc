//! Objects of requests for orders.

use crate::field::Kind;
use crate::v3::api::declaration::object;
use crate::v3::api::form::{Field, Form, Member, Shape, Shaped};

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
        /// Who the payer must be (实名支付). WeChat grants it on application.
        identity: Option<PayerIdentity> = Form::Object(PayerIdentity::SHAPE);
    }
}

object! {
    /// The document of the payer. Encrypt `number` and `name` with the key of WeChat Pay that the call names in `Wechatpay-Serial`.
    PayerIdentity {
        /// The kind of document.
        r#type: String = Form::Of(Kind::Word(&[
            "IDCARD", "HONGKONG_MACAO", "HONGKONG_MACAO_RESIDENT", "TAIWAN_RESIDENT", "FOREIGN_RESIDENT", "OVERSEA_PASSPORT",
            "PHONE_NUMBER",
        ]));
        /// Its number, already encrypted by the caller (RSAES-OAEP with SHA-1): base64 of 256 bytes.
        number: String = Form::Text(344);
        /// The payer's name, already encrypted by the caller (RSAES-OAEP with SHA-1): base64 of 256 bytes.
        name: String = Form::Text(344);
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
        subsidy_plan: Vec<SubsidyPlan> = Form::List(SubsidyPlan::SHAPE);
    }
}

object! {
    /// The subsidy for the instalments of the payer (微信分付).
    SubsidyInfo {
        /// One item for each way of paying back.
        subsidy_detail: Vec<SubsidyDetail> = Form::List(SubsidyDetail::SHAPE);
    }
}
