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
        let orders =
            [json.clone(), json.ordered(|members| sort(members, |(name, _)| name)), json.ordered(<[_]>::reverse)];
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
