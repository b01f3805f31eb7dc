//! The list of names that one kind of message has: sorted once, then sent with every message of the kind.

use crate::error::Error;
use crate::params::Params;

/// The most parameters of one message; no API has a tenth of them.
pub(crate) const MOST_PARAMS: usize = 1024;

/// Makes the list of names: for each, in the order in which they are signed, the place of its value as two bytes, its length as
/// one, and itself. `names` has NUL before each, in the order in which the values will come.
///
/// # Errors
/// `ERR_PARAM` with a name that no element can have, or that stands twice.
pub(crate) fn list_names(names: &str) -> Result<Vec<u8>, Error> {
    let mut places: Vec<(&str, u16)> = Vec::new();
    for (place, name) in names.split('\0').skip(1).enumerate() {
        if place >= MOST_PARAMS {
            return Err(Error::param("params", format_args!("are more than {MOST_PARAMS} fields")));
        }
        places.push((name, u16::try_from(place).unwrap_or_default()));
    }
    Params::from_pairs(places.iter().map(|(name, _)| (*name, "")))?;
    places.sort_unstable();
    let mut list = Vec::new();
    for (name, place) in places {
        list.extend_from_slice(&place.to_le_bytes());
        list.push(u8::try_from(name.len()).unwrap_or_default());
        list.extend_from_slice(name.as_bytes());
    }
    Ok(list)
}

/// The place of the value, and the name, of each field in a list of names.
pub(crate) fn each_name(list: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let ([low, high, length], behind) = rest.split_first_chunk()?;
        let (name, behind) = behind.split_at_checked(usize::from(*length))?;
        rest = behind;
        Some((usize::from(u16::from_le_bytes([*low, *high])), name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_no_element_can_have_or_that_stands_twice_is_refused() {
        for (names, field) in
            [("\0a b", "a b"), ("\0b\0a b", "a b"), ("\0", ""), ("\0a\0a", "a"), ("\0\u{fffd}", "\u{fffd}")]
        {
            assert_eq!(list_names(names).unwrap_err().field(), Some(field), "{names:?}");
        }
        let many = "\0a".repeat(MOST_PARAMS + 1);
        assert_eq!(list_names(&many).unwrap_err().field(), Some("params"));
    }
}
