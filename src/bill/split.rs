//! Lines into names and cells.

use memchr::{memchr, memchr_iter};

use crate::error::excerpt;

const MARK: &[u8] = b",`";

/// Splits a line that begins with a back-quote into its cells: ``,` `` parts them, and nothing else does.
///
/// `cells` holds those of the line above, and a cell that repeats the one above it stays what it is: most do, so they are
/// neither searched nor looked at again.
pub(super) fn split_cells<'a>(line: &'a str, cells: &mut Vec<&'a str>) {
    let bytes = line.as_bytes();
    let mut start = 1_usize;
    let mut column = 0_usize;
    while start <= bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let above = cells.get_mut(column);
        let length = match &above {
            // What ends a cell cannot stand in the one above, so the cell ends here and nowhere before.
            Some(above) if repeats(rest, above.as_bytes()) => above.len(),
            _ => {
                let length = cell_length(rest);
                let cell = line.get(start..start.saturating_add(length)).unwrap_or_default();
                match above {
                    Some(above) => *above = cell,
                    None => cells.push(cell),
                }
                length
            }
        };
        column = column.saturating_add(1);
        start = start.saturating_add(length).saturating_add(MARK.len());
        if length == rest.len() {
            break;
        }
    }
    cells.truncate(column);
}

/// Whether `rest` begins with this very cell.
#[inline]
fn repeats(rest: &[u8], cell: &[u8]) -> bool {
    match rest.split_at_checked(cell.len()) {
        Some((begin, end)) => (end.is_empty() || end.starts_with(MARK)) && is_same(begin, cell),
        None => false,
    }
}

/// How long the cell is with which `rest` begins.
fn cell_length(rest: &[u8]) -> usize {
    memchr_iter(b'`', rest)
        .find_map(|at| at.checked_sub(1).filter(|comma| rest.get(*comma) == Some(&b',')))
        .unwrap_or(rest.len())
}

/// Where the line ends with which `rest` begins, where it does.
pub(super) fn line_length(rest: &[u8]) -> Option<usize> {
    memchr(b'\n', rest)
}

/// The names of a header, with their brackets made the manual's full-width ones: bills come with either.
pub(super) fn split_names(line: &str, most: usize) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for name in line.split(',') {
        let mut full = String::with_capacity(name.len());
        for character in name.trim_ascii().chars() {
            full.push(match character {
                '(' => '（',
                ')' => '）',
                other => other,
            });
        }
        let name = full;
        if name.is_empty() || name.bytes().any(|byte| byte < b' ') {
            return Err("a column has no name".to_owned());
        }
        if names.contains(&name) {
            return Err(format!("the column {} stands twice", excerpt(&name)));
        }
        if names.len() >= most {
            return Err(format!("more than {most} columns"));
        }
        names.push(name);
    }
    if names.len() < 2 {
        return Err("this is not the header of a bill".to_owned());
    }
    Ok(names)
}

/// Whether two texts are the same. It reads words, which may overlap: 16 to 19 % of a bill, whose cells are short.
/// It is not for secrets, since it stops at the first difference.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match one.len() {
        0 => true,
        1..4 => one.iter().zip(other).all(|(one, other)| one == other),
        4..8 => one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk(),
        _ => {
            let ((words, _), (others, _)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
            one.last_chunk::<8>() == other.last_chunk() && words.iter().zip(others).all(|(one, other)| one == other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<&str> {
        let mut cells = Vec::new();
        split_cells(line, &mut cells);
        cells
    }

    #[test]
    fn only_a_comma_with_a_back_quote_behind_it_parts_two_cells() {
        for (line, expected) in [
            ("`", vec![""]),
            ("`,`", vec!["", ""]),
            ("``,``", vec!["`", "`"]),
            ("`a, b,`c", vec!["a, b", "c"]),
            ("`a`b,`,,`\"c,\"\"d\"", vec!["a`b", ",", "\"c,\"\"d\""]),
            ("`茶,`糕`,,`", vec!["茶", "糕`,", ""]),
            ("`1234567,`1234567,`12345678,`x", vec!["1234567", "1234567", "12345678", "x"]),
        ] {
            assert_eq!(cells(line), expected, "{line}");
        }
    }

    #[test]
    fn cells_are_those_of_a_plain_split_wherever_the_marks_stand() {
        let parts = ["", "a", "`", ",", "茶", "0123456789abcdef"];
        for one in parts {
            for two in parts {
                for three in parts {
                    let inside = format!("{one}{two},`{three}{two}{one},`{two}{three}");
                    let line = format!("`{inside}");
                    assert_eq!(cells(&line), inside.split(",`").collect::<Vec<_>>(), "{line}");
                }
            }
        }
    }

    #[test]
    fn a_line_gives_the_same_cells_whatever_stood_above() {
        let lines = [
            "`",
            "`a",
            "`a,`",
            "`,`a",
            "`a,,`b",
            "`a,`,`b",
            "`ab,`b",
            "`a`,`b,",
            "`,`,`,`",
            "`茶,`b",
            "`a,`b,`c,`12345678",
        ];
        for above in lines {
            for line in lines {
                let mut found = cells(above);
                split_cells(line, &mut found);
                assert_eq!(found, cells(line), "{above} above {line}");
            }
        }
    }

    #[test]
    fn names_have_full_width_brackets_and_stand_once() {
        assert_eq!(split_names("a, 收支金额(元) ", 64), Ok(vec!["a".to_owned(), "收支金额（元）".to_owned()]));
        assert_eq!(split_names("a,b（元）", 64).unwrap(), ["a", "b（元）"]);
        for bad in ["a,a", "a,,b", "a", "", "a,b(元),b（元）", "a,b,", "a,b\0"] {
            assert!(split_names(bad, 64).is_err(), "{bad}");
        }
        assert!(split_names("a,b,c", 2).is_err());
    }

    #[test]
    fn two_texts_are_the_same_exactly_when_all_their_bytes_are() {
        for length in 0..40_usize {
            let one: Vec<u8> = (0..length).map(|at| u8::try_from(at).unwrap()).collect();
            assert!(is_same(&one, &one.clone()));
            for at in 0..length {
                let mut other = one.clone();
                other[at] ^= 0x80;
                assert!(!is_same(&one, &other), "{length} {at}");
            }
            assert!(!is_same(&one, &[one.as_slice(), &[0]].concat()));
        }
    }
}
