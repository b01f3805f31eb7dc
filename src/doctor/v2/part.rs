//! A field of a message, as somebody may have signed it.

use std::borrow::Cow;

/// A field that may be signed.
#[derive(Clone)]
pub(super) struct Part<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Cow<'a, str>,
    /// Its place in the message.
    pub(super) place: usize,
    /// Whether it is signed though its value is empty.
    pub(super) is_kept: bool,
}
