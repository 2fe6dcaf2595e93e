//! The bounds hold against a simulated truth of visitors, and are as tight as the records allow.

mod truth;

use rstest::rstest;

use super::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn day(text: &str, count: u64, uniques: u64) -> Piece {
    Piece::day(date(text), Some(count), Some(uniques), false)
}

/// An answer of 2018-12-02 as GitHub gave it: 93 views by 4 visitors, and five days of which the last still grew.
fn recorded() -> (Piece, Vec<Piece>) {
    let mut days = vec![
        day("2018-11-27", 56, 4),
        day("2018-11-28", 6, 2),
        day("2018-11-29", 0, 0),
        day("2018-11-30", 18, 1),
        day("2018-12-01", 4, 1),
        Piece::day(date("2018-12-02"), Some(9), Some(3), true),
    ];
    let quiet = date("2018-11-19").iter_days().take(8);
    days.extend(quiet.map(|day| Piece::day(day, Some(0), Some(0), false)));
    (Piece::answer(date("2018-12-02"), 93, 4), days)
}

#[test]
fn the_recorded_answer_has_exactly_four_visitors_although_its_days_add_up_to_eleven() {
    let (answer, mut days) = recorded();
    let (first, last) = (date("2018-11-19"), date("2018-12-02"));
    let sum: u64 = days.iter().filter_map(|day| day.uniques).sum();
    assert_eq!(sum, 11);

    let so_far: Vec<Piece> = days.iter().map(|day| day.so_far()).collect();
    assert_eq!(bounds(first, last, &so_far), Bounds { lower: 4, upper: Some(11) });

    days.push(answer.so_far());
    assert_eq!(bounds(first, last, &days).exact(), Some(4));
}

#[test]
fn a_day_still_growing_leaves_the_upper_bound_open() {
    let (answer, mut days) = recorded();
    days.push(answer);
    let (first, last) = (date("2018-11-19"), date("2018-12-02"));
    assert_eq!(bounds(first, last, &days), Bounds { lower: 4, upper: None });
    assert_eq!(bounds(first, date("2018-12-01"), &days).exact(), Some(4));
}

#[test]
fn an_unknown_day_is_bounded_only_by_an_answer_that_covers_it() {
    let pieces = [day("2024-03-01", 5, 2), day("2024-03-03", 7, 3)];
    let (first, last) = (date("2024-03-01"), date("2024-03-03"));
    assert_eq!(bounds(first, last, &pieces), Bounds { lower: 3, upper: None });
    let with_answer = [pieces[0], pieces[1], Piece::answer(date("2024-03-05"), 40, 9)];
    assert_eq!(bounds(first, last, &with_answer), Bounds { lower: 3, upper: Some(9) });
}

#[test]
fn zero_days_cost_nothing_and_few_views_bound_visitors() {
    let pieces = [day("2024-03-01", 0, 0), Piece::day(date("2024-03-02"), Some(3), None, false)];
    let found = bounds(date("2024-03-01"), date("2024-03-02"), &pieces);
    assert_eq!(found, Bounds { lower: 1, upper: Some(3) });
    let found = bounds(date("2024-03-01"), date("2024-03-01"), &pieces);
    assert_eq!(found.exact(), Some(0));
}

#[test]
fn a_week_and_the_days_after_it_are_a_cover() {
    let monday = date("2024-12-30");
    let mut pieces: Vec<Piece> =
        monday.iter_days().take(9).map(|day| Piece::day(day, Some(10), Some(5), false)).collect();
    pieces.push(Piece::week(monday, Some(70), Some(6), false));
    let found = bounds(monday, date("2025-01-07"), &pieces);
    assert_eq!(found, Bounds { lower: 6, upper: Some(6 + 5 + 5) });
}

#[test]
fn a_partial_week_raises_the_lower_bound_only() {
    let monday = date("2024-12-30");
    let pieces = [Piece::week(monday, Some(70), Some(6), true)];
    assert_eq!(bounds(monday, date("2025-01-05"), &pieces), Bounds { lower: 6, upper: None });
}

#[test]
fn records_that_contradict_each_other_give_no_upper_bound() {
    let pieces = [day("2024-03-01", 50, 20), Piece::answer(date("2024-03-02"), 10, 2)];
    let found = bounds(date("2024-03-01"), date("2024-03-01"), &pieces);
    assert_eq!(found, Bounds { lower: 20, upper: None });
}

#[rstest]
#[case::backwards("2024-03-02", "2024-03-01", Bounds { lower: 0, upper: Some(0) })]
#[case::nothing_recorded("2024-03-01", "2024-03-01", Bounds { lower: 0, upper: None })]
fn a_window_without_records(#[case] first: &str, #[case] last: &str, #[case] expected: Bounds) {
    assert_eq!(bounds(date(first), date(last), &[]), expected);
}

#[test]
fn a_window_of_all_time_costs_no_more_than_its_records() {
    let pieces = [day("2024-03-01", 5, 2), Piece::answer(NaiveDate::MAX, 1, 1), Piece::answer(NaiveDate::MIN, 1, 1)];
    assert_eq!(bounds(NaiveDate::MIN, NaiveDate::MAX, &pieces).upper, None);
}
