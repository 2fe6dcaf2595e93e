//! Figures of traffic in words.

use chrono::NaiveDate;

use super::days::{Status, before};
use super::figures::{Coverage, Level, TrafficFigures, WHOLE_DAYS, WindowFigures};
use crate::report::terminal::count;

/// Stands where nothing is known.
pub const UNKNOWN: &str = "–";
/// Gaps that are told one by one.
const TOLD_GAPS: usize = 2;
/// So many days before the date of loss it is pressing.
const PRESSING_DAYS: i64 = 3;

/// A sum, "≥" where days of it are missing.
pub fn at_least(number: Option<i64>, is_complete: bool) -> String {
    match number {
        None => UNKNOWN.to_owned(),
        Some(number) if is_complete => count(number),
        Some(number) => format!("≥ {}", count(number)),
    }
}

/// Unique visitors: "4", "17–31", "≥ 17", "≤ 31".
pub fn visitors(lower: Option<i64>, upper: Option<i64>) -> String {
    match (lower.unwrap_or_default(), upper) {
        (lower, Some(upper)) if lower == upper => count(lower),
        (0, Some(upper)) => format!("≤ {}", count(upper)),
        (lower, Some(upper)) => format!("{}–{}", count(lower), count(upper)),
        (0, None) => UNKNOWN.to_owned(),
        (lower, None) => format!("≥ {}", count(lower)),
    }
}

/// How a window compares with the one before: "+12 %", "×20" from ten times on, "new" after nothing.
pub fn change(window: &WindowFigures) -> String {
    match (window.change_percent, window.count_before) {
        (Some(percent), _) if percent >= 900.0 => format!("×{:.0}", percent / 100.0 + 1.0),
        (Some(percent), _) if percent.round() == 0.0 => "0 %".to_owned(),
        (Some(percent), _) => format!("{percent:+.0} %"),
        (None, Some(0)) if window.is_complete && window.is_complete_before => "new".to_owned(),
        (None, _) => UNKNOWN.to_owned(),
    }
}

/// Where a window goes: `▲`, `▼` or `■`; nothing where that is not known.
pub fn arrow(window: &WindowFigures) -> &'static str {
    match change(window).as_str() {
        UNKNOWN => "",
        "0 %" => "■",
        words if words.starts_with('-') => "▼",
        _ => "▲",
    }
}

/// Stars, forks or watchers: "1,234 (+12)".
pub fn level(level: &Level) -> String {
    match (level.now, level.change) {
        (None, _) => UNKNOWN.to_owned(),
        (Some(now), None) => count(now),
        (Some(now), Some(0)) => format!("{} (±0)", count(now)),
        (Some(now), Some(change)) if change > 0 => format!("{} (+{})", count(now), count(change)),
        (Some(now), Some(change)) => format!("{} ({})", count(now), count(change)),
    }
}

/// How well days up to yesterday are known: "30 of 30 days collected", and what the others are.
pub fn coverage(coverage: &Coverage) -> String {
    // A run of today has these whole.
    let from_now = before(coverage.to, WHOLE_DAYS - 1);
    let of =
        |status: Status| coverage.gaps.iter().filter(move |gap| gap.status == status).map(|gap| (gap.from, gap.to));
    let lost = of(Status::NotCollected)
        .filter(|(from, _)| *from < from_now)
        .map(|(from, to)| (from, to.min(before(from_now, 1))));
    let to_come = of(Status::NotCollected).filter(|(_, to)| *to >= from_now).map(|(from, to)| (from.max(from_now), to));
    let mut words = format!("{} of {} days collected", coverage.collected, coverage.days);
    for (word, spans) in [
        ("not collected", lost.collect::<Vec<_>>()),
        ("not collected yet", to_come.collect()),
        ("not permitted", of(Status::NotPermitted).collect()),
        ("partial", of(Status::Partial).collect()),
    ] {
        if !spans.is_empty() {
            let all: i64 = spans.iter().map(|(from, to)| (*to - *from).num_days() + 1).sum();
            words.push_str(&format!("; {} {word} ({})", days(all), ranges(&spans)));
        }
    }
    if coverage.before_first_day > 0 {
        words.push_str(&format!("; {} before the first known day", days(coverage.before_first_day)));
    }
    words
}

fn ranges(spans: &[(NaiveDate, NaiveDate)]) -> String {
    let told: Vec<_> = spans.iter().take(TOLD_GAPS).map(|(from, to)| range(*from, *to)).collect();
    let more = spans.len().saturating_sub(TOLD_GAPS);
    if more > 0 { format!("{} and {more} more", told.join(", ")) } else { told.join(", ") }
}

/// "2026-01-03", or "2026-01-03 to 2026-01-08".
pub fn range(from: NaiveDate, to: NaiveDate) -> String {
    if from == to { from.to_string() } else { format!("{from} to {to}") }
}

/// "1 day", "6 days".
pub fn days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{} days", count(days)) }
}

/// What to do so that no day is lost, and whether that is a warning.
pub fn safety(figures: &TrafficFigures) -> (bool, String) {
    let loss = match (figures.lost_from, figures.lost_to) {
        (Some(from), Some(to)) => {
            let first_whole = to.succ_opt().unwrap_or(to);
            Some(format!("days before {first_whole} are being lost, so far {}", range(from, to)))
        }
        _ => None,
    };
    match (&figures.missing_permission, figures.last_success_on, figures.safe_until, loss) {
        (Some(missing), None, _, _) => (true, format!("not permitted: needs {missing}")),
        (Some(missing), Some(last), _, Some(loss)) => {
            (true, format!("not permitted: needs {missing}; last collected {last}, {loss}"))
        }
        (Some(missing), Some(_), until, None) => {
            let until = until.map(|until| format!("; a run by {until} loses nothing")).unwrap_or_default();
            (true, format!("not permitted: needs {missing}{until}"))
        }
        (None, Some(last), _, Some(loss)) => (true, format!("not collected since {last}; {loss}; run now")),
        (None, Some(last), Some(until), None) => {
            let left = (until - figures.today).num_days();
            let when = match left {
                0 => "today".to_owned(),
                _ => format!("by {until}"),
            };
            (left <= PRESSING_DAYS, format!("collected {last}; run again {when} to lose nothing"))
        }
        (None, _, _, _) => (true, "never collected from GitHub; run now".to_owned()),
    }
}

#[cfg(test)]
mod tests;
