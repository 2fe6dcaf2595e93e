//! Bounds of unique visitors over a window of days.
//!
//! GitHub counts visitors per day, per week and per answer; a visitor of two days is counted in both, so these counts
//! do not add up. What is recorded still says something: a window has at least the visitors of any part of it, and
//! at most the sum over parts that cover it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use chrono::{Days, NaiveDate};

use super::WHOLE_DAYS;

/// One recorded count of visits and visitors: of a day, a week or a whole answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The first day that has visits in the count.
    pub first: NaiveDate,
    /// The last day that has visits in the count.
    pub last: NaiveDate,
    /// The days whose visits are all in the count, first and last; `None` where no day is whole.
    pub whole: Option<(NaiveDate, NaiveDate)>,
    /// Views or clones; `None` is unknown.
    pub count: Option<u64>,
    /// Unique visitors; `None` is unknown.
    pub uniques: Option<u64>,
}

impl Piece {
    /// A day; one that is partial says what the window has at least, and nothing of what it has at most.
    pub fn day(day: NaiveDate, count: Option<u64>, uniques: Option<u64>, is_partial: bool) -> Self {
        Self { first: day, last: day, whole: (!is_partial).then_some((day, day)), count, uniques }
    }

    /// The ISO week that begins on `monday`.
    pub fn week(monday: NaiveDate, count: Option<u64>, uniques: Option<u64>, is_partial: bool) -> Self {
        let sunday = monday.checked_add_days(Days::new(6)).unwrap_or(NaiveDate::MAX);
        Self { first: monday, last: sunday, whole: (!is_partial).then_some((monday, sunday)), count, uniques }
    }

    /// The top-level count and uniques of an answer that came on the day `answered_on` (UTC).
    pub fn answer(answered_on: NaiveDate, count: u64, uniques: u64) -> Self {
        let back = |days: u64| answered_on.checked_sub_days(Days::new(days)).unwrap_or(NaiveDate::MIN);
        Self {
            first: back(WHOLE_DAYS + 1),
            last: answered_on,
            whole: Some((back(WHOLE_DAYS), back(1))),
            count: Some(count),
            uniques: Some(uniques),
        }
    }

    /// The same count with its last day taken as whole: for a window that ends at the moment of the record, where
    /// the day is what it has been so far.
    #[must_use]
    pub fn so_far(self) -> Self {
        let first = self.whole.map_or(self.last, |(first, _)| first);
        Self { whole: Some((first, self.last)), ..self }
    }

    /// Visitors at least: a view is someone's.
    fn at_least(&self) -> u64 {
        self.uniques.unwrap_or_else(|| self.count.unwrap_or(0).min(1))
    }

    /// Visitors at most: nobody visits without a view.
    fn at_most(&self) -> Option<u64> {
        match (self.uniques, self.count) {
            (Some(uniques), Some(count)) => Some(uniques.min(count)),
            (uniques, count) => uniques.or(count),
        }
    }
}

/// What is known of the unique visitors of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least so many.
    pub lower: u64,
    /// At most so many; `None` where a day of the window is unknown, or where records contradict each other.
    pub upper: Option<u64>,
}

impl Bounds {
    /// The number of visitors where both bounds are the same.
    pub fn exact(&self) -> Option<u64> {
        self.upper.filter(|upper| *upper == self.lower)
    }
}

/// Bounds of the unique visitors from `first` to `last`, both in the window.
///
/// `lower` is the largest count of a piece inside the window. `upper` is the smallest sum of pieces that cover it, a
/// shortest path over its days: a single answer that covers it all is such a sum, and so are its days, where a day
/// without views costs nothing and a day without known uniques costs its views. Pieces may come in any order,
/// overlap, and reach beyond the window. Takes n log n for n pieces, however long the window.
pub fn bounds(first: NaiveDate, last: NaiveDate, pieces: &[Piece]) -> Bounds {
    if first > last {
        return Bounds { lower: 0, upper: Some(0) };
    }
    let inside = pieces.iter().filter(|piece| piece.first >= first && piece.last <= last);
    let lower = inside.map(Piece::at_least).max().unwrap_or(0);
    let upper = cheapest_cover(first, last, pieces).filter(|upper| *upper >= lower);
    Bounds { lower, upper }
}

/// A piece as a step of the path, in whole days.
struct Step {
    first: NaiveDate,
    last: NaiveDate,
    cost: u64,
}

/// The smallest sum of pieces whose whole days cover the window; `None` where no pieces do.
///
/// The days are walked from the first. `reached` is what it costs at least to cover all days before `from`, the first
/// day not looked at yet. A step that begins by then extends a cover to its own end, and the cheapest one that still
/// lasts is what the day costs; that stays so until a step begins or the cheapest one ends.
fn cheapest_cover(first: NaiveDate, last: NaiveDate, pieces: &[Piece]) -> Option<u64> {
    let mut steps: Vec<Step> = pieces.iter().filter_map(|piece| step(first, last, piece)).collect();
    steps.sort_unstable_by_key(|step| step.first);
    let mut steps = steps.into_iter().peekable();
    let mut open: BinaryHeap<Reverse<(u64, NaiveDate)>> = BinaryHeap::new();
    let (mut from, mut reached) = (first, 0_u64);
    loop {
        while let Some(step) = steps.next_if(|step| step.first <= from) {
            open.push(Reverse((reached.saturating_add(step.cost), step.last)));
        }
        while open.peek().is_some_and(|Reverse((_, ends))| *ends < from) {
            open.pop();
        }
        let Reverse((cost, ends)) = *open.peek()?;
        reached = cost;
        let begins = steps.peek().map_or(last, |step| step.first.pred_opt().unwrap_or(step.first));
        let until = ends.min(begins);
        if until >= last {
            return Some(reached);
        }
        from = until.succ_opt()?;
    }
}

/// The part of a piece that helps to cover the window.
fn step(first: NaiveDate, last: NaiveDate, piece: &Piece) -> Option<Step> {
    let (whole_first, whole_last) = piece.whole?;
    let step = Step { first: whole_first.max(first), last: whole_last.min(last), cost: piece.at_most()? };
    (step.first <= step.last).then_some(step)
}

#[cfg(test)]
mod tests;
