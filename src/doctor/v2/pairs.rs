//! Pairs of a list.

/// Each item, and those after it.
pub(super) fn after_each<Item>(items: &[Item]) -> impl Iterator<Item = (&Item, &[Item])> {
    items.iter().enumerate().map(|(at, item)| (item, items.get(at.saturating_add(1)..).unwrap_or_default()))
}
