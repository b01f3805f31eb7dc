//! The one ambiguity of the signed string: `a=1&b=2` may be two fields, or a single `a` whose value is `1&b=2`.

use memchr::memchr;

use crate::error::Error;
use crate::v2::params::Params;

/// Refuses a signed message whose fields could be cut differently. A text could hide a field. The text that a buyer chose
/// could also become fields, and hide the real ones.
///
/// No text may look like a field with a meaning. The exception is `attach`, which shops and buyers write freely.
/// Where money was taken (`is_paid`), `attach` may not look like the field that would come right after it.
/// Where nothing was paid, it can only hide fields that change nothing: the state itself comes after `mch_id`.
pub(crate) fn check_unambiguous(
    fields: &Params<'_>,
    is_paid: bool,
    means_something: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let mut signed = fields.iter().filter(|(name, value)| *name != "sign" && !value.is_empty()).peekable();
    while let Some((name, value)) = signed.next() {
        if memchr(b'&', value.as_bytes()).is_none() {
            continue;
        }
        let next = signed.peek().map(|(next, _)| *next);
        let is_hidden = |hidden: &str| {
            let right_after = hidden > name && next.is_none_or(|next| hidden < next);
            means_something(hidden) && (name != "attach" || (is_paid && right_after))
        };
        if value.split('&').skip(1).filter_map(|part| part.split_once('=')).any(|(hidden, _)| is_hidden(hidden)) {
            return Err(Error::mismatch(
                name,
                "its text can be read as other fields as well; do not act on this message",
            ));
        }
    }
    Ok(())
}

/// Whether a field is about the result of a call or the merchant; every signed message has such fields.
pub(crate) fn is_common(name: &str) -> bool {
    matches!(
        name,
        "appid"
            | "mch_id"
            | "sub_appid"
            | "sub_mch_id"
            | "nonce_str"
            | "return_code"
            | "result_code"
            | "err_code"
            | "sign_type"
    )
}
