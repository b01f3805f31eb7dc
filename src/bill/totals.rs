//! The comparison of the summary with the sums of the rows.

use super::decimal::Decimal;
use crate::error::excerpt;

/// One value of the summary that differs from the sum of its rows.
///
/// A difference is reported, not refused. WeChat rounds the sum of the fees (`手续费总金额`), whose rows have five decimals. A
/// bill of one kind also sums rows that only another bill has. A difference in the number of rows deserves a second download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The name in the summary.
    pub name: String,
    /// The summary's value.
    pub stated: String,
    /// The sum of the rows; `None` if one of their cells is not a decimal number.
    pub counted: Option<String>,
}

/// The rule for a value of the summary.
struct Total {
    /// Its names: today's, the old one, and those of overseas bills.
    names: &'static [&'static str],
    /// The column that is added up, by its names; none if rows are counted.
    columns: &'static [&'static str],
    /// Only rows of this 收支类型.
    flow: Option<&'static str>,
}

const fn sum(names: &'static [&'static str], columns: &'static [&'static str]) -> Total {
    Total { names, columns, flow: None }
}

/// The columns of overseas bills are those of WeChat's manual, `Multi-Wallet Statement Field Descriptions`
/// (<https://pay.weixin.qq.com/wiki/doc/api/wxpay/en/pages/ico-guide/chapter1_4.shtml>). Readers of such bills look for
/// `Total transaction count`; WeChat's overseas FAQ (`en/faq/Account.shtml`) has the words of the next totals. The last two names
/// follow the same pattern. A total of another name is reported as not compared.
const TOTALS: [Total; 11] = [
    sum(&["总交易单数", "资金流水总笔数", "Total transaction count", "Total number of transactions"], &[]),
    sum(&["应结订单总金额", "总交易额", "Total transaction amount"], &["应结订单金额", "总金额", "Total amount"]),
    sum(&["退款总金额", "总退款金额", "Total refund amount"], &["退款金额", "Refund amount"]),
    sum(
        &["充值券退款总金额", "总代金券或立减优惠退款金额", "Total coupon refund amount"],
        &["充值券退款金额", "代金券或立减优惠退款金额", "Coupon refund amount"],
    ),
    sum(&["手续费总金额", "Total fee", "Total fees"], &["手续费", "返还手续费", "Fee"]),
    sum(&["订单总金额"], &["订单金额"]),
    sum(&["申请退款总金额"], &["申请退款金额"]),
    Total { names: &["收入笔数"], columns: &[], flow: Some("收入") },
    Total { names: &["收入金额"], columns: &["收支金额（元）"], flow: Some("收入") },
    Total { names: &["支出笔数"], columns: &[], flow: Some("支出") },
    Total { names: &["支出金额"], columns: &["收支金额（元）"], flow: Some("支出") },
];
const FLOW: &str = "收支类型";

/// The sums so far. A sum is `None` after a cell that is not a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Totals {
    pub(super) sums: [Option<Decimal>; TOTALS.len()],
    /// The column of each sum; a sum without its column is not compared.
    places: [Place; TOTALS.len()],
}

#[derive(Clone, Copy, Debug, Default)]
enum Place {
    #[default]
    Absent,
    Count,
    Cell(usize),
}

impl Totals {
    pub(super) fn new(columns: &[String]) -> Self {
        let find = |name: &str| columns.iter().position(|column| is_same(column, name));
        let place = |total: &Total| match total {
            Total { flow: Some(_), .. } if find(FLOW).is_none() => Place::Absent,
            Total { columns: [], .. } => Place::Count,
            Total { columns, .. } => columns.iter().find_map(|name| find(name)).map_or(Place::Absent, Place::Cell),
        };
        Self { sums: [Some(Decimal::default()); TOTALS.len()], places: TOTALS.each_ref().map(place) }
    }

    pub(super) fn add(&mut self, flow: Option<&str>, cells: &[&str]) {
        for ((total, place), sum) in TOTALS.iter().zip(&self.places).zip(&mut self.sums) {
            if total.flow.is_some() && total.flow != flow {
                continue;
            }
            let value = match place {
                Place::Absent => continue,
                Place::Count => Some(Decimal::ONE),
                Place::Cell(at) => match cells.get(*at).copied() {
                    Some(cell) => match Decimal::read(cell) {
                        None if cell.trim_ascii_end().is_empty() => continue,
                        number => number,
                    },
                    None => None,
                },
            };
            *sum = sum.zip(value).and_then(|(sum, value)| sum.plus(value));
        }
    }

    /// The totals that differ from the sums. A total that is not a number is an error: the line is truncated.
    pub(super) fn differences(&self, names: &[String], values: &[String]) -> Result<Vec<Difference>, String> {
        let mut differences = Vec::new();
        for (name, stated) in names.iter().zip(values) {
            let Some(Known { total, sum, place }) = self.known(name, stated) else { continue };
            let Some(number) = Decimal::read(stated) else {
                return Err(format!("{} of the summary is not a number: {}", excerpt(name), excerpt(stated)));
            };
            if matches!(place, Place::Absent) || sum == Some(number) {
                continue;
            }
            let show = |sum: Decimal| if total.columns.is_empty() { sum.as_count() } else { sum.to_string() };
            differences.push(Difference { name: name.clone(), stated: stated.clone(), counted: sum.map(show) });
        }
        Ok(differences)
    }

    /// The names whose values `differences` cannot compare.
    pub(super) fn uncompared(&self, names: &[String], values: &[String]) -> Vec<String> {
        let is_compared = |(name, stated): &(&String, &String)| {
            self.known(name, stated).is_some_and(|known| !matches!(known.place, Place::Absent))
        };
        names.iter().zip(values).filter(|pair| !is_compared(pair)).map(|(name, _)| name.clone()).collect()
    }

    /// The expected value of the summary; `None` if it is not known.
    #[inline(never)]
    fn known(&self, name: &str, stated: &str) -> Option<Known> {
        let mut all = TOTALS.iter().zip(self.sums).zip(self.places);
        all.find_map(|((total, sum), place)| {
            let known = total.names.iter().find(|known| is_same(name, known))?;
            // Overseas bills of several currencies have no totals. No page says how such a summary looks.
            let is_left_out = known.is_ascii() && Decimal::read(stated).is_none();
            (!is_left_out).then_some(Known { total, sum, place })
        })
    }
}

/// The rule for one value of the summary.
struct Known {
    total: &'static Total,
    sum: Option<Decimal>,
    place: Place,
}

/// Whether two names are equal but for case and blanks. Overseas bills add the field of the API: `Total amount(total_fee)`.
#[inline(never)]
fn is_same(name: &str, known: &str) -> bool {
    let name = without_field(name.as_bytes()).unwrap_or(name.as_bytes());
    let mut letters = name.iter().filter(|byte| !byte.is_ascii_whitespace());
    let mut wanted = known.bytes().filter(|byte| !byte.is_ascii_whitespace());
    wanted.all(|byte| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&byte)))
        && letters.next().is_none()
}

fn without_field(name: &[u8]) -> Option<&[u8]> {
    let rest = name.strip_suffix("）".as_bytes())?;
    let bracket = "（".as_bytes();
    let at = rest.windows(bracket.len()).position(|window| window == bracket)?;
    let (name, field) = rest.split_at_checked(at)?;
    field.strip_prefix(bracket)?.is_ascii().then_some(name)
}

/// Where a fund-flow bill says whether money came or went.
pub(super) fn flow_column(columns: &[String]) -> Option<usize> {
    columns.iter().position(|column| is_same(column, FLOW))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn old_and_new_names_are_compared_with_the_same_columns() {
        for (columns, names) in [
            (
                ["应结订单金额", "充值券退款金额", "返还手续费"],
                ["总交易单数", "应结订单总金额", "充值券退款总金额", "手续费总金额"],
            ),
            (
                ["总金额", "代金券或立减优惠退款金额", "手续费"],
                ["总交易单数", "总交易额", "总代金券或立减优惠退款金额", "手续费总金额"],
            ),
        ] {
            let mut totals = Totals::new(&texts(&columns));
            totals.add(None, &["0.90", "0.1", "0.00600"]);
            totals.add(None, &["0.20", "", "-0.00100"]);
            assert_eq!(totals.differences(&texts(&names), &texts(&["2.0", "1.10", "0.10", "0.005"])), Ok(vec![]));
            let told = totals.differences(&texts(&names), &texts(&["3", "1.1", "0.1", "0.01"])).unwrap();
            let difference = |name: &str, stated: &str, counted: &str| Difference {
                name: name.to_owned(),
                stated: stated.to_owned(),
                counted: Some(counted.to_owned()),
            };
            assert_eq!(told, [difference("总交易单数", "3", "2"), difference("手续费总金额", "0.01", "0.005")]);
        }
    }

    #[test]
    fn the_names_of_overseas_bills_are_known_whatever_their_case_their_blanks_and_their_fields() {
        for (name, known) in [
            ("Total amount（total_fee）", "Total amount"),
            ("TOTAL AMOUNT", "Total amount"),
            ("totalamount", "Total amount"),
            ("收支金额（元）", "收支金额（元）"),
            ("收支金额 （元）", "收支金额（元）"),
        ] {
            assert!(is_same(name, known), "{name}");
        }
        for (name, known) in [
            ("total_fee", "Total fee"),
            ("Total amount（元）", "Total amount"),
            ("收支金额", "收支金额（元）"),
            ("Payers Refund amount", "Refund amount"),
            ("Refund amount（refund_fee", "Refund amount"),
        ] {
            assert!(!is_same(name, known), "{name}");
        }
    }

    #[test]
    fn a_total_without_its_column_is_uncompared_and_never_equal_or_different() {
        let totals = Totals::new(&texts(&["应结订单金额"]));
        let names = texts(&["总交易单数", "应结订单总金额", "退款总金额", "订单总金额", "收入笔数", "新合计"]);
        let values = texts(&["0", "0.00", "0.00", "1.00", "0", "?"]);
        assert_eq!(totals.differences(&names, &values), Ok(vec![]));
        assert_eq!(totals.uncompared(&names, &values), names[2..]);
        assert!(totals.differences(&texts(&["退款总金额"]), &texts(&["x"])).is_err(), "a known total is a number");
    }

    #[test]
    fn a_cell_that_is_no_number_makes_its_sum_unknown_and_no_other() {
        let mut totals = Totals::new(&texts(&["退款金额", "订单金额"]));
        totals.add(None, &["free", "1"]);
        totals.add(None, &["1.00", "1"]);
        let told = totals.differences(&texts(&["退款总金额", "订单总金额"]), &texts(&["1.00", "2.00"])).unwrap();
        assert_eq!(
            told.iter().map(|one| (one.name.as_str(), one.counted.clone())).collect::<Vec<_>>(),
            [("退款总金额", None)]
        );
    }

    #[test]
    fn income_and_expense_are_summed_separately() {
        let columns = texts(&["收支类型", "收支金额（元）"]);
        let mut totals = Totals::new(&columns);
        for row in [["收入", "0.35"], ["支出", "0.18"], ["收入", "1.00"]] {
            totals.add(row.first().copied(), &row);
        }
        let names = texts(&["资金流水总笔数", "收入笔数", "收入金额", "支出笔数", "支出金额"]);
        assert_eq!(totals.differences(&names, &texts(&["3.0", "2.0", "1.35", "1.0", "0.18"])), Ok(vec![]));
        assert_eq!(totals.differences(&names, &texts(&["3", "1", "1.35", "2", "0.18"])).unwrap().len(), 2);
        assert!(totals.differences(&names, &texts(&["3", "1", "1.35", "2", ""])).is_err());
    }
}
