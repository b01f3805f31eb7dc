//! What the orders of all kinds have in common.

/// Declares a kind of order: its own paths, answer and members, and the members that every order has.
macro_rules! order {
    (
        $(#[doc = $about:literal])*
        $request:ident => $answer:ty;
        title: $title:literal, page: $page:literal, kind: $kind:literal,
        direct { $($direct:tt)* } partner { $($partner:tt)* }
        $(fact: $fact:ident = $value:expr,)*
        request { $($more:tt)* }
    ) => {
        $crate::v3::api::declaration::api! {
            $(#[doc = $about])*
            $request => $answer;
            title: $title,
            page: $page,
            method: "POST",
            effect: Order,
            fact: direct = Side {
                paths: &[concat!("/v3/pay/transactions/", $kind)],
                ids: &["appid", "mchid"],
                $($direct)*
                ..SIDE
            },
            fact: partner = Side {
                paths: &[concat!("/v3/pay/partner/transactions/", $kind)],
                ids: &["sp_appid", "sp_mchid", "sub_appid", "sub_mchid"],
                $($partner)*
                ..SIDE
            },
            fact: configured = &["notify_url"],
            $(fact: $fact = $value,)*
            request {
                /// The description of the goods. The payer sees it. At most 127 characters.
                description: String = Form::Text(127);
                /// The shop's number of the order: 6 to 32 of `0-9 A-Z a-z _ - | *`, unique for the merchant.
                out_trade_no: String = Form::NewOrderNumber;
                /// When the order expires (RFC 3339). Default after seven days.
                time_expire: Option<String> = Form::Time;
                /// Anything, returned in query and notice once the order is paid. At most 128 characters.
                attach: Option<String> = Form::Text(128);
                /// Where WeChat posts the notice: an absolute URL without a query, at most 255 characters.
                notify_url: String = Form::Url(255);
                /// A mark for coupons, at most 32 characters.
                goods_tag: Option<String> = Form::Text(32);
                /// Whether the entry for an invoice is shown.
                support_fapiao: Option<bool> = Form::Bool;
                /// The amount.
                amount: OrderAmount = Form::Object(OrderAmount::SHAPE);
                /// The goods, for discounts on single items.
                detail: Option<OrderDetail> = Form::Object(OrderDetail::SHAPE);
                /// How the money is settled.
                settle_info: Option<SettleInfo> = Form::Object(SettleInfo::SHAPE);
                /// What the payer may not pay with: `no_balance`, `no_credit`, `no_debit`, `balance_only`.
                limit_pay: Vec<String> = Form::Words(LIMIT_PAY);
                $($more)*
            }
        }
    };
}

pub(crate) use order;
