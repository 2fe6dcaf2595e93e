//! A history as a person reads it.

use chrono::Datelike;

use super::{Month, Total, TrafficHistory};
use crate::clean::clean;
use crate::report::grid::{grid, wide, wrapped};
use crate::report::skyline::{GAP, bar, skyline};
use crate::report::terminal::count;
use crate::report::traffic::days::{Measure, Status, TrafficDay};
use crate::report::traffic::terminal::popular_lines;
use crate::report::traffic::words::{self, UNKNOWN, at_least, visitors};
use crate::report::width::width;

const PICTURE_HEIGHT: usize = 5;
const PICTURE_WIDTH: usize = 72;
/// Fewer months are seen as well in the table.
const PICTURE_MONTHS: usize = 6;
const BAR_WIDTH: usize = 14;
const LIST_LENGTH: usize = 10;
const TEXT_WIDTH: usize = 100;

/// Everything, newest days last.
pub fn told(history: &TrafficHistory) -> String {
    let width = width().min(TEXT_WIDTH);
    let mut lines = vec![history.repository.clone()];
    lines.extend(summary(history, width));
    for part in [picture(&history.months), months(&history.months), last_days(history), gap_lines(history)] {
        if !part.is_empty() {
            lines.push(String::new());
            lines.extend(part.iter().map(|line| format!("  {line}")));
        }
    }
    let now = &history.now;
    lines.extend(popular_lines(now.referrers.as_ref(), now.paths.as_ref(), LIST_LENGTH));
    lines.extend(stars(history));
    lines.extend(now.notes.iter().flat_map(|note| wrapped(&format!("  note: {}", clean(note)), width, 8)));
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn summary(history: &TrafficHistory, width: usize) -> Vec<String> {
    let known = match (history.first_day, history.last_day) {
        (Some(first), Some(last)) => format!(
            "{}; {} of {} whole days collected",
            words::range(first, last),
            count(history.days_collected),
            count(history.days)
        ),
        _ => "nothing is known yet".to_owned(),
    };
    let (is_warning, safety) = words::safety(&history.now);
    let mut lines = vec![known, String::new()];
    for (label, text) in [
        ("views", total(&history.views)),
        ("clones", total(&history.clones)),
        (if is_warning { "warning" } else { "safe" }, safety),
    ] {
        lines.extend(wrapped(&format!("  {label:<10}{text}"), width, 12));
    }
    lines
}

fn total(total: &Total) -> String {
    let (Some(from), Some(to)) = (total.from, total.to) else { return UNKNOWN.to_owned() };
    let mut words = format!("{} from {}", at_least(total.count, total.is_complete), words::range(from, to));
    if let Some(best) = &total.best_day {
        let by = best.uniques.map(|uniques| format!(" by {}", count(uniques))).unwrap_or_default();
        words.push_str(&format!("; best day {}: {}{by}", best.date, at_least(Some(best.count), best.is_complete)));
    }
    words
}

/// Views by month, or by quarter or year where there are too many of them.
fn picture(months: &[Month]) -> Vec<String> {
    if months.len() < PICTURE_MONTHS {
        return Vec::new();
    }
    let (unit, length) = match months.len() {
        ..=PICTURE_WIDTH => ("month", 1),
        many if many <= 3 * PICTURE_WIDTH => ("quarter", 3),
        _ => ("year", 12),
    };
    let starts_unit = |month: &Month| (month.month_start.month0() as usize).is_multiple_of(length);
    let groups: Vec<&[Month]> = months.chunk_by(|_, next| !starts_unit(next)).collect();
    let values: Vec<Option<i64>> = groups
        .iter()
        .map(|group| group.iter().filter_map(|month| month.views).reduce(|left, right| left + right))
        .collect();
    let most = count(values.iter().flatten().copied().max().unwrap_or_default());
    let margin = wide(&most);
    let gaps = if values.contains(&None) { format!(" ({GAP} not known)") } else { String::new() };
    let rows = skyline(&values, PICTURE_HEIGHT);
    let mut lines = vec![format!("views by {unit}{gaps}")];
    for (index, row) in rows.iter().enumerate() {
        let label = match index {
            0 => most.as_str(),
            index if index + 1 == rows.len() => "0",
            _ => "",
        };
        lines.push(format!("{label:>margin$} │{row}"));
    }
    lines.push(format!("{:margin$}  {}", "", years(&groups)));
    lines
}

/// The years below a picture, each where it begins, as far as there is room.
fn years(groups: &[&[Month]]) -> String {
    let year = |group: &&[Month]| group.first().map(|month| month.month_start.year());
    let mut axis = String::new();
    for (column, group) in groups.iter().enumerate() {
        let begins = column == 0 || year(group) != year(&groups[column - 1]);
        let has_room = (column == 0 || column > wide(&axis)) && column + 4 <= groups.len().max(4);
        if let Some(year) = year(group).filter(|_| begins && has_room) {
            axis.push_str(&" ".repeat(column - wide(&axis)));
            axis.push_str(&year.to_string());
        }
    }
    axis
}

fn months(months: &[Month]) -> Vec<String> {
    let most = months.iter().filter_map(|month| month.views).max().unwrap_or_default();
    let header = ["month", "views", "", "visitors", "clones", "cloners", "collected"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for month in months {
        rows.push(vec![
            month.month_start.format("%Y-%m").to_string(),
            at_least(month.views, month.is_complete),
            bar(month.views, most, BAR_WIDTH),
            visitors(month.view_uniques_lower, month.view_uniques_upper),
            at_least(month.clones, month.is_complete),
            visitors(month.clone_uniques_lower, month.clone_uniques_upper),
            format!("{}/{}", month.days_collected, month.days_in_month),
        ]);
    }
    if months.is_empty() { Vec::new() } else { grid(&rows, &[0, 2]) }
}

fn last_days(history: &TrafficHistory) -> Vec<String> {
    let most = history.last_days.iter().filter_map(|day| day.views).max().unwrap_or_default();
    let header = ["day", "views", "", "visitors", "clones", "cloners", ""];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for day in &history.last_days {
        // Today is marked as unfinished by its word.
        let is_told = |measure| day.is_collected(measure) || day.date == history.now.today;
        let (views, clones) = (is_told(Measure::Views), is_told(Measure::Clones));
        rows.push(vec![
            day.date.format("%Y-%m-%d %a").to_string(),
            at_least(day.views, views),
            bar(day.views, most, BAR_WIDTH),
            at_least(day.view_uniques, views),
            at_least(day.clones, clones),
            at_least(day.clone_uniques, clones),
            day_words(day, history),
        ]);
    }
    grid(&rows, &[0, 2, 6])
}

fn day_words(day: &TrafficDay, history: &TrafficHistory) -> String {
    match day.status {
        Some(Status::Partial) if day.date == history.now.today => "so far".to_owned(),
        Some(Status::Collected) => String::new(),
        None => "before the first known day".to_owned(),
        Some(status) => status.word().to_owned(),
    }
}

fn gap_lines(history: &TrafficHistory) -> Vec<String> {
    if history.gaps.is_empty() {
        return Vec::new();
    }
    let mut rows = vec![["gaps", "days", ""].map(str::to_owned).to_vec()];
    for gap in &history.gaps {
        rows.push(vec![words::range(gap.from, gap.to), count(gap.days), gap.status.word().to_owned()]);
    }
    grid(&rows, &[0, 2])
}

fn stars(history: &TrafficHistory) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(now), Some(seen_on)) = (history.now.stars.now, history.now.stars.seen_on) {
        lines.extend([String::new(), format!("  {} stars on {seen_on}", count(now))]);
    }
    let Some(most) = history.stars_given.iter().map(|year| year.stars).max() else { return lines };
    if lines.is_empty() {
        lines.push(String::new());
    }
    let mut rows = vec![["year", "stars given", ""].map(str::to_owned).to_vec()];
    for year in &history.stars_given {
        rows.push(vec![year.year.to_string(), count(year.stars), bar(Some(year.stars), most, BAR_WIDTH)]);
    }
    lines.extend(grid(&rows, &[0, 2]).iter().map(|line| format!("  {line}")));
    lines
}
