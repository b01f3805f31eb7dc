//! What combined orders (合单支付) of all kinds have in common.

/// Declares a kind of combined order.
macro_rules! combined_order {
    (
        $(#[doc = $about:literal])*
        $request:ident => $answer:ty;
        title: $title:literal, page: $page:literal, kind: $kind:literal,
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
                paths: &[concat!("/v3/combine-transactions/", $kind)],
                ids: &["combine_appid", "combine_mchid"],
                ..SIDE
            },
            fact: configured = &["notify_url"],
            $(fact: $fact = $value,)*
            request {
                /// The shop's number of the combined order: 6 to 32 of `0-9 A-Z a-z _ - | *`, unique for the merchant.
                combine_out_trade_no: String = Form::NewOrderNumber;
                /// Its orders: 2 to 10, and 1 to 50 for a service provider or a platform. All are paid, or none is.
                sub_orders: Needed<SubOrder> = Form::ListUpTo(SubOrder::SHAPE, 50);
                /// When the payer may begin to pay (RFC 3339).
                time_start: Option<String> = Form::Time;
                /// When the order expires (RFC 3339).
                time_expire: Option<String> = Form::Time;
                /// Where WeChat posts the notice: an absolute URL without a query, at most 255 characters.
                notify_url: String = Form::Url(255);
                /// What the payer may not pay with: `no_balance`, `no_credit`, `no_debit`, `balance_only`.
                limit_pay: Vec<String> = Form::Words(LIMIT_PAY);
                $($more)*
            }
        }
    };
}

pub(crate) use combined_order;
