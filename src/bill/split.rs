//! Lines into names and cells.

use memchr::{memchr, memchr_iter};

use crate::bytes::is_same;
use crate::error::excerpt;

const MARK: &[u8] = b",`";

/// Splits a line that begins with a back-quote into its cells, which only ``,` `` separates.
///
/// `cells` are the cells of the line above. Most cells repeat the cell above. Such a cell is kept and not searched again, which
/// gains 36 to 43 % of a bill.
pub(super) fn split_cells<'a>(line: &'a str, cells: &mut Vec<&'a str>) {
    let bytes = line.as_bytes();
    let mut start = 1_usize;
    let mut column = 0_usize;
    while start <= bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let above = cells.get_mut(column);
        let length = match &above {
            // The separator cannot be in the cell above, so this cell ends here and nowhere before.
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

/// Whether `rest` begins with exactly this cell.
#[inline]
fn repeats(rest: &[u8], cell: &[u8]) -> bool {
    match rest.split_at_checked(cell.len()) {
        Some((begin, end)) => (end.is_empty() || end.starts_with(MARK)) && is_same(begin, cell),
        None => false,
    }
}

/// The length of the first cell of `rest`.
fn cell_length(rest: &[u8]) -> usize {
    memchr_iter(b'`', rest)
        .find_map(|at| at.checked_sub(1).filter(|comma| rest.get(*comma) == Some(&b',')))
        .unwrap_or(rest.len())
}

/// The end of the first line of `rest`, if it is complete.
pub(super) fn line_length(rest: &[u8]) -> Option<usize> {
    memchr(b'\n', rest)
}

/// The names of a header. Bills have ASCII or full-width brackets; they become the manual's full-width ones.
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
            return Err(format!("the column {} occurs twice", excerpt(&name)));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<&str> {
        let mut cells = Vec::new();
        split_cells(line, &mut cells);
        cells
    }

    #[test]
    fn only_a_comma_with_a_back_quote_after_it_separates_two_cells() {
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
    fn cells_are_those_of_a_plain_split_wherever_the_marks_are() {
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
    fn a_line_has_the_same_cells_whatever_line_is_above() {
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
    fn names_have_full_width_brackets_and_occur_once() {
        assert_eq!(split_names("a, 收支金额(元) ", 64), Ok(vec!["a".to_owned(), "收支金额（元）".to_owned()]));
        assert_eq!(split_names("a,b（元）", 64).unwrap(), ["a", "b（元）"]);
        for bad in ["a,a", "a,,b", "a", "", "a,b(元),b（元）", "a,b,", "a,b\0"] {
            assert!(split_names(bad, 64).is_err(), "{bad}");
        }
        assert!(split_names("a,b,c", 2).is_err());
    }
}
