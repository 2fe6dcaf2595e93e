//! The forecast as a person reads it.

use chrono::{DateTime, Utc};
use comfy_table::CellAlignment;

use super::forecast::{Asks, Budget, Forecast, Row};
use crate::output::new_table;
use crate::report::terminal::count;

/// Repositories that have a line of their own.
const LINES: usize = 20;

/// Tables of repositories and limits, then time.
pub fn forecast(forecast: &Forecast) -> String {
    let mut lines = vec![repositories(forecast), String::new(), limits(&forecast.limits)];
    lines.push(String::new());
    lines.extend(forecast.limits.iter().filter_map(shortage));
    lines.push(time(forecast));
    lines.extend(notes(forecast));
    lines.join("\n")
}

fn repositories(forecast: &Forecast) -> String {
    let mut rows: Vec<&Row> = forecast.repositories.iter().collect();
    // What costs most first.
    rows.sort_by_key(|row| std::cmp::Reverse(row.asks.requests));
    let mut table = new_table();
    table.set_header(["repository", "a run finds", "items", "requests", "core", "graphql"]);
    for row in rows.iter().take(LINES) {
        let items = row.items.filter(|items| *items > 0).map(|items| figure(row.is_approximate, items));
        add(&mut table, &row.repository, &row.words, items.unwrap_or_default(), row.asks, row.is_approximate);
    }
    if let Some(others) = rows.get(LINES..).filter(|others| !others.is_empty()) {
        let mut asks = Asks::default();
        others.iter().for_each(|row| asks += row.asks);
        let items: i64 = others.iter().filter_map(|row| row.items).sum();
        let is_approximate = others.iter().any(|row| row.is_approximate);
        let name = format!("{} more", count_of(others.len()));
        add(&mut table, &name, "", figure(is_approximate, items), asks, is_approximate);
    }
    if rows.len() > 1 {
        let items = rows.iter().filter_map(|row| row.items).sum();
        let is_approximate = rows.iter().any(|row| row.is_approximate);
        let name = format!("all {}", count_of(rows.len()));
        add(&mut table, &name, "", figure(is_approximate, items), forecast.total, is_approximate);
    }
    align_right(&mut table, &[2, 3, 4, 5]);
    table.to_string()
}

fn add(table: &mut comfy_table::Table, name: &str, words: &str, items: String, asks: Asks, is_approximate: bool) {
    let figures =
        [asks.requests, asks.core, asks.graphql].map(|number| figure(is_approximate && number > 1, whole(number)));
    let [requests, core, graphql] = figures;
    table.add_row([name.to_owned(), words.to_owned(), items, requests, core, graphql]);
}

pub(super) fn limits(limits: &[Budget]) -> String {
    let mut table = new_table();
    table.set_header(["limit", "needed", "free for a run", "of", "renewed at", "suffices"]);
    for budget in limits {
        let told = |number: Option<u64>| number.map_or("not told".to_owned(), |number| count(whole(number)));
        table.add_row([
            budget.resource.to_owned(),
            count(whole(budget.needed)),
            told(budget.available),
            told(budget.limit),
            budget.reset_at.map(clock).unwrap_or_default(),
            if budget.suffices { "yes" } else { "no" }.to_owned(),
        ]);
    }
    align_right(&mut table, &[1, 2, 3]);
    table.to_string()
}

/// What happens where a limit does not suffice.
pub(super) fn shortage(budget: &Budget) -> Option<String> {
    let lacking = budget.needed.saturating_sub(budget.available?);
    if budget.suffices {
        return None;
    }
    let unit = match (budget.resource, lacking) {
        ("graphql", 1) => "point",
        ("graphql", _) => "points",
        (_, 1) => "request",
        _ => "requests",
    };
    let end = match budget.waits_until {
        Some(until) => format!("a run would wait until {}", clock(until)),
        None => {
            "it is further off than HUBLAKE_MAX_WAIT_SECONDS,\nso a run would leave the rest to the next one".to_owned()
        }
    };
    Some(format!("{}: {} {unit} short; {end}.", budget.resource, count(whole(lacking))))
}

fn time(forecast: &Forecast) -> String {
    let pace = match forecast.points_per_minute {
        0 => String::new(),
        points => format!(",\nat most {} requests a minute", count(points.into())),
    };
    let waits = match forecast.limits.iter().any(|budget| budget.waits_until.is_some()) {
        true => " with the wait",
        false => "",
    };
    let side_by_side = match forecast.concurrency.min(forecast.repositories.len()) {
        ..=1 => String::new(),
        many => format!(", {many} repositories at once"),
    };
    format!(
        "Collecting would take about {}{waits}: {} an answer{side_by_side}{pace}.",
        duration(forecast.expected_seconds),
        duration(forecast.answer_seconds),
    )
}

fn notes(forecast: &Forecast) -> Vec<String> {
    let Asks { requests, core, graphql, .. } = forecast.planning;
    let mut notes = vec![format!(
        "Planning took {} requests: {} of core, {} of graphql. It keeps nothing, so a run\nasks again for what changed.",
        count(whole(requests)),
        count(whole(core)),
        count(whole(graphql)),
    )];
    if forecast.repositories.iter().any(|row| row.is_approximate) {
        notes.push("~ is extrapolated and not counted.".to_owned());
    }
    let unknown = forecast.repositories.iter().filter(|row| row.outlook == "unknown").count();
    if unknown > 0 {
        notes.push(format!(
            "not known: {} could not be asked, because a limit is used up; what changed comes on top.",
            count_of(unknown)
        ));
    }
    notes
}

fn figure(is_approximate: bool, number: i64) -> String {
    format!("{}{}", if is_approximate { "~" } else { "" }, count(number))
}

pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count_of(things: usize) -> String {
    count(i64::try_from(things).unwrap_or(i64::MAX))
}

fn clock(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

pub(super) fn duration(seconds: f64) -> String {
    match seconds {
        ..0.95 => format!("{:.0} ms", seconds * 1000.0),
        ..9.5 => format!("{seconds:.1} s"),
        ..90.0 => format!("{seconds:.0} s"),
        ..5400.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.1} h", seconds / 3600.0),
    }
}

fn align_right(table: &mut comfy_table::Table, columns: &[usize]) {
    for column in columns {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}
