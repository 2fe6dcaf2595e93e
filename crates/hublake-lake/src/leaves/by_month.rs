//! Tables whose leaves hold rows of one calendar month each.

use std::collections::BTreeMap;

use arrow::array::{Array, RecordBatch, cast::AsArray};
use arrow::compute::interleave_record_batch;
use arrow::datatypes::{Date32Type, Int64Type};

use super::Taken;
use super::divide::Asked;
use crate::error::arrow_error;
use crate::months::{Month, Months};
use crate::table::Table;
use crate::{DataFile, Error, Result};

/// Rows in a batch of rows that are brought into another order.
const BATCH_ROWS: usize = 8 * 1024;

/// The months of what was taken.
pub(super) struct TakenMonths {
    /// Those whose rows are replaced.
    pub(super) replaced: Months,
    /// Those whose rows were only read, and how many these are.
    pub(super) read: BTreeMap<Month, usize>,
}

impl TakenMonths {
    pub(super) fn all(&self) -> Months {
        self.replaced.iter().chain(self.read.keys().copied()).collect()
    }
}

impl Table {
    /// Reads what replacing the rows of `repo_ids` in `months` needs, in a table stored by month.
    ///
    /// With `previous` it also reads these rows and those of the month before and after each, sorted by repository.
    /// The neighbours' rows may be put back with the others, and are then left out: their files stay as they are.
    /// Fails with [`Error::Unusable`] where a file has rows of several months.
    pub async fn take_months(&mut self, repo_ids: &[i64], months: &Months, previous: bool) -> Result<Taken> {
        self.check_files()?;
        let wanted = if previous { months.with_neighbours() } else { months.clone() };
        let read = wanted.iter().filter(|month| !months.has(*month)).map(|month| (month, 0)).collect();
        let mut months = TakenMonths { replaced: months.clone(), read };
        let (repo_ids, leaves) = self.settled_leaves(repo_ids, Some(&wanted)).await?;
        let mut rows = Vec::new();
        // What else lies in the leaves is read month by month as they are written: a year of leaves is much.
        for leaf in leaves.iter().filter(|_| previous) {
            let asked = Asked { previous: true, kept: false };
            let of_leaf = self.divide_leaf(leaf, &repo_ids, asked).await?.previous;
            if let Some(count) = self.month_of(leaf).and_then(|month| months.read.get_mut(&month)) {
                *count += of_leaf.iter().map(RecordBatch::num_rows).sum::<usize>();
            }
            rows.extend(of_leaf);
        }
        let places =
            rows.iter().enumerate().flat_map(|(batch, rows)| (0..rows.num_rows()).map(move |row| (batch, row)));
        let previous = self.by_repository(&rows, places.collect())?;
        Ok(Taken { previous, repo_ids, kept: Vec::new(), leaves, months: Some(months) })
    }

    /// The months that the table has rows of; of one that is not stored by month, none.
    pub fn months_of(&self) -> Months {
        let Some(column) = self.month_index else { return Months::default() };
        let months = |leaf: &DataFile| Some(Month::range(bounds(leaf, column)?));
        self.current_leaves().filter_map(|leaf| months(leaf)).flatten().collect()
    }

    /// The month of a leaf; `None` in a table that is not stored by month.
    pub(super) fn month_of(&self, leaf: &DataFile) -> Option<Month> {
        bounds(leaf, self.month_index?).map(|(first, _)| first)
    }

    /// Divides rows among the months that were taken, each sorted by repository.
    ///
    /// Rows of months that were only read are left out. A row without a month, or of another, is an error, and so is
    /// another number of rows in a month that was only read: what a query changes there would be lost.
    pub(super) fn by_month(&self, taken: &TakenMonths, batches: &[RecordBatch]) -> Result<Rearranged> {
        let mut places: BTreeMap<Month, Vec<Place>> = BTreeMap::new();
        for (batch, rows) in batches.iter().enumerate() {
            let mut start = 0;
            for same in self.months_of_rows(rows)?.chunk_by(|left, right| left == right) {
                let rows = start..start + same.len();
                start = rows.end;
                places.entry(same[0]).or_default().extend(rows.map(|row| (batch, row)));
            }
        }
        for (month, read) in &taken.read {
            let put = places.remove(month).map_or(0, |rows| rows.len());
            if put != *read {
                return Err(self.months_differ(format!("{put} rows of {month} are put where {read} were only read")));
            }
        }
        if let Some(stranger) = places.keys().find(|month| !taken.replaced.has(**month)) {
            return Err(self.months_differ(format!("rows of {stranger} are put in the place of other months' rows")));
        }
        Ok(Rearranged(places))
    }

    /// Rows sorted by repository; those of one repository stay in the order of their `places`.
    pub(super) fn by_repository(&self, batches: &[RecordBatch], mut places: Vec<Place>) -> Result<Vec<RecordBatch>> {
        let key = self.key_index();
        let ids: Vec<_> = batches.iter().map(|rows| rows.column(key).as_primitive::<Int64Type>().values()).collect();
        places.sort_by_key(|(batch, row)| ids[*batch][*row]);
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        let sorted = places.chunks(BATCH_ROWS).map(|places| interleave_record_batch(&batches, places));
        let sorted: Result<_, _> = sorted.collect();
        sorted.map_err(|source| arrow_error(&self.snapshot.name, "sorting rows by repository", source))
    }

    fn months_of_rows(&self, rows: &RecordBatch) -> Result<Vec<Month>> {
        let column = self.month_index.unwrap_or_default();
        let days = rows.column(column).as_primitive::<Date32Type>();
        let month = |row: usize| if days.is_null(row) { None } else { Month::of_date32(days.value(row)) };
        let months: Option<Vec<Month>> = (0..days.len()).map(month).collect();
        months.ok_or_else(|| Error::Unusable {
            table: self.snapshot.name.clone(),
            reason: format!(
                "rows to be written have no value in {}, by whose month they are stored",
                self.column(column)
            ),
            hint: "the query that makes the rows must give each its day",
        })
    }

    /// Whether every leaf has rows of one month, as the log tells it.
    fn check_files(&self) -> Result<()> {
        let Some(column) = self.month_index else {
            return Err(Error::Unusable {
                table: self.snapshot.name.clone(),
                reason: "it is not stored by month".to_owned(),
                hint: "take its rows by repository, or open it with the column that tells the month",
            });
        };
        let is_of_one = |leaf: &DataFile| bounds(leaf, column).is_some_and(|(first, last)| first == last);
        let Some(leaf) = self.current_leaves().find(|leaf| !is_of_one(leaf)) else { return Ok(()) };
        let months = match bounds(leaf, column) {
            Some((first, last)) => format!("rows of {first} to {last}"),
            None => "rows of unknown months".to_owned(),
        };
        Err(Error::Unusable {
            table: self.snapshot.name.clone(),
            reason: format!(
                "it is stored by the month of {}, and file {} has {months}",
                self.column(column),
                leaf.path
            ),
            hint: "another program or an earlier version wrote the file; restore the table from a backup, or move it \
                   away and build it anew",
        })
    }

    fn column(&self, index: usize) -> &str {
        self.snapshot.schema.field(index).name()
    }

    fn months_differ(&self, reason: String) -> Error {
        Error::Unusable {
            table: self.snapshot.name.clone(),
            reason,
            hint: "the query that makes the rows may change those of the months it is given, and must give back the \
                   others that it read",
        }
    }
}

/// A batch and a row in it.
type Place = (usize, usize);

/// Where the rows of each month lie.
pub(super) struct Rearranged(BTreeMap<Month, Vec<Place>>);

impl Rearranged {
    /// The rows of one month, which are not there a second time.
    pub(super) fn take(&mut self, month: Month) -> Vec<Place> {
        self.0.remove(&month).unwrap_or_default()
    }
}

/// The first and the last month of a file's rows.
fn bounds(leaf: &DataFile, column: usize) -> Option<(Month, Month)> {
    let (lowest, greatest) = leaf.range(column)?;
    let month = |day: i64| Month::of_date32(i32::try_from(day).ok()?);
    month(lowest).zip(month(greatest))
}

#[cfg(test)]
mod tests;
