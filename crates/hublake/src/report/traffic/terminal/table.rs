//! Many repositories, one line each.

use std::collections::HashMap;

use crate::clean::{clean, cut_name};
use crate::report::grid::{grid, wide};
use crate::report::skyline::line;
use crate::report::traffic::figures::TrafficFigures;
use crate::report::traffic::words::{self, UNKNOWN, at_least, visitors};

/// A name is not made shorter than this.
const SHORTEST_NAME: usize = 16;
/// Remarks of each kind that are told; what most have in common comes first.
const REMARKS: usize = 6;

/// How much of a line there is room for.
#[derive(Clone, Copy)]
struct Form {
    /// Days of the picture.
    days: usize,
    /// Whether coverage and the date of loss have columns; the remarks tell of them too.
    has_dates: bool,
}

/// The richest first.
const FORMS: [Form; 3] =
    [Form { days: 30, has_dates: true }, Form { days: 14, has_dates: true }, Form { days: 14, has_dates: false }];

/// A heading and a table, most viewed first, that fits into so many columns.
pub(super) fn side_by_side(all: &[TrafficFigures], width: usize) -> Vec<String> {
    let mut sorted: Vec<&TrafficFigures> = all.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(one.views.last_14_days.count));
    let longest = sorted.iter().map(|one| wide(&one.repository)).max().unwrap_or_default();
    let mut table = Vec::new();
    for form in FORMS {
        table = rows(&sorted, form, longest);
        let too_wide = table_width(&table).saturating_sub(width);
        if too_wide == 0 {
            break;
        }
        let name_width = longest.saturating_sub(too_wide);
        if name_width >= SHORTEST_NAME {
            table = rows(&sorted, form, name_width);
            break;
        }
        table = rows(&sorted, form, SHORTEST_NAME);
    }
    let mut lines = heading(all);
    let rule = "─".repeat(table_width(&table));
    lines.extend(table);
    lines.insert(lines.len() - all.len(), rule);
    lines
}

fn heading(all: &[TrafficFigures]) -> Vec<String> {
    let Some(window) = all.first().map(|one| &one.views.last_14_days) else { return Vec::new() };
    vec![format!(" last 14 days, {}, against the 14 days before", words::range(window.from, window.to)), String::new()]
}

fn table_width(lines: &[String]) -> usize {
    lines.iter().map(|line| wide(line)).max().unwrap_or_default()
}

fn rows(sorted: &[&TrafficFigures], form: Form, name_width: usize) -> Vec<String> {
    let mut header = vec![" repository", "views", "change", "visitors", "clones", "change"];
    let picture = format!("views, {} days", form.days);
    header.push(&picture);
    if form.has_dates {
        header.extend(["days", "safe until"]);
    }
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    rows.extend(sorted.iter().map(|one| row(one, form, name_width)));
    grid(&rows, &[0, 6])
}

fn row(one: &TrafficFigures, form: Form, name_width: usize) -> Vec<String> {
    let (views, clones) = (&one.views.last_14_days, &one.clones.last_14_days);
    let days: Vec<Option<i64>> = one.days.iter().map(|day| day.views).collect();
    let mut cells = vec![
        format!(" {}", cut_name(&one.repository, name_width)),
        at_least(views.count, views.is_complete),
        words::change(views),
        visitors(views.uniques_lower, views.uniques_upper),
        at_least(clones.count, clones.is_complete),
        words::change(clones),
        line(&days[days.len().saturating_sub(form.days)..]),
    ];
    if form.has_dates {
        cells.push(format!("{}/{}", one.coverage.collected, one.coverage.days));
        cells.push(match (&one.missing_permission, one.safe_until) {
            (Some(_), _) => "no right".to_owned(),
            (None, Some(_)) if one.is_overdue => "overdue".to_owned(),
            (None, Some(until)) => until.to_string(),
            (None, None) => UNKNOWN.to_owned(),
        });
    }
    cells
}

/// How well the days are known and what to do, said once for all repositories of which it holds.
pub(super) fn remarks(all: &[TrafficFigures]) -> Vec<String> {
    let coverage = grouped(all, |one| (false, words::coverage(&one.coverage)));
    let notes =
        all.iter().flat_map(|one| one.notes.iter().map(|note| format!("  note: {}: {}", one.repository, clean(note))));
    coverage.into_iter().chain(grouped(all, words::safety)).chain(notes).collect()
}

fn grouped(all: &[TrafficFigures], say: impl Fn(&TrafficFigures) -> (bool, String)) -> Vec<String> {
    let mut names: HashMap<(bool, String), Vec<&str>> = HashMap::new();
    for one in all {
        names.entry(say(one)).or_default().push(&one.repository);
    }
    let mut groups: Vec<_> = names.into_iter().collect();
    groups.sort_by(|((is_warning, words), names), ((other_is, other_words), others)| {
        // Warnings first, then what most have in common.
        (other_is, others.len(), words).cmp(&(is_warning, names.len(), other_words))
    });
    let mut lines: Vec<String> = groups.iter().take(REMARKS).map(|(said, names)| remark(said, names)).collect();
    let others: usize = groups.iter().skip(REMARKS).map(|(_, names)| names.len()).sum();
    if others > 0 {
        lines.push(format!("  {others} more otherwise"));
    }
    lines
}

fn remark((is_warning, words): &(bool, String), names: &[&str]) -> String {
    let who = match names {
        [one] => (*one).to_owned(),
        [one, other] => format!("{one}, {other}"),
        many => format!("{} repositories", many.len()),
    };
    format!("  {}{who}: {words}", if *is_warning { "warning: " } else { "" })
}
