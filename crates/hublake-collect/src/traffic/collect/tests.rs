use bytes::Bytes;
use chrono::TimeZone;
use hublake_github::Spent;

use super::*;

fn monday() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 7).expect("a day")
}

fn target(repo_id: i64, weeks_on: Option<NaiveDate>, stars: Option<i64>) -> Target {
    let state = |at: Option<NaiveDate>, count| State {
        etag: None,
        last_success_at: at.map(|day| Utc.from_utc_datetime(&day.and_hms_opt(6, 0, 0).expect("a time"))),
        count,
    };
    let states = HashMap::from([
        (Stream::ViewsWeekly, state(weeks_on, None)),
        (Stream::ClonesWeekly, state(weeks_on, None)),
        (Stream::StarHistory, state(Some(monday()), stars)),
    ]);
    Target { repo_id, full_name: format!("acme/tool-{repo_id}"), states }
}

fn stats(stars: i64) -> Stats {
    Stats {
        full_name: "acme/tool".to_owned(),
        stars,
        created_at: Utc.from_utc_datetime(&(monday() - chrono::Days::new(365)).and_hms_opt(0, 0, 0).expect("a time")),
        payload: Bytes::new(),
        fetched_at: DateTime::UNIX_EPOCH,
        spent: Spent::default(),
    }
}

/// Who is asked for weeks, and who for stars.
fn asked(targets: Vec<Target>, stars: i64, today: NaiveDate, spare: Option<u32>) -> (Vec<i64>, Vec<i64>) {
    let found = targets.iter().map(|target| (target.repo_id, stats(stars))).collect();
    let run_at = Utc.from_utc_datetime(&today.and_hms_opt(6, 0, 0).expect("a time"));
    let options = Options { concurrency: 8, quota_floor: 0.1, points_per_minute: 900, run_at, is_present_fixed: true };
    let jobs = jobs(targets, found, &options, spare);
    let ids = |is_asked: fn(&Job) -> bool| {
        jobs.iter().filter(|job| is_asked(job)).map(|job| job.target.repo_id).collect::<Vec<_>>()
    };
    (ids(|job| job.asks_weeks), ids(|job| job.asks_stars))
}

#[test]
fn weeks_are_asked_for_once_in_an_iso_week() {
    let sunday_before = monday().pred_opt();
    let of = |weeks_on, today| asked(vec![target(1, weeks_on, Some(9))], 9, today, None).0;
    assert_eq!(of(None, monday()), [1], "never asked");
    assert_eq!(of(sunday_before, monday()), [1], "asked in the week before");
    assert!(of(Some(monday()), monday()).is_empty());
    assert!(of(Some(monday()), monday() + chrono::Days::new(6)).is_empty(), "Sunday is of the same week");
    assert_eq!(of(Some(monday()), monday() + chrono::Days::new(7)), [1]);
}

#[test]
fn a_week_that_is_asked_for_for_views_but_not_for_clones_is_due() {
    let mut half = target(1, Some(monday()), None);
    half.states.remove(&Stream::ClonesWeekly);
    assert_eq!(asked(vec![half], 9, monday(), None).0, [1]);
}

#[test]
fn stars_are_asked_for_when_their_number_changed() {
    let of = |known, now| asked(vec![target(1, Some(monday()), known)], now, monday(), None).1;
    assert_eq!(of(None, 9), [1]);
    assert_eq!(of(Some(8), 9), [1]);
    assert_eq!(of(Some(10), 9), [1], "one was taken back");
    assert!(of(Some(9), 9).is_empty());
}

#[test]
fn spare_requests_go_to_weeks_before_stars_and_the_rest_waits() {
    let targets = || (1..=4).map(|id| target(id, None, None)).collect::<Vec<_>>();
    assert_eq!(asked(targets(), 9, monday(), Some(0)), (vec![], vec![]));
    assert_eq!(asked(targets(), 9, monday(), Some(5)), (vec![1, 2], vec![]));
    // The stars of a year are two answers of thirty weeks.
    assert_eq!(asked(targets(), 9, monday(), Some(11)), (vec![1, 2, 3, 4], vec![1]));
    assert_eq!(asked(targets(), 9, monday(), Some(100)), (vec![1, 2, 3, 4], vec![1, 2, 3, 4]));
}

#[test]
fn a_run_asks_for_no_more_than_some_stars() {
    let many: Vec<Target> = (1..=200).map(|id| target(id, Some(monday()), None)).collect();
    assert_eq!(asked(many, 9, monday(), None).1.len(), 150, "two answers each");
    let known: Vec<Target> = (1..=400).map(|id| target(id, Some(monday()), Some(8))).collect();
    assert_eq!(asked(known, 9, monday(), None).1.len(), 300, "one answer each");
}

#[test]
fn on_sunday_weeks_are_asked_for_whatever_is_left() {
    let sunday = monday() + chrono::Days::new(6);
    let targets = (1..=3).map(|id| target(id, None, None)).collect();
    assert_eq!(asked(targets, 9, sunday, Some(0)), (vec![1, 2, 3], vec![]));
}
