//! Visitors are made up, GitHub's answers are computed from them, and the bounds are held against the visitors.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Datelike;
use proptest::prelude::*;

use super::super::*;

const DAY_MINUTES: u32 = 24 * 60;
/// Days that the made-up visits lie in; they begin on a Monday.
const DAYS: u32 = 42;

/// Minute and visitor.
type Visit = (u32, u32);

fn date_of(minute: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 11, 25).unwrap() + Days::new((minute / DAY_MINUTES).into())
}

fn counted(visits: &[Visit], counts: impl Fn(u32) -> bool) -> (u64, u64) {
    let of_part: Vec<&Visit> = visits.iter().filter(|(minute, _)| counts(*minute)).collect();
    let visitors: BTreeSet<u32> = of_part.iter().map(|(_, visitor)| *visitor).collect();
    (of_part.len() as u64, visitors.len() as u64)
}

/// What has been seen of a day or week: the largest count and uniques, and whether it was ever whole.
#[derive(Default)]
struct Seen {
    count: u64,
    uniques: u64,
    is_whole: bool,
}

impl Seen {
    fn note(&mut self, (count, uniques): (u64, u64), is_whole: bool) {
        self.count = self.count.max(count);
        self.uniques = self.uniques.max(uniques);
        self.is_whole |= is_whole;
    }
}

/// What a collector has recorded that asked at some minutes.
#[derive(Default)]
struct Recorded {
    days: BTreeMap<NaiveDate, Seen>,
    weeks: BTreeMap<NaiveDate, Seen>,
    answers: Vec<Piece>,
}

impl Recorded {
    fn of(visits: &[Visit], asked_at: &[u32]) -> Self {
        let mut recorded = Self::default();
        for now in asked_at {
            recorded.ask(visits, *now);
        }
        recorded
    }

    /// One answer: the fourteen days before the minute, to the minute.
    fn ask(&mut self, visits: &[Visit], now: u32) {
        let in_window = |minute: u32| minute < now && minute + 14 * DAY_MINUTES >= now;
        let (count, uniques) = counted(visits, in_window);
        let today = date_of(now);
        self.answers.push(Piece::answer(today, count, uniques));
        let (whole_first, whole_last) = (today - Days::new(13), today - Days::new(1));
        for day in (today - Days::new(14)).iter_days().take(15) {
            let seen = counted(visits, |minute| in_window(minute) && date_of(minute) == day);
            self.days.entry(day).or_default().note(seen, (whole_first..=whole_last).contains(&day));
            let monday = day - Days::new(day.weekday().num_days_from_monday().into());
            let sunday = monday + Days::new(6);
            let seen = counted(visits, |minute| in_window(minute) && (monday..=sunday).contains(&date_of(minute)));
            self.weeks.entry(monday).or_default().note(seen, monday >= whole_first && sunday <= whole_last);
        }
    }

    /// All that is recorded; `dropped` says which records are lost.
    fn pieces(&self, dropped: &[bool]) -> Vec<Piece> {
        let counts = |seen: &Seen| (Some(seen.count), Some(seen.uniques), !seen.is_whole);
        let days = self.days.iter().map(|(day, seen)| {
            let (count, uniques, is_partial) = counts(seen);
            Piece::day(*day, count, uniques, is_partial)
        });
        let weeks = self.weeks.iter().map(|(monday, seen)| {
            let (count, uniques, is_partial) = counts(seen);
            Piece::week(*monday, count, uniques, is_partial)
        });
        let all = days.chain(weeks).chain(self.answers.iter().copied());
        let keeps = |index: usize| dropped.is_empty() || !dropped[index % dropped.len()];
        all.enumerate().filter(|(index, _)| keeps(*index)).map(|(_, piece)| piece).collect()
    }
}

fn covers(piece: &Piece, day: NaiveDate) -> bool {
    piece.whole.is_some_and(|(first, last)| (first..=last).contains(&day))
}

/// The smallest sum over all sets of pieces that cover the window, tried one by one.
fn tried_one_by_one(first: NaiveDate, last: NaiveDate, pieces: &[Piece]) -> Option<u64> {
    let mut best: Option<u64> = None;
    for chosen in 0_u32..1 << pieces.len() {
        let set: Vec<&Piece> =
            pieces.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1).map(|(_, piece)| piece).collect();
        let mut window = first.iter_days().take_while(|day| *day <= last);
        if window.all(|day| set.iter().any(|piece| covers(piece, day))) {
            let sum: u64 = set.iter().map(|piece| piece.at_most().unwrap()).sum();
            best = Some(best.map_or(sum, |best| best.min(sum)));
        }
    }
    best
}

fn visits() -> impl Strategy<Value = Vec<Visit>> {
    proptest::collection::vec((0..DAYS * DAY_MINUTES, 0..12_u32), 0..150)
}

fn asked_at() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(0..(DAYS + 3) * DAY_MINUTES, 0..6)
}

fn window() -> impl Strategy<Value = (NaiveDate, NaiveDate)> {
    (0..DAYS, 0..20_u32).prop_map(|(first, length)| {
        let first = date_of(first * DAY_MINUTES);
        (first, first + Days::new(length.into()))
    })
}

fn any_piece() -> impl Strategy<Value = Piece> {
    let span = (0..12_u32, 0..6_u32, any::<bool>());
    let value = || proptest::option::weighted(0.8, 0_u64..20);
    (span, value(), value()).prop_map(|((first, length, is_whole), count, uniques)| {
        let (first, last) = (date_of(first * DAY_MINUTES), date_of((first + length) * DAY_MINUTES));
        Piece { first, last, whole: is_whole.then_some((first, last)), count, uniques }
    })
}

proptest! {
    #[test]
    fn the_truth_lies_between_the_bounds(
        visits in visits(),
        asked_at in asked_at(),
        (first, last) in window(),
        dropped in proptest::collection::vec(any::<bool>(), 0..40),
    ) {
        let recorded = Recorded::of(&visits, &asked_at);
        let (_, truth) = counted(&visits, |minute| (first..=last).contains(&date_of(minute)));
        let pieces = recorded.pieces(&dropped);
        let found = bounds(first, last, &pieces);
        prop_assert!(found.lower <= truth, "{found:?}, truth {truth}");
        prop_assert!(found.upper.is_none_or(|upper| truth <= upper), "{found:?}, truth {truth}");
        let mut window = first.iter_days().take_while(|day| *day <= last);
        let is_known = window.all(|day| pieces.iter().any(|piece| covers(piece, day)));
        prop_assert_eq!(found.upper.is_some(), is_known);
    }

    #[test]
    fn the_truth_so_far_lies_between_the_bounds_of_an_answer(
        visits in visits(),
        now in 14 * DAY_MINUTES..DAYS * DAY_MINUTES,
        length in 1..=14_u64,
    ) {
        let recorded = Recorded::of(&visits, &[now]);
        let last = date_of(now);
        let first = last - Days::new(length - 1);
        let (_, truth) = counted(&visits, |minute| minute < now && date_of(minute) >= first);
        let so_far = |piece: Piece| if piece.last == last { piece.so_far() } else { piece };
        let pieces: Vec<Piece> = recorded.pieces(&[]).into_iter().map(so_far).collect();
        let found = bounds(first, last, &pieces);
        prop_assert!(found.lower <= truth, "{found:?}, truth {truth}");
        prop_assert!(found.upper.is_some_and(|upper| truth <= upper), "{found:?}, truth {truth}");
    }

    #[test]
    fn no_order_of_the_records_matters(
        (pieces, shuffled) in proptest::collection::vec(any_piece(), 0..12)
            .prop_flat_map(|pieces| (Just(pieces.clone()), Just(pieces).prop_shuffle())),
        (first, last) in window(),
    ) {
        prop_assert_eq!(bounds(first, last, &pieces), bounds(first, last, &shuffled));
    }

    #[test]
    fn no_set_of_records_covers_the_window_with_less(
        pieces in proptest::collection::vec(any_piece(), 0..9),
        (first, length) in (0..12_u32, 0..8_u64),
    ) {
        let first = date_of(first * DAY_MINUTES);
        let last = first + Days::new(length);
        let known: Vec<Piece> = pieces.into_iter().filter(|piece| piece.at_most().is_some()).collect();
        prop_assert_eq!(cheapest_cover(first, last, &known), tried_one_by_one(first, last, &known));
    }
}
