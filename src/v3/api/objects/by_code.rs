//! Objects of payments by code.

use crate::field::Kind;
use crate::v3::api::declaration::object;
use crate::v3::api::form::{Field, Form, Member, Needed, Shape, Shaped};

object! {
    /// The payer of a payment by code.
    CodePayer {
        /// The code that the payer shows: 18 digits that begin with 10 to 15.
        auth_code: String = Form::Of(Kind::AuthCode);
    }
}

object! {
    /// The shop of a payment by code: either number.
    CodeStore {
        /// WeChat's number of the shop.
        id: Option<String> = Form::Text(32);
        /// The merchant's own number of the shop.
        out_id: Option<String> = Form::Text(256);
    }
}

object! {
    /// Where a payment by code is made.
    CodeScene {
        /// The shop's number of the device.
        device_id: Option<String> = Form::Text(32);
        /// The IP address of the device.
        device_ip: Option<String> = Form::Of(Kind::Address);
        /// The shop.
        store_info: CodeStore = Form::Object(CodeStore::SHAPE);
    }
}

object! {
    /// One kind of goods of a payment by code. WeChat's number of the goods has another name than in orders.
    CodeGoods {
        /// The shop's number of the goods.
        merchant_goods_id: String = Form::Text(32);
        /// WeChat's number of the goods.
        wxpay_goods_id: Option<String> = Form::Text(32);
        /// The name.
        goods_name: Option<String> = Form::Text(256);
        /// How many, at least one.
        quantity: u64 = Form::Quantity;
        /// The price of one, in fen.
        unit_price: u64 = Form::Count;
    }
}

object! {
    /// The goods of a payment by code.
    CodeDetail {
        /// The price before discounts, in fen.
        cost_price: Option<u64> = Form::Count;
        /// The number of the receipt.
        invoice_id: Option<String> = Form::Text(32);
        /// The goods, at most 6000.
        goods_detail: Needed<CodeGoods> = Form::ListUpTo(CodeGoods::SHAPE, 6_000);
    }
}
