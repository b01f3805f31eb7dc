//! The fields of a message that is signed, sent or received: name → text, by name in byte order.

use std::borrow::Cow;
use std::fmt;

use crate::error::Error;

/// The longest name of a field, in bytes.
pub(crate) const NAME_BYTES: usize = 64;

/// The fields of one message, sorted by name in byte order, each name once.
///
/// A name is an ASCII letter or `_`, then letters, digits, `_`, `-` and `.`, 64 bytes at most.
/// Values are any text. In a signed message an empty value means an absent one.
///
/// ```
/// let mut params = paysign::Params::new();
/// params.set("total_fee", "88")?;
/// params.set("body", "腾讯充值中心-QQ会员充值")?;
/// assert_eq!(params.get("total_fee"), Some("88"));
/// assert_eq!(params.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["body", "total_fee"]);
/// # Ok::<(), paysign::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params<'a> {
    fields: Vec<Pair<'a>>,
}

/// Name and value.
type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// A name that occurs twice.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Duplicate<'a>(pub(crate) Cow<'a, str>);

impl<'a> Params<'a> {
    /// No fields yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Takes a list of names and values in any order.
    ///
    /// # Errors
    /// `ERR_PARAM` when a name occurs twice or cannot be an element's name.
    pub fn from_pairs<N, V>(pairs: impl IntoIterator<Item = (N, V)>) -> Result<Self, Error>
    where
        N: Into<Cow<'a, str>>,
        V: Into<Cow<'a, str>>,
    {
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        if let Some((name, _)) = pairs.iter().find(|(name, _)| !is_name(name)) {
            return Err(Error::param(name, NAME_RULE));
        }
        Self::collect(pairs).map_err(|Duplicate(name)| Error::param(&name, "occurs twice; remove one"))
    }

    /// The value of a field, if the field is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.find(name).ok()?;
        self.fields.get(at).map(|(_, value)| &**value)
    }

    /// The value of a field, or the empty text: in the protocol the two are equal.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The values of names in byte order, empty if a field is absent. One walk finds all of them, 12 % of a notice.
    pub(crate) fn texts<const N: usize>(&self, names: &[&str; N]) -> [&str; N] {
        let mut fields = self.fields.iter().peekable();
        names.map(|name| {
            while fields.next_if(|(own, _)| **own < *name).is_some() {}
            fields.next_if(|(own, _)| own == name).map_or("", |(_, value)| value)
        })
    }

    /// Sets a field, in place of an earlier value.
    ///
    /// # Errors
    /// `ERR_PARAM` when the name cannot be an element's name.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Result<(), Error> {
        let (name, value) = (name.into(), value.into());
        if !is_name(&name) {
            return Err(Error::param(&name, NAME_RULE));
        }
        match self.find(&name) {
            Ok(at) => {
                if let Some((_, earlier)) = self.fields.get_mut(at) {
                    *earlier = value;
                }
            }
            Err(at) => self.fields.insert(at, (name, value)),
        }
        Ok(())
    }

    /// Removes a field.
    pub fn remove(&mut self, name: &str) -> Option<Cow<'a, str>> {
        let at = self.find(name).ok()?;
        Some(self.fields.remove(at).1)
    }

    /// Every field, by name in byte order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (&**name, &**value))
    }

    /// [`iter`](Self::iter) as bytes, which the signer and the XML writer read.
    pub(crate) fn byte_fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> + Clone {
        self.fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()))
    }

    /// The number of fields, empty ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The same fields, independent of the text that they were read from.
    #[must_use]
    pub fn into_owned(self) -> Params<'static> {
        let owned = |(name, value): Pair<'_>| (Cow::Owned(name.into_owned()), Cow::Owned(value.into_owned()));
        Params { fields: self.fields.into_iter().map(owned).collect() }
    }

    /// Sorts fields whose names were checked.
    pub(crate) fn collect(mut fields: Vec<Pair<'a>>) -> Result<Self, Duplicate<'a>> {
        // The stable sort is fast for messages, also hostile ones: they consist of sorted pieces.
        fields.sort_by(|(one, _), (other, _)| one.cmp(other));
        for neighbours in fields.windows(2) {
            if let [(one, _), (other, _)] = neighbours
                && one == other
            {
                return Err(Duplicate(one.clone()));
            }
        }
        Ok(Self { fields })
    }

    /// Not inlined: dozens of calls use it, and each would contain a copy of the search.
    #[inline(never)]
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.fields.binary_search_by(|(own, _)| (**own).cmp(name))
    }
}

/// The rule of [`is_name`], in words.
const NAME_RULE: &str =
    "a field's name is an ASCII letter or _, then letters, digits, _, - and ., at most 64 characters";

/// Whether the protocol can carry a field of this name: an element's name without a name space.
pub(crate) fn is_name(name: &str) -> bool {
    is_name_text(name.as_bytes())
}

/// [`is_name`] of bytes.
pub(crate) fn is_name_text(name: &[u8]) -> bool {
    let mut bytes = name.iter().copied();
    name.len() <= NAME_BYTES
        && bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(is_name_byte)
}

/// Whether a byte may be in a name, after its first.
#[inline]
pub(crate) fn is_name_byte(byte: u8) -> bool {
    IS_IN_NAMES.get(usize::from(byte)).is_some_and(|is_in| *is_in)
}

/// A table in place of six comparisons for each byte of a name: 3 to 7 % of a notice.
static IS_IN_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    while let [byte, behind @ ..] = rest {
        if let Some((_, [place, ..])) = table.split_at_mut_checked(*byte as usize) {
            *place = true;
        }
        rest = behind;
    }
    table
};

/// Shows the fields unchanged, but no signature: a log must not help to forge.
impl fmt::Debug for Params<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.iter().map(|(name, value)| match name {
                "sign" | "paySign" => (name, "[signature]"),
                _ => (name, value),
            }))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_in_byte_order_whatever_the_order_of_arrival() -> Result<(), Error> {
        let params = Params::from_pairs([("ab", "5"), ("a_b", "4"), ("A", "3"), ("a1", "2"), ("a", "1")])?;
        let names: Vec<&str> = params.iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["A", "a", "a1", "a_b", "ab"]);
        Ok(())
    }

    #[test]
    fn a_name_that_occurs_twice_is_refused() {
        let error = Params::from_pairs([("a", "1"), ("b", "2"), ("a", "1")]).unwrap_err();
        assert_eq!((error.kind().code(), error.field()), ("ERR_PARAM", Some("a")));
    }

    #[test]
    fn a_name_that_no_element_can_have_is_refused() {
        let too_long = "a".repeat(65);
        for name in ["", "1a", "a b", "a=b", "a&b", "a:b", "é", "а", "-a", "a>", too_long.as_str()] {
            assert!(Params::from_pairs([(name, "1")]).is_err(), "{name}");
            assert!(Params::new().set(name, "1").is_err(), "{name}");
        }
        for name in ["a", "_", "__proto__", "coupon_fee_0_1", "a.b-c", "A9", &"a".repeat(64)] {
            assert!(is_name(name), "{name}");
        }
    }

    #[test]
    fn set_replaces_and_remove_takes_out() -> Result<(), Error> {
        let mut params = Params::from_pairs([("b", "1")])?;
        params.set("a", "2")?;
        params.set("b", "3")?;
        assert_eq!((params.get("a"), params.get("b"), params.len()), (Some("2"), Some("3"), 2));
        assert_eq!(params.remove("b").as_deref(), Some("3"));
        assert_eq!((params.get("b"), params.text("b")), (None, ""));
        Ok(())
    }

    #[test]
    fn a_signature_is_not_printed() -> Result<(), Error> {
        let shown = format!("{:?}", Params::from_pairs([("sign", "9A0A8659"), ("paySign", "22D9"), ("body", "test")])?);
        assert!(!shown.contains("9A0A") && !shown.contains("22D9") && shown.contains("test"), "{shown}");
        Ok(())
    }
}
