//! The list of names that one kind of message has: sorted once, then sent with every message of the kind.

use crate::error::Error;
use crate::shared_numbers::MOST_PARAMS;
use crate::v2::params::Params;

/// A name in a list.
#[derive(Clone, Copy)]
pub(crate) struct ListedName<'a> {
    /// The place of its value among the values.
    pub(crate) place: usize,
    pub(crate) name: &'a [u8],
}

/// Makes the list of names. `names` has NUL before each, in the order in which their values come.
///
/// ```text
/// count (2 bytes) | place of the value (2) | length (1) | name | place | length | name | …
/// ```
/// Numbers are little-endian. The names are in byte order, which is the order of the signed string.
///
/// # Errors
/// `ERR_PARAM` with a name that no element can have, or that occurs twice.
pub(crate) fn list_names(names: &str) -> Result<Vec<u8>, Error> {
    if names.split('\0').skip(1).nth(MOST_PARAMS).is_some() {
        return Err(Error::param("params", format_args!("are more than {MOST_PARAMS} fields")));
    }
    // The value of each name is its place.
    let places = names.split('\0').skip(1).enumerate().map(|(place, name)| (name, place.to_string()));
    let params = Params::from_pairs(places)?;
    let mut list = u16::try_from(params.len()).unwrap_or_default().to_le_bytes().to_vec();
    for (name, place) in params.iter() {
        list.extend_from_slice(&place.parse::<u16>().unwrap_or_default().to_le_bytes());
        list.push(u8::try_from(name.len()).unwrap_or_default());
        list.extend_from_slice(name.as_bytes());
    }
    Ok(list)
}

/// How many names a list has.
pub(crate) fn count_names(list: &[u8]) -> usize {
    list.first_chunk().map_or(0, |count| usize::from(u16::from_le_bytes(*count)))
}

/// The names of a list, in the order in which they are signed.
pub(crate) fn each_name(list: &[u8]) -> impl Iterator<Item = ListedName<'_>> + Clone {
    let mut rest = list.get(2..).unwrap_or_default();
    (0..count_names(list)).map_while(move |_| {
        let ([low, high, length], names) = rest.split_first_chunk()?;
        let (name, after) = names.split_at_checked(usize::from(*length))?;
        rest = after;
        Some(ListedName { place: usize::from(u16::from_le_bytes([*low, *high])), name })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_element_can_have_or_that_occurs_twice_is_refused() {
        for (names, field) in
            [("\0a b", "a b"), ("\0b\0a b", "a b"), ("\0", ""), ("\0a\0a", "a"), ("\0\u{fffd}", "\u{fffd}")]
        {
            assert_eq!(list_names(names).unwrap_err().field(), Some(field), "{names:?}");
        }
        let many = "\0a".repeat(MOST_PARAMS + 1);
        assert_eq!(list_names(&many).unwrap_err().field(), Some("params"));
    }
}
