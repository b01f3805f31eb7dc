//! The fields of a signed answer that have a meaning: no text of it may look like one of them.

use super::ALL;
use super::declaration::Declaration;
use crate::field::Kind;
use crate::v2::ambiguity::is_common;

/// Whether a field of this name would change the meaning of an API's answer.
pub(super) fn means_something(api: &Declaration, name: &str) -> bool {
    let is_free = |kind| matches!(kind, Kind::Text | Kind::Known(_));
    let is_declared = || api.answer.iter().any(|field| field.name == name && !is_free(field.kind));
    let is_state = || states().any(|state| state == name);
    is_common(name) || is_declared() || is_state() || prefixes().any(|prefix| name.starts_with(prefix))
}

/// The names that state an order or a refund, of every API: the same key signs all their answers.
fn states() -> impl Iterator<Item = &'static str> {
    let fields = ALL.iter().flat_map(|api| api.answer);
    fields.filter(|field| matches!(field.kind, Kind::State(_))).map(|field| field.name)
}

/// The prefixes of numbered fields, of every API.
fn prefixes() -> impl Iterator<Item = &'static str> {
    let families = ALL.iter().flat_map(|api| api.families);
    let all = families.flat_map(|family| std::iter::once(family).chain(family.item.families));
    all.flat_map(|family| family.item.prefixes).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_declarations_name_every_state_and_every_prefix() {
        assert_eq!(states().collect::<BTreeSet<_>>(), ["fee_type", "recall", "trade_state", "trade_type"].into());
        assert_eq!(prefixes().collect::<BTreeSet<_>>(), ["coupon_", "out_refund_no", "refund_"].into());
    }

    #[test]
    fn a_state_and_a_numbered_field_mean_something_in_every_answer_and_a_free_text_does_not() {
        for api in ALL {
            for name in ["return_code", "recall", "fee_type", "coupon_id_0", "refund_status_0", "out_refund_no_1"] {
                assert!(means_something(api, name), "{} {name}", api.name);
            }
            for name in ["bank_type", "attach", "trade_state_desc", "unheard_of"] {
                assert!(!means_something(api, name), "{} {name}", api.name);
            }
        }
    }
}
