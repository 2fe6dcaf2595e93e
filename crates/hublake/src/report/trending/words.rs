//! Figures of trending in words.

use chrono::{DateTime, Utc};

use crate::clean::clean;
use crate::report::picture;
use crate::report::terminal::count;

/// Stands where nothing is known.
pub const UNKNOWN: &str = "–";
/// Older than this is told in years.
const DAYS_TOLD: i64 = 999;

/// A score of 0 to 1: "0.975".
pub fn score(score: f64) -> String {
    format!("{score:.3}")
}

/// A number as exactly as anybody reckons by hand: up to six digits, "0.625", "1".
pub fn exact(number: f64) -> String {
    let text = format!("{number:.6}");
    let short = text.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A time in days to two digits: "7", "6.04".
pub fn days(days: f64) -> String {
    let text = format!("{days:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Stars a day: "+12.5", "+1,250" from a hundred on, "-3".
pub fn velocity(per_day: Option<f64>) -> String {
    let Some(per_day) = per_day else { return UNKNOWN.to_owned() };
    if per_day.abs() >= 100.0 {
        #[expect(clippy::cast_possible_truncation, reason = "stars of a day")]
        let whole = per_day.round() as i64;
        return if whole > 0 { format!("+{}", count(whole)) } else { count(whole) };
    }
    let text = format!("{per_day:+.1}");
    let short = text.trim_end_matches(".0");
    if matches!(short, "+0" | "-0") { "0".to_owned() } else { short.to_owned() }
}

/// How old something is: "12 d", "3.4 y".
pub fn age(days: Option<i64>) -> String {
    match days {
        None => UNKNOWN.to_owned(),
        Some(days) if days <= DAYS_TOLD => format!("{days} d"),
        Some(days) => format!("{}.{} y", days / 365, days % 365 * 10 / 365),
    }
}

/// A score as a bar.
pub fn bar(score: f64, width: usize) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a score is 0 to 1")]
    let thousandths = (score.clamp(0.0, 1.0) * 1000.0).round() as i64;
    picture::bar(thousandths, 1000, width)
}

/// The first of some services, and how many there are besides: `[web] [worker] +2`.
pub fn chips(services: &[String], most: usize) -> String {
    let mut chips: Vec<_> = services.iter().take(most).map(|service| format!("[{}]", clean(service))).collect();
    if services.len() > most {
        chips.push(format!("+{}", services.len() - most));
    }
    if chips.is_empty() { UNKNOWN.to_owned() } else { chips.join(" ") }
}

/// "7/10".
pub fn of_ten(score: Option<i64>) -> String {
    score.map_or(UNKNOWN.to_owned(), |score| format!("{score}/10"))
}

/// "1 repository", "1,200 repositories".
pub fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// "2026-11-22 13:58:10 UTC".
pub fn instant(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// "#3 of 150".
pub fn place(rank: Option<i64>, of: i64) -> String {
    match rank {
        None => UNKNOWN.to_owned(),
        Some(rank) if of > 0 => format!("#{} of {}", count(rank), count(of)),
        Some(rank) => format!("#{}", count(rank)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_they_need() {
        assert_eq!([0.625, 1.0, 0.0, 1234.0 / 7777.0, -0.000_000_1].map(exact), ["0.625", "1", "0", "0.158673", "0"]);
        assert_eq!([0.9754, 1.0].map(score), ["0.975", "1.000"]);
    }

    #[test]
    fn velocities_have_a_sign_and_unknown_ones_none() {
        let told = [Some(12.46), Some(3.0), Some(0.0), Some(-0.04), Some(-3.0), Some(1250.4), None].map(velocity);
        assert_eq!(told, ["+12.5", "+3", "0", "0", "-3", "+1,250", "–"]);
    }

    #[test]
    fn ages_are_days_then_years() {
        assert_eq!(
            [Some(0), Some(999), Some(1000), Some(3650), None].map(age),
            ["0 d", "999 d", "2.7 y", "10.0 y", "–"]
        );
    }

    #[test]
    fn chips_are_the_first_services() {
        let services = ["cron", "postgres", "web\u{1b}"].map(str::to_owned);
        assert_eq!(chips(&services, 3), "[cron] [postgres] [web?]");
        assert_eq!(chips(&services, 1), "[cron] +2");
        assert_eq!(chips(&[], 3), "–");
    }

    #[test]
    fn bars_are_a_tenth_a_block() {
        assert_eq!([1.0, 0.5, 0.0, 7.0].map(|score| bar(score, 10)), ["██████████", "█████", "", "██████████"]);
    }

    #[test]
    fn places_say_among_how_many() {
        assert_eq!(place(Some(3), 1500), "#3 of 1,500");
        assert_eq!(place(Some(3), 0), "#3");
        assert_eq!(place(None, 5), "–");
        assert_eq!(counted(1, "request", "requests"), "1 request");
    }
}
