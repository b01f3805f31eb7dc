//! A sort by insertion. Nearly all lists are sorted already, and the sort of the library takes 20 kB of wasm.

/// Sorts by a text of each item. Equal ones keep their order.
pub(super) fn sort<Item>(items: &mut [Item], key: impl Fn(&Item) -> &str) {
    for end in 1..items.len() {
        for at in (1..=end).rev() {
            let Some([left, right]) = items.get_mut(at.saturating_sub(1)..=at) else { break };
            if key(left) <= key(right) {
                break;
            }
            std::mem::swap(left, right);
        }
    }
}
