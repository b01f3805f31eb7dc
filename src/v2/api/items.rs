//! The numbered fields of answers: coupons and refunds, one row of the wire's `name_$n` fields each.

use super::declaration::{Family, Field, Item};
use crate::error::Error;
use crate::field::{Kind, Member, integer};
use crate::v2::params::Params;
use crate::v2::words::{COUPON_TYPES, REFUND_ACCOUNTS, REFUND_CHANNELS, REFUND_STATUSES};

/// An item of a numbered family, read by its number.
pub trait Indexed: Sized {
    /// Its members.
    const ITEM: &'static Item;

    /// Reads the item whose fields end with `suffix`, for example `_0` or `_0_1`.
    ///
    /// # Errors
    /// `ERR_MISMATCH` with the field that is malformed.
    fn read(params: &Params<'_>, suffix: &str) -> Result<Self, Error>;

    /// Reads all items, in the order of their numbers. WeChat's own counts are not relied on.
    ///
    /// # Errors
    /// As [`Indexed::read`].
    fn list(params: &Params<'_>, suffix: &str) -> Result<Vec<Self>, Error> {
        numbers(Self::ITEM, params, suffix)
            .iter()
            .map(|number| Self::read(params, &format!("{suffix}_{number}")))
            .collect()
    }
}

/// Checks the amounts and counts of every item of a family.
pub(crate) fn check_family(item: &Item, params: &Params<'_>, suffix: &str) -> Result<(), Error> {
    for number in numbers(item, params, suffix) {
        let suffix = format!("{suffix}_{number}");
        for member in item.members.iter().filter(|member| member.kind.is_integer()) {
            let name = format!("{}{suffix}", member.name);
            let text = params.text(&name);
            if !text.is_empty()
                && let Some(fault) = member.kind.fault(text)
            {
                return Err(Error::mismatch(&name, fault));
            }
        }
        for family in item.families {
            check_family(family.item, params, &suffix)?;
        }
    }
    Ok(())
}

/// The numbers that occur: of each field `name` + `suffix` + `_` + number, and of the lists within.
pub(crate) fn numbers(item: &Item, params: &Params<'_>, suffix: &str) -> Vec<u64> {
    let occurring = params.iter().filter_map(|(name, _)| {
        let own = item.members.iter().map(|member| (member, 1));
        let within = item.families.iter().flat_map(|family| family.item.members).map(|member| (member, 2));
        own.chain(within).find_map(|(member, depth)| {
            // `coupon_refund_fee_1` is of refund 1, `coupon_refund_fee_0_1` of its first refund's second coupon.
            let rest = name.strip_prefix(member.name)?.strip_prefix(suffix)?.strip_prefix('_')?;
            let mut parts = rest.split('_');
            let number = integer(parts.next()?)?;
            let more = parts.map(integer).collect::<Option<Vec<u64>>>()?.len();
            (more.saturating_add(1) == depth).then_some(number)
        })
    });
    let mut numbers = Vec::new();
    for number in occurring {
        if let Err(at) = numbers.binary_search(&number) {
            numbers.insert(at, number);
        }
    }
    numbers
}

macro_rules! items {
    ($(
        $(#[doc = $about:literal])*
        $item:ident {
            prefixes: $prefixes:expr,
            members { $($(#[doc = $doc:literal])* $field:ident: $type:ty = $kind:expr;)* }
            $(families { $($(#[doc = $family_doc:literal])* $family:ident: $inner:ty;)* })?
        }
    )*) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $item {
            $($(#[doc = $doc])* pub $field: $type,)*
            $($($(#[doc = $family_doc])* pub $family: Vec<$inner>,)*)?
        }

        impl Indexed for $item {
            const ITEM: &'static Item = &Item {
                name: stringify!($item),
                about: concat!($($about, "\n"),*),
                prefixes: $prefixes,
                members: &[$(Field {
                    name: stringify!($field), kind: $kind, required: <$type as Member>::REQUIRED,
                }),*],
                documentation: &[$(concat!($($doc, "\n"),*)),*],
                families: &[$($(Family { name: stringify!($family), item: <$inner as Indexed>::ITEM }),*)?],
            };

            fn read(params: &Params<'_>, suffix: &str) -> Result<Self, Error> {
                $(let name = format!("{}{suffix}", stringify!($field));
                let Some($field) = Member::read(params.text(&name)) else {
                    return Err(Error::mismatch(&name, "the answer lacks it, or it is malformed"));
                };)*
                Ok(Self { $($field,)* $($($family: <$inner as Indexed>::list(params, suffix)?,)*)? })
            }
        }
    )*};
}

items! {
    /// A coupon that paid a part of an order.
    Coupon {
        prefixes: &["coupon_"],
        members {
            /// `CASH` counts as money, `NO_CASH` does not.
            coupon_type: Option<String> = Kind::Known(COUPON_TYPES);
            /// WeChat's number of the coupon.
            coupon_id: Option<String> = Kind::Text;
            /// The amount that it paid, in fen.
            coupon_fee: Option<u64> = Kind::Count;
        }
    }
    /// A coupon that a refund returned.
    CouponRefund {
        prefixes: &["coupon_"],
        members {
            /// `CASH` counts as money, `NO_CASH` does not.
            coupon_type: Option<String> = Kind::Known(COUPON_TYPES);
            /// WeChat's number of the coupon.
            coupon_refund_id: Option<String> = Kind::Text;
            /// The returned amount, in fen.
            coupon_refund_fee: Option<u64> = Kind::Count;
        }
    }
    /// One refund of an order.
    RefundRecord {
        prefixes: &["refund_", "out_refund_no"],
        members {
            /// The shop's number of the refund.
            out_refund_no: Option<String> = Kind::Text;
            /// WeChat's number of the refund.
            refund_id: Option<String> = Kind::Text;
            /// The receiver: `ORIGINAL`, `BALANCE`, `OTHER_BALANCE` or `OTHER_BANKCARD`.
            refund_channel: Option<String> = Kind::Known(REFUND_CHANNELS);
            /// The requested amount, in fen.
            refund_fee: Option<u64> = Kind::Count;
            /// The refunded amount without coupons that are not cash, in fen.
            settlement_refund_fee: Option<u64> = Kind::Count;
            /// The amount returned to coupons, in fen.
            coupon_refund_fee: Option<u64> = Kind::Count;
            /// The number of coupons that get something back.
            coupon_refund_count: Option<u64> = Kind::Count;
            /// `SUCCESS`, `PROCESSING`, `REFUNDCLOSE` (closed) or `CHANGE` (the payer's card is void: refund by other means).
            refund_status: Option<String> = Kind::Known(REFUND_STATUSES);
            /// The account that pays: `REFUND_SOURCE_UNSETTLED_FUNDS` or `REFUND_SOURCE_RECHARGE_FUNDS`.
            refund_account: Option<String> = Kind::Known(REFUND_ACCOUNTS);
            /// The account that receives the money, in words. The name is misspelt on the wire.
            refund_recv_accout: Option<String> = Kind::Text;
            /// When it was done, `yyyy-MM-dd HH:mm:ss` in Beijing time; only at `SUCCESS`.
            refund_success_time: Option<String> = Kind::Text;
        }
        families {
            /// The coupons that were returned.
            coupons: CouponRefund;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_numbers_distinguishes_a_refund_from_its_coupons() {
        let params = Params::from_pairs([
            ("out_refund_no_0", "A"),
            ("refund_fee_0", "3"),
            ("coupon_refund_fee_0", "2"),
            ("coupon_refund_fee_0_0", "1"),
            ("coupon_refund_fee_0_1", "1"),
            ("coupon_refund_id_0_1", "c1"),
            ("out_refund_no_10", "C"),
            ("refund_fee_10", "5"),
            ("out_refund_no_2", "B"),
            ("coupon_type_3_0", "CASH"),
            ("refund_fee_01", "7"),
            ("refund_count", "3"),
        ])
        .unwrap();
        let refunds = RefundRecord::list(&params, "").unwrap();
        let seen: Vec<_> =
            refunds.iter().map(|refund| (refund.out_refund_no.as_deref(), refund.coupons.len())).collect();
        assert_eq!(seen, [(Some("A"), 2), (Some("B"), 0), (None, 1), (Some("C"), 0)]);
        assert_eq!(refunds[0].coupon_refund_fee, Some(2));
        assert_eq!(refunds[0].coupons[1].coupon_refund_id.as_deref(), Some("c1"));
        assert_eq!(refunds[0].coupons[1].coupon_refund_fee, Some(1));
    }

    #[test]
    fn a_malformed_amount_is_named_with_its_number() {
        let params = Params::from_pairs([("coupon_fee_0", "1"), ("coupon_fee_1", "1.5")]).unwrap();
        assert_eq!(Coupon::list(&params, "").unwrap_err().field(), Some("coupon_fee_1"));
    }
}
