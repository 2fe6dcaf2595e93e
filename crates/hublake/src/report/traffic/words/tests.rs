use chrono::{NaiveDate, TimeDelta};

use super::*;
use crate::report::traffic::days::Gap;

fn day(day: i64) -> NaiveDate {
    "2026-11-22".parse::<NaiveDate>().unwrap() - TimeDelta::days(day)
}

fn window(change_percent: Option<f64>, count_before: Option<i64>, is_complete_before: bool) -> WindowFigures {
    WindowFigures {
        from: day(7),
        to: day(1),
        count: Some(10),
        is_complete: true,
        count_before,
        is_complete_before,
        change_percent,
        uniques: None,
        uniques_lower: None,
        uniques_upper: None,
    }
}

#[test]
fn sums_and_bounds_say_what_is_not_known() {
    assert_eq!(at_least(Some(1234), true), "1,234");
    assert_eq!(at_least(Some(1234), false), "≥ 1,234");
    assert_eq!(at_least(None, false), "–");
    assert_eq!(visitors(Some(4), Some(4)), "4");
    assert_eq!(visitors(Some(17), Some(31)), "17–31");
    assert_eq!(visitors(Some(17), None), "≥ 17");
    assert_eq!(visitors(Some(0), Some(31)), "≤ 31");
    assert_eq!(visitors(Some(0), Some(0)), "0");
    assert_eq!(visitors(None, None), "–");
    assert_eq!(visitors(Some(0), None), "–");
}

#[test]
fn changes_are_short_and_never_invented() {
    let percent = |percent: f64| change(&window(Some(percent), Some(5), true));
    assert_eq!(percent(12.4), "+12 %");
    assert_eq!(percent(-12.6), "-13 %");
    assert_eq!(percent(-0.4), "0 %");
    assert_eq!(percent(899.0), "+899 %");
    assert_eq!(percent(900.0), "×10");
    assert_eq!(change(&window(None, Some(0), true)), "new");
    assert_eq!(change(&window(None, Some(0), false)), "–");
    assert_eq!(change(&window(None, None, false)), "–");
    assert_eq!(arrow(&window(Some(900.0), Some(1), true)), "▲");
    assert_eq!(arrow(&window(Some(-3.0), Some(1), true)), "▼");
    assert_eq!(arrow(&window(Some(0.2), Some(1), true)), "■");
    assert_eq!(arrow(&window(None, None, true)), "");
}

#[test]
fn levels_show_their_change_where_it_is_known() {
    let of = |now, change| level(&Level { now, change, ..Level::default() });
    assert_eq!(of(Some(1234), Some(12)), "1,234 (+12)");
    assert_eq!(of(Some(1234), Some(-12)), "1,234 (-12)");
    assert_eq!(of(Some(4), Some(0)), "4 (±0)");
    assert_eq!(of(Some(4), None), "4");
    assert_eq!(of(None, None), "–");
}

#[test]
fn coverage_names_the_days_that_are_missing() {
    let gap = |from: i64, to: i64, status| Gap { from: day(from), to: day(to), days: from - to + 1, status };
    let of = |collected: i64, before_first_day: i64, gaps: Vec<Gap>| {
        coverage(&Coverage {
            from: day(30),
            to: day(1),
            days: 30,
            collected,
            partial: 0,
            not_collected: 0,
            not_permitted: 0,
            before_first_day,
            gaps,
        })
    };
    assert_eq!(of(30, 0, vec![]), "30 of 30 days collected");
    let six = gap(20, 15, Status::NotCollected);
    assert_eq!(
        of(24, 0, vec![six.clone()]),
        "24 of 30 days collected; 6 days not collected (2026-11-02 to 2026-11-07)"
    );
    let edges = [gap(21, 21, Status::Partial), six, gap(14, 14, Status::Partial), gap(1, 1, Status::Partial)];
    assert_eq!(
        of(21, 0, edges.to_vec()),
        "21 of 30 days collected; 6 days not collected (2026-11-02 to 2026-11-07); \
         3 days partial (2026-11-01, 2026-11-08 and 1 more)"
    );
    // An answer of today would still have the 9th.
    assert_eq!(
        of(12, 0, vec![gap(18, 1, Status::NotCollected)]),
        "12 of 30 days collected; 5 days not collected (2026-11-04 to 2026-11-08); \
         13 days not collected yet (2026-11-09 to 2026-11-21)"
    );
    assert_eq!(
        of(28, 0, vec![gap(2, 1, Status::NotCollected)]),
        "28 of 30 days collected; 2 days not collected yet (2026-11-20 to 2026-11-21)"
    );
    assert_eq!(of(13, 17, vec![]), "13 of 30 days collected; 17 days before the first known day");
}
