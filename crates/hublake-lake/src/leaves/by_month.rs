//! Tables whose leaves hold rows of one calendar month each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{Array, RecordBatch, cast::AsArray};
use arrow::compute::interleave_record_batch;
use arrow::datatypes::{Date32Type, Int64Type};
use chrono::NaiveDate;

use super::divide::Asked;
use super::periods::{Period, TakenPeriods};
use super::{ENCODING_AT_ONCE, Taken, in_order};
use crate::error::arrow_error;
use crate::months::{Month, Months};
use crate::table::Table;
use crate::{DataFile, Error, Result};

/// Rows in a batch of rows that are brought into another order.
const BATCH_ROWS: usize = 8 * 1024;

impl Table {
    /// Reads what replacing the rows of `repo_ids` in `months` needs, in a table stored by month.
    ///
    /// With `previous` it also reads these rows and those of the month before and after each, sorted by repository.
    /// The neighbours' rows are to be put back with the others, and are then left out: their files stay as they are.
    /// Fails with [`Error::Unusable`] where a file has rows of several months.
    pub async fn take_months(&mut self, repo_ids: &[i64], months: &Months, previous: bool) -> Result<Taken> {
        self.take_periods(repo_ids, TakenPeriods::of_months(months, previous), previous).await
    }

    /// Reads what replacing the rows of `repo_ids` on `days` needs, in a table stored by month.
    ///
    /// With `previous` it also reads these rows and those of the `days_before` days before each, sorted by repository
    /// and day. The earlier days' rows may be put back, all or none, and are left out. Other days' rows in the files
    /// that are written anew never come before the caller. Fails with [`Error::Unusable`] where a file has rows of
    /// several months.
    pub async fn take_days(
        &mut self,
        repo_ids: &[i64],
        days: &BTreeSet<NaiveDate>,
        days_before: u32,
        previous: bool,
    ) -> Result<Taken> {
        let days_before = if previous { days_before } else { 0 };
        self.take_periods(repo_ids, TakenPeriods::of_days(days, days_before), previous).await
    }

    async fn take_periods(&mut self, repo_ids: &[i64], mut periods: TakenPeriods, previous: bool) -> Result<Taken> {
        let column = self.checked_month_index()?;
        let repo_ids = in_order(repo_ids);
        let leaves = self.settled_leaves(&repo_ids, Some(&periods.months())).await?;
        let wanted = periods.wanted(&repo_ids, column);
        let mut rows = Vec::new();
        // What else lies in the leaves is read some leaves at a time as they are written: a year of leaves is much.
        for leaf in leaves.iter().filter(|_| previous) {
            let asked = Asked { previous: true, kept: false };
            for of_leaf in self.divide_leaf(leaf, &wanted, asked).await?.previous {
                for (period, rows) in self.periods_of(&of_leaf, &periods)? {
                    periods.count(period, rows.len());
                }
                rows.push(of_leaf);
            }
        }
        let places = places_of(&rows, 0).collect();
        let previous = self.sorted(&rows, places, periods.is_by_day())?;
        Ok(Taken { previous, repo_ids, kept: Vec::new(), leaves, periods: Some(periods) })
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

    /// Puts rows in the place of those that were taken, a month after the other.
    pub(super) async fn put_periods(
        &mut self,
        repo_ids: &[i64],
        taken: &TakenPeriods,
        batches: &[RecordBatch],
    ) -> Result<()> {
        let mut places = self.by_month(taken, batches)?;
        for month in taken.written_months().iter() {
            let places = places.remove(&month).unwrap_or_default();
            self.put_month(month, repo_ids, taken, batches, places).await?;
        }
        Ok(())
    }

    /// Writes one month's rows, so many leaves at a time as are encoded at once: a month may have many.
    async fn put_month(
        &mut self,
        month: Month,
        repo_ids: &[i64],
        taken: &TakenPeriods,
        batches: &[RecordBatch],
        mut places: Vec<Place>,
    ) -> Result<()> {
        let column = self.checked_month_index()?;
        let only: Months = std::iter::once(month).collect();
        let ids: Vec<_> = batches.iter().map(|rows| self.ids_of(rows)).collect();
        places.sort_by_key(|(batch, row)| ids[*batch][*row]);
        let (mut repo_ids, mut places) = (repo_ids, places.as_slice());
        let mut is_begun = false;
        while !repo_ids.is_empty() {
            // Asked for anew each time: the leaves before may have been joined with the next.
            let mut leaves = self.settled_leaves(repo_ids, Some(&only)).await?;
            let next = self.keep_stretch(&mut leaves);
            let is_before = |id: i64| next.is_none_or(|next| id < next);
            let (these, later_ids) = repo_ids.split_at(repo_ids.partition_point(|id| is_before(*id)));
            let (new, later) = places.split_at(places.partition_point(|(batch, row)| is_before(ids[*batch][*row])));
            (repo_ids, places) = (later_ids, later);
            let replaced = taken.wanted_replaced(&these.into(), column);
            let mut rows = batches.to_vec();
            for leaf in &leaves {
                rows.extend(self.divide_leaf(leaf, &replaced, Asked { previous: false, kept: true }).await?.kept);
            }
            let all = new.iter().copied().chain(places_of(&rows, batches.len())).collect();
            let rows = self.sorted(&rows, all, taken.is_by_day())?;
            // Of this month none may be on its way: it could be read again, as a small neighbour.
            if is_begun || self.pending.encoding.len() >= ENCODING_AT_ONCE {
                self.finish_leaves().await?;
            }
            is_begun = true;
            self.put_part(Some(month), rows, leaves).await?;
        }
        Ok(())
    }

    /// Keeps the first leaves (ascending), up to a border of repositories; gives the lowest repository of the others.
    fn keep_stretch(&self, leaves: &mut Vec<Arc<DataFile>>) -> Option<i64> {
        let key = self.key_index();
        let mut rows = 0;
        let mut last = None;
        for (place, leaf) in leaves.iter().enumerate() {
            let (lowest, greatest) = leaf.range(key)?;
            rows += leaf.rows;
            if rows > ENCODING_AT_ONCE * self.leaf_rows && last.is_some_and(|last| last < lowest) {
                leaves.truncate(place);
                return Some(lowest);
            }
            last = last.max(Some(greatest));
        }
        None
    }

    /// Divides rows among the months that were taken.
    ///
    /// Rows of periods that were only read are left out. A row without a day, or of another period, is an error, and
    /// so is another number of rows in a period that was only read: what a query changes there would be lost.
    fn by_month(&self, taken: &TakenPeriods, batches: &[RecordBatch]) -> Result<BTreeMap<Month, Vec<Place>>> {
        let mut places: BTreeMap<Period, Vec<Place>> = BTreeMap::new();
        for (batch, rows) in batches.iter().enumerate() {
            for (period, rows) in self.periods_of(rows, taken)? {
                places.entry(period).or_default().extend(rows.map(|row| (batch, row)));
            }
        }
        taken.check(&mut places).map_err(|reason| self.periods_differ(reason))?;
        let mut by_month: BTreeMap<Month, Vec<Place>> = BTreeMap::new();
        for (period, places) in places {
            if let Some(month) = period.month() {
                by_month.entry(month).or_default().extend(places);
            }
        }
        Ok(by_month)
    }

    /// Rows sorted by repository, and by day if asked; others stay in the order of their `places`.
    fn sorted(&self, batches: &[RecordBatch], mut places: Vec<Place>, by_day: bool) -> Result<Vec<RecordBatch>> {
        let ids: Vec<_> = batches.iter().map(|rows| self.ids_of(rows)).collect();
        let days = self.month_index.filter(|_| by_day);
        match days {
            None => places.sort_by_key(|(batch, row)| ids[*batch][*row]),
            Some(column) => {
                let day = |rows| RecordBatch::column(rows, column).as_primitive::<Date32Type>().values();
                let days: Vec<_> = batches.iter().map(day).collect();
                places.sort_by_key(|(batch, row)| (ids[*batch][*row], days[*batch][*row]));
            }
        }
        if places.iter().copied().eq(places_of(batches, 0)) {
            return Ok(batches.to_vec());
        }
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        let sorted = places.chunks(BATCH_ROWS).map(|places| interleave_record_batch(&batches, places));
        let sorted: Result<_, _> = sorted.collect();
        sorted.map_err(|source| arrow_error(&self.snapshot.name, "sorting rows by repository", source))
    }

    fn ids_of<'a>(&self, rows: &'a RecordBatch) -> &'a [i64] {
        rows.column(self.key_index()).as_primitive::<Int64Type>().values()
    }

    /// The rows of a batch by period, those that lie side by side together.
    fn periods_of(&self, rows: &RecordBatch, periods: &TakenPeriods) -> Result<Vec<(Period, Range<usize>)>> {
        let column = self.month_index.unwrap_or_default();
        let days = rows.column(column).as_primitive::<Date32Type>();
        let mut found: Vec<(Period, Range<usize>)> = Vec::new();
        for row in 0..days.len() {
            let period = if days.is_null(row) { None } else { periods.of(days.value(row)) };
            let period = period.ok_or_else(|| Error::Unusable {
                table: self.snapshot.name.clone(),
                reason: format!(
                    "rows to be written have no value in {}, by whose month they are stored",
                    self.column(column)
                ),
                hint: "the query that makes the rows must give each its day",
            })?;
            match found.last_mut().filter(|(last, _)| *last == period) {
                Some((_, rows)) => rows.end = row + 1,
                None => found.push((period, row..row + 1)),
            }
        }
        Ok(found)
    }

    /// The place of the column that tells the month; every leaf has rows of one month, as the log tells it.
    fn checked_month_index(&self) -> Result<usize> {
        let Some(column) = self.month_index else {
            return Err(Error::Unusable {
                table: self.snapshot.name.clone(),
                reason: "it is not stored by month".to_owned(),
                hint: "take its rows by repository, or open it with the column that tells the month",
            });
        };
        let is_of_one = |leaf: &DataFile| bounds(leaf, column).is_some_and(|(first, last)| first == last);
        let Some(leaf) = self.current_leaves().find(|leaf| !is_of_one(leaf)) else { return Ok(column) };
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

    fn periods_differ(&self, reason: String) -> Error {
        Error::Unusable {
            table: self.snapshot.name.clone(),
            reason,
            hint: "the query that makes the rows may change those of the months or days it is given, and must give \
                   back the others that it read",
        }
    }
}

/// A batch and a row in it.
type Place = (usize, usize);

/// The places of all rows, but those of the first batches.
fn places_of(batches: &[RecordBatch], first: usize) -> impl Iterator<Item = Place> {
    let of_batch = |(batch, rows): (usize, &RecordBatch)| (0..rows.num_rows()).map(move |row| (batch, row));
    batches.iter().enumerate().skip(first).flat_map(of_batch)
}

/// The first and the last month of a file's rows.
fn bounds(leaf: &DataFile, column: usize) -> Option<(Month, Month)> {
    let (lowest, greatest) = leaf.range(column)?;
    let month = |day: i64| Month::of_date32(i32::try_from(day).ok()?);
    month(lowest).zip(month(greatest))
}

#[cfg(test)]
mod tests;
