//! The days of a repository.

use chrono::NaiveDate;

use crate::report::grid::{grid, wide};
use crate::report::skyline::{GAP, skyline};
use crate::report::terminal::count;
use crate::report::traffic::words::range;
use crate::report::trending::explained::{Explained, Snapshot};
use crate::report::trending::words::{UNKNOWN, bar, counted, score, velocity};

const PICTURE_HEIGHT: usize = 3;
const PICTURE_DAYS: usize = 60;
/// Fewer days are seen as well in the table.
const SHORTEST_PICTURE: usize = 7;
/// Snapshots that are shown one by one.
const SHOWN: usize = 14;
const BAR_WIDTH: usize = 10;

/// Stars as a picture, and the newest snapshots.
pub(super) fn history(found: &Explained) -> Vec<String> {
    let (Some(first), Some(last)) = (found.history.first(), found.history.last()) else {
        return vec!["  no snapshot is known".to_owned()];
    };
    let snapshots = counted(i64::try_from(found.history.len()).unwrap_or_default(), "snapshot", "snapshots");
    let mut lines = vec![format!("  {snapshots}, {}", range(first.snapshot_date, last.snapshot_date))];
    let days = stars_by_day(&found.history, last.snapshot_date);
    if days.len() >= SHORTEST_PICTURE {
        lines.push(String::new());
        lines.extend(picture(&days, last.snapshot_date));
    }
    lines.push(String::new());
    lines.extend(table(&found.history));
    lines
}

/// Stars of each day up to the last one; a day on which the repository was not seen is none.
fn stars_by_day(history: &[Snapshot], last: NaiveDate) -> Vec<Option<i64>> {
    let days_before = |one: &Snapshot| usize::try_from((last - one.snapshot_date).num_days()).unwrap_or_default();
    let shown = history.iter().filter(|one| days_before(one) < PICTURE_DAYS);
    let length = shown.clone().map(days_before).max().unwrap_or_default() + 1;
    let mut days = vec![None; length];
    for one in shown {
        days[length - 1 - days_before(one)] = Some(one.stars);
    }
    days
}

/// Stars stand on the fewest of these days, else a day's gain would not be seen.
fn picture(days: &[Option<i64>], last: NaiveDate) -> Vec<String> {
    let (Some(low), Some(high)) = (days.iter().flatten().min(), days.iter().flatten().max()) else {
        return Vec::new();
    };
    let gained: Vec<Option<i64>> = days.iter().map(|stars| stars.map(|stars| stars - low)).collect();
    let rows = skyline(&gained, PICTURE_HEIGHT);
    let (high, low) = (count(*high), count(*low));
    let margin = wide(&high).max(wide(&low));
    let gaps = if days.contains(&None) { format!(" ({GAP} not seen)") } else { String::new() };
    let mut lines = vec![format!("  stars by day{gaps}")];
    let end = rows.len().saturating_sub(1);
    for (index, row) in rows.iter().enumerate() {
        let label = match index {
            0 => high.as_str(),
            index if index == end => low.as_str(),
            _ => "",
        };
        lines.push(format!("  {label:>margin$} │{row}").trim_end().to_owned());
    }
    let span = chrono::TimeDelta::days(i64::try_from(days.len()).unwrap_or_default() - 1);
    let from = last.checked_sub_signed(span).unwrap_or(last).to_string();
    let to = last.to_string();
    let space = days.len().saturating_sub(from.len() + to.len());
    let dates = if space > 0 { format!("{from}{}{to}", " ".repeat(space)) } else { format!("from {from}") };
    lines.push(format!("  {:margin$}  {dates}", ""));
    lines
}

fn table(history: &[Snapshot]) -> Vec<String> {
    let header = ["  day", "stars", "stars a day", "momentum", "", "in its list", "overall"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let rank = |rank: Option<i64>| rank.map_or(UNKNOWN.to_owned(), |rank| format!("#{}", count(rank)));
    for one in &history[history.len().saturating_sub(SHOWN)..] {
        rows.push(vec![
            format!("  {}", one.snapshot_date),
            count(one.stars),
            velocity(one.star_velocity),
            one.momentum_score.map_or(UNKNOWN.to_owned(), score),
            one.momentum_score.map(|momentum| bar(momentum, BAR_WIDTH)).unwrap_or_default(),
            rank(one.rank_in_language),
            rank(one.rank_overall),
        ]);
    }
    grid(&rows, &[0, 4])
}
