//! JSON values that were signed with other blanks, escapes or order than they are sent.

use super::{Change, Mistake, narrow, wide};
use crate::doctor::message::{Json, STYLES};
use crate::doctor::sort::sort;
use crate::doctor::v2::recipe::Recipe;
use crate::doctor::v2::words;
use crate::doctor::words::Detail;

/// The most members whose orders are all tried.
const PERMUTED: usize = 5;

/// The longest value, in bytes, that is written in other forms.
const BYTES: usize = 16 << 10;

/// Adds the other forms of each JSON value.
pub(super) fn add<'a>(recipe: &Recipe<'a>, list: &mut Vec<Mistake<'a>>) {
    for part in recipe.parts.iter().filter(|part| part.value.len() <= BYTES) {
        if !part.value.trim_start().starts_with(['{', '[']) {
            continue;
        }
        let Some(json) = Json::read(&part.value) else { continue };
        let mut forms: Vec<(String, bool)> = Vec::new();
        let orders = [
            json.clone(),
            json.ordered(|members| sort(members, |(name, _)| name)),
            json.ordered(<[_]>::reverse),
            top_sorted(&json),
            inner_sorted(&json),
            json.with_numbers(short_number),
        ];
        for (number, json) in orders.iter().enumerate() {
            forms.extend(STYLES.iter().enumerate().map(|(at, style)| (json.written(*style), at < 2 && number < 2)));
        }
        for json in permuted(&json) {
            forms.extend(STYLES.iter().take(2).map(|style| (json.written(*style), false)));
        }
        forms.push((format!("{}\n", part.value), false));
        for (form, is_usual) in forms.into_iter().filter(|(form, _)| *form != part.value) {
            let add = if is_usual { wide } else { narrow };
            let change = Change::Values(vec![(part.place, form)]);
            add(list, &words::JSON_RESPACED, Detail::plain(part.name.clone().into_owned()), change);
        }
    }
}

/// The same object with its own members sorted, and those of its values as they were.
fn top_sorted(json: &Json) -> Json {
    let Json::Object(members) = json else { return json.clone() };
    let mut members = members.clone();
    sort(&mut members, |(name, _)| name);
    Json::Object(members)
}

/// The same object with the members of its values sorted, and its own as they were.
fn inner_sorted(json: &Json) -> Json {
    let sorted = |value: &Json| value.ordered(|members| sort(members, |(name, _)| name));
    match json {
        Json::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect())
        }
        Json::List(items) => Json::List(items.iter().map(inner_sorted).collect()),
        _ => json.clone(),
    }
}

/// `1.10` as `1.1`, and `1.0` as `1`.
fn short_number(number: &str) -> String {
    let is_decimal = number.contains('.') && !number.contains(['e', 'E']);
    if is_decimal { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number.to_owned() }
}

/// The same object with its members in every order.
fn permuted(json: &Json) -> Vec<Json> {
    let Json::Object(members) = json else { return Vec::new() };
    if members.len() > PERMUTED {
        return Vec::new();
    }
    let mut orders: Vec<Vec<(String, Json)>> = vec![Vec::new()];
    for member in members {
        orders = orders
            .iter()
            .flat_map(|order| {
                (0..=order.len()).map(|at| {
                    let mut longer = order.clone();
                    longer.insert(at, member.clone());
                    longer
                })
            })
            .collect();
    }
    orders.into_iter().map(Json::Object).collect()
}
