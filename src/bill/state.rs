//! The state of a reader as text, so that a bill can be read by calls that keep nothing.

use super::BILL_COLUMNS;
use super::decimal::Decimal;
use super::reader::{BillReader, Stage};
use super::split::{split_cells, split_names};

const STAGES: [Stage; 5] = [Stage::Start, Stage::Header, Stage::Rows, Stage::Summary, Stage::End];

impl BillReader {
    /// One line of numbers (stage, bytes, lines, sums). Then the header, and the names and values of the summary.
    pub(crate) fn save(&self) -> String {
        let stage = STAGES.iter().position(|stage| *stage == self.stage).unwrap_or(STAGES.len());
        let numbers = [stage as u64, self.at, self.line].map(|number| number.to_string());
        let sums = self.totals.sums.iter().map(|sum| sum.as_ref().map_or_else(String::new, |sum| sum.0.to_string()));
        let numbers: String = numbers.into_iter().chain(sums).map(|number| number + ",").collect();
        let values: Vec<String> = self.values.iter().map(|value| format!("`{value}")).collect();
        [numbers, self.columns.join(","), self.names.join(","), values.join(",")].join("\n")
    }

    /// The reader that [`save`](Self::save) saved. The empty text is the state of a new reader.
    /// Only the beginning of the text is checked, since it is our own.
    pub(crate) fn restore(mut self, state: &str) -> Option<Self> {
        if state.is_empty() {
            return Some(self);
        }
        let mut lines = state.split('\n');
        let mut numbers = lines.next()?.split(',').map(|number| number.parse::<i64>().ok());
        let mut number = || numbers.next().flatten().and_then(|number| u64::try_from(number).ok());
        self.stage = *STAGES.get(usize::try_from(number()?).ok()?)?;
        (self.at, self.line) = (number()?, number()?);
        let mut names = || match lines.next()? {
            "" => Some(Vec::new()),
            line => split_names(line, BILL_COLUMNS).ok(),
        };
        self.set_columns(names()?);
        self.names = names()?;
        for sum in &mut self.totals.sums {
            *sum = numbers.next()?.map(Decimal);
        }
        let mut values = Vec::new();
        split_cells(lines.next()?, &mut values);
        self.values = values.into_iter().map(str::to_owned).collect();
        Some(self)
    }
}
