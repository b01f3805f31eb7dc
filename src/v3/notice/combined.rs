//! The resource of a combined payment (合单支付): one notice for several orders.

use super::members::{amount_of, optional_text_of, text_of};
use super::{Expect, PAID};
use crate::error::Error;
use crate::field::Kind;
use crate::v3::json::Json;

/// Whether every order of a combined payment is paid. All are paid, or none is.
pub(super) fn check_combined<Text: AsRef<str>>(resource: &Json<Text>) -> Result<bool, Error> {
    text_of(resource, &["combine_out_trade_no"], Kind::OrderNumber)?;
    let fail = |place: &str, fault: &str| Err(Error::mismatch(place, fault));
    let Some(Json::List(orders)) = resource.get("sub_orders") else {
        return fail("sub_orders", "must be a list");
    };
    if orders.is_empty() {
        return fail("sub_orders", "is empty");
    }
    let mut paid = true;
    for order in orders {
        if !matches!(order, Json::Object(_)) {
            return fail("sub_orders", "must be a list of objects");
        }
        text_of(order, &["mchid"], Kind::Identifier)?;
        text_of(order, &["out_trade_no"], Kind::OrderNumber)?;
        optional_text_of(order, &["sub_mchid"])?;
        optional_text_of(order, &["amount", "currency"])?;
        paid = paid && PAID.contains(&text_of(order, &["trade_state"], Kind::Plain)?);
    }
    if paid {
        for order in orders {
            text_of(order, &["transaction_id"], Kind::Identifier)?;
            amount_of(order, "total_amount")?;
        }
    }
    Ok(paid)
}

/// Compares the sum of a combined payment with the stored order.
pub(super) fn check_combined_stored<Text: AsRef<str>>(resource: &Json<Text>, expect: &Expect<'_>) -> Result<(), Error> {
    if combined_total(resource) != expect.total {
        return Err(Error::mismatch("sub_orders", "do not add up to the total of the stored order"));
    }
    let Some(Json::List(orders)) = resource.get("sub_orders") else { return Ok(()) };
    let differs =
        |order: &Json<Text>| order.at(&["amount", "currency"]).is_some_and(|currency| currency.text() != Some("CNY"));
    if orders.iter().any(differs) {
        return Err(Error::mismatch("sub_orders", "are not all in CNY, the currency of the stored order"));
    }
    Ok(())
}

/// The sum of a combined payment, in fen.
fn combined_total<Text: AsRef<str>>(resource: &Json<Text>) -> Option<u64> {
    let Some(Json::List(orders)) = resource.get("sub_orders") else { return None };
    let amounts = orders.iter().map(|order| order.at(&["amount", "total_amount"]).and_then(Json::integer));
    amounts.into_iter().try_fold(0_u64, |sum, amount| sum.checked_add(amount?))
}
