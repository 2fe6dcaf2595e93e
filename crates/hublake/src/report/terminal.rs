//! The answer as a person reads it.

use std::fmt::Write;

use super::figures::{Figures, Swing, Verdict};
use super::picture;
use crate::clean::clean;

const PICTURE_WIDTH: usize = 60;
const PICTURE_HEIGHT: usize = 4;
const BAR_WIDTH: usize = 16;

/// The answers of several repositories: a table that sets them side by side, then each.
pub fn answers(all: &[Figures]) -> String {
    let mut text = String::new();
    if all.len() > 1 {
        text.push_str(&side_by_side(all));
        text.push('\n');
    }
    for one in all {
        text.push('\n');
        text.push_str(&answer(one));
    }
    text
}

/// The answer of one repository.
pub fn answer(figures: &Figures) -> String {
    let mut lines = vec![
        format!(
            "{}   {} {} {}",
            figures.repository,
            arrow(figures.verdict),
            word(figures.verdict),
            signed(figures.net)
        ),
        format!("{} to {} ({} days)", figures.window_from, figures.window_to, figures.window_days),
        String::new(),
    ];
    if figures.backlog.is_empty() && figures.open_now == 0 {
        lines.push("  no issue was opened up to then".to_owned());
    } else {
        lines.extend(header_lines(figures));
        lines.extend(backlog_picture(figures));
        lines.extend(swing_lines(figures));
        lines.extend(weekday_lines(figures));
    }
    lines.extend(figures.notes.iter().map(|note| format!("  note: {}", clean(note))));
    lines.join("\n") + "\n"
}

fn header_lines(figures: &Figures) -> Vec<String> {
    let ages = match figures.median_closure_age_days {
        None => "none was closed at a known time".to_owned(),
        median => format!(
            "median {}, 90th percentile {}; {} within 7 days, {} after 90",
            days(median),
            days(figures.p90_closure_age_days),
            percent(figures.share_closed_within_7d),
            percent(figures.share_closed_after_90d)
        ),
    };
    let at_end = match figures.open_at_end == figures.open_now {
        true => String::new(),
        false => format!(" ({} on {})", count(figures.open_at_end), figures.window_to),
    };
    let mut flow = format!(
        "  open now {}{at_end}   opened {}   reopened {}   closed {}",
        count(figures.open_now),
        count(figures.opened),
        count(figures.reopened),
        count(figures.closed),
    );
    if figures.left > 0 {
        let _ = write!(flow, "   left {}", count(figures.left));
    }
    let _ = write!(flow, "   net {}", signed(figures.net));
    vec![flow, format!("  closure age: {ages}"), format!("  {}", accuracy(figures))]
}

/// Since when the backlog is that of the events.
fn accuracy(figures: &Figures) -> String {
    match (figures.event_accurate_since, figures.event_share) {
        (Some(since), _) => format!("event-accurate since {since}"),
        (None, Some(share)) => {
            // Rounded down: what is not whole must not look whole.
            let percent = (share * 1000.0).floor() / 10.0;
            format!(
                "not event-accurate: events tell the state of {percent:.1} % of the issues, the others' is as last seen"
            )
        }
        (None, None) => "not event-accurate: no events are collected".to_owned(),
    }
}

fn backlog_picture(figures: &Figures) -> Vec<String> {
    let open: Vec<i64> = figures.backlog.iter().map(|day| day.open).collect();
    let (Some(low), Some(high)) = (open.iter().min(), open.iter().max()) else {
        return vec![String::new(), "  no issue was opened or closed up to the window's end".to_owned()];
    };
    let rows = picture::area(&open, PICTURE_WIDTH, PICTURE_HEIGHT);
    let width = count(*high).len().max(count(*low).len());
    let last = rows.len().saturating_sub(1);
    let mut lines = vec![String::new(), "  backlog, open issues at each day's end".to_owned()];
    for (index, row) in rows.iter().enumerate() {
        let label = match index {
            0 => count(*high),
            index if index == last => count(*low),
            _ => String::new(),
        };
        lines.push(format!("  {label:>width$} │{row}"));
    }
    lines
}

fn swing_lines(figures: &Figures) -> Vec<String> {
    let list = |days: &[Swing]| {
        let words: Vec<_> = days.iter().take(3).map(|day| format!("{} ({})", day.date, signed(day.net))).collect();
        if words.is_empty() { "none".to_owned() } else { words.join(", ") }
    };
    vec![
        String::new(),
        format!("  biggest days up    {}", list(&figures.swings_up)),
        format!("  biggest days down  {}", list(&figures.swings_down)),
    ]
}

fn weekday_lines(figures: &Figures) -> Vec<String> {
    let most = figures.weekdays.iter().map(|day| day.opened.max(day.closed)).max().unwrap_or_default();
    let mut lines = vec![String::new(), format!("  weekday    {:<25}closed", "opened")];
    for day in &figures.weekdays {
        let opened = picture::bar(day.opened, most, BAR_WIDTH);
        let closed = picture::bar(day.closed, most, BAR_WIDTH);
        let mut line = String::new();
        // Writing to a string cannot fail.
        let _ = write!(
            line,
            "  {:<10} {:>6} {opened:<18}{:>6} {closed}",
            day.weekday,
            count(day.opened),
            count(day.closed)
        );
        lines.push(line.trim_end().to_owned());
    }
    lines
}

fn side_by_side(all: &[Figures]) -> String {
    let mut table = crate::output::new_table();
    table.set_header([
        "repository",
        "open now",
        "opened",
        "reopened",
        "closed",
        "net",
        "verdict",
        "median age",
        "p90 age",
    ]);
    for one in all {
        table.add_row([
            one.repository.clone(),
            count(one.open_now),
            count(one.opened),
            count(one.reopened),
            count(one.closed),
            signed(one.net),
            format!("{} {}", arrow(one.verdict), word(one.verdict)),
            days(one.median_closure_age_days),
            days(one.p90_closure_age_days),
        ]);
    }
    for column in [1, 2, 3, 4, 5, 7, 8] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
    }
    table.to_string()
}

fn arrow(verdict: Verdict) -> char {
    match verdict {
        Verdict::Worsening => '▲',
        Verdict::Improving => '▼',
        Verdict::Flat => '■',
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Worsening => "Worsening",
        Verdict::Improving => "Improving",
        Verdict::Flat => "Flat",
    }
}

fn days(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(days) if days < 2.0 => format!("{:.1} h", days * 24.0),
        Some(days) => format!("{days:.1} d"),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

fn signed(number: i64) -> String {
    if number > 0 { format!("+{}", count(number)) } else { count(number) }
}

/// Digits in groups of three.
pub fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}
