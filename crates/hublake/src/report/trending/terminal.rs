//! The answer as a person reads it.

mod collected;
mod ranking;
mod services;
mod showcase;

use chrono::{DateTime, NaiveDate, Utc};

use super::figures::{Answer, RENDER, Rule, TrendingList};
use super::words::exact;
use crate::clean::{columns, cut};
use crate::report::grid::{wide, wrapped};
use crate::report::width::width;

/// Where texts are wrapped although there is more room.
pub(super) const TEXT_WIDTH: usize = 100;
/// A name is not made shorter than this.
const SHORTEST_NAME: usize = 16;
/// A name is not shown longer than this.
const LONGEST_NAME: usize = 36;
/// Languages that are shown; there are more only where searches are not for languages.
const LISTS: usize = 12;

/// The lists, the services, and how they were collected.
pub fn answer(answer: &Answer, present: DateTime<Utc>) -> String {
    answer_in(answer, present, width())
}

/// The same for a terminal of so many columns.
pub(super) fn answer_in(answer: &Answer, present: DateTime<Utc>, width: usize) -> String {
    let text_width = width.min(TEXT_WIDTH);
    let mut lines = wrapped(&heading(answer, present), text_width, 4);
    let (of_render, languages): (Vec<_>, Vec<_>) = answer.lists.iter().partition(|list| list.language == RENDER);
    let names = languages.iter().flat_map(|list| &list.repositories).map(|one| columns(&one.repository));
    let longest = names.max().unwrap_or_default();
    for list in languages.iter().take(LISTS) {
        lines.push(String::new());
        lines.extend(ranking::ranking(list, longest, width));
    }
    if languages.len() > LISTS {
        lines.push(String::new());
        let others = languages.len() - LISTS;
        lines.push(format!("  {others} more languages have some: hublake report trending --language NAME"));
    }
    for list in of_render {
        lines.push(String::new());
        lines.extend(showcase::showcase(list, width));
        if let Some(used) = list.services.as_ref().filter(|_| list.total_repos > 0) {
            lines.push(String::new());
            lines.extend(services::services(used, list.snapshot_date, width));
        }
    }
    if let Some(run) = &answer.run {
        lines.push(String::new());
        lines.extend(collected::collected(run, &answer.lists, text_width));
    }
    if answer.lists.iter().any(|list| !list.repositories.is_empty()) {
        lines.push("  why a repository is trending: hublake trending OWNER/NAME".to_owned());
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The day, and what momentum is.
fn heading(answer: &Answer, present: DateTime<Utc>) -> String {
    let Some(newest) = answer.lists.iter().filter_map(|list| list.snapshot_date.or(list.last_seen_on)).max() else {
        return " no trending repository was seen yet".to_owned();
    };
    let rule = answer.rule.as_ref().map(rule).unwrap_or_default();
    format!(" trending on {newest}{}{rule}", age(newest, present))
}

fn age(newest: NaiveDate, present: DateTime<Utc>) -> String {
    match (present.date_naive() - newest).num_days() {
        ..=0 => String::new(),
        1 => " (yesterday; hublake run trending looks again)".to_owned(),
        days => format!(" ({days} days ago; hublake run trending looks again)"),
    }
}

fn rule(rule: &Rule) -> String {
    format!(", by momentum: {} × stars + {} × recency", exact(rule.star_weight), exact(rule.recency_weight))
}

/// A list's name and what its repositories add up to; for an empty one when there last was any.
fn list_heading(name: &str, list: &TrendingList, rest: &str, width: usize) -> Vec<String> {
    let name = cut(name, LONGEST_NAME);
    let told = match (list.snapshot_date, list.last_seen_on) {
        (Some(_), _) => rest.to_owned(),
        (None, Some(last)) => format!("none was seen on the newest day; the last on {last}"),
        (None, None) => "none was seen yet".to_owned(),
    };
    wrapped(&format!(" {name}   {told}"), width, 4)
}

/// A table with names as long as there is room for: `make` sets it for names of so many columns.
fn fitted(make: impl Fn(usize) -> Vec<String>, longest_name: usize, width: usize) -> Vec<String> {
    let longest = longest_name.min(LONGEST_NAME);
    let table = make(longest);
    match table_width(&table).saturating_sub(width) {
        0 => table,
        too_wide => make(longest.saturating_sub(too_wide).max(SHORTEST_NAME)),
    }
}

fn table_width(lines: &[String]) -> usize {
    lines.iter().map(|line| wide(line)).max().unwrap_or_default()
}

/// A rule under the table's first line.
fn ruled(mut table: Vec<String>) -> Vec<String> {
    let rule = format!(" {}", "─".repeat(table_width(&table).saturating_sub(1)));
    table.insert(table.len().min(1), rule);
    table
}
