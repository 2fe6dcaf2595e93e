mod shown;
mod tables;

use self::tables::{Day, Tables, ago, date, declared, declared_repository, present, repository};
use super::days::{Gap, Status};
use super::figures::{Answer, Level, TrafficFigures, WindowFigures, figures};
use super::history::history;

async fn of_one(tables: &Tables) -> TrafficFigures {
    let context = tables.context().await;
    figures(&context, &[repository(1, "rocket")], present()).await.unwrap().remove(0)
}

/// Sixty days: nothing for 30, then 1 a day, from the 28th day before today on 3, of the last two weeks 5 and 10.
fn rising() -> Tables {
    let mut tables = Tables::default();
    tables.repository(1, ago(60), ago(0));
    for days in 1..=60 {
        let views = match days {
            1..=7 => 10,
            8..=14 => 5,
            15..=28 => 3,
            29..=30 => 1,
            _ => 0,
        };
        tables.day(1, ago(days), Day::collected(views, 2));
    }
    tables.day(1, ago(0), Day { views: Some(999), clones: Some(999), status: "partial" });
    tables
}

fn told(window: &WindowFigures) -> (Option<i64>, bool, Option<i64>, bool, Option<f64>) {
    let WindowFigures { count, is_complete, count_before, is_complete_before, change_percent, .. } = *window;
    (count, is_complete, count_before, is_complete_before, change_percent)
}

#[tokio::test]
async fn windows_end_with_yesterday_and_are_compared_with_as_many_days_before() {
    let figures = of_one(&rising()).await;
    let views = &figures.views;
    assert_eq!((views.last_7_days.from, views.last_7_days.to), (date("2026-11-15"), date("2026-11-21")));
    assert_eq!((views.last_30_days.from, views.last_30_days.to), (date("2026-10-23"), date("2026-11-21")));
    assert_eq!(told(&views.last_7_days), (Some(70), true, Some(35), true, Some(100.0)));
    assert_eq!(told(&views.last_14_days), (Some(105), true, Some(42), true, Some(150.0)));
    // None of the 30 days before had any, of which no share can be told.
    assert_eq!(told(&views.last_30_days), (Some(149), true, Some(0), true, None));
    assert_eq!(told(&figures.clones.last_30_days), (Some(60), true, Some(60), true, Some(0.0)));
    assert_eq!(figures.today_so_far.views, Some(999));
    assert_eq!(figures.days.len(), 30);
    assert_eq!(figures.coverage.collected, 30);
    assert!(figures.coverage.gaps.is_empty());
}

#[tokio::test]
async fn a_missing_day_makes_a_sum_a_least_one_and_takes_the_change_away() {
    let mut tables = Tables::default();
    tables.repository(1, ago(60), ago(0));
    for days in 1..=60 {
        let day = match days {
            9 | 10 => Day::unknown("not collected"),
            11 => Day { views: Some(4), clones: None, status: "partial" },
            20 => Day::unknown("not permitted"),
            _ => Day::collected(6, 1),
        };
        tables.day(1, ago(days), day);
    }
    let figures = of_one(&tables).await;
    assert_eq!(told(&figures.views.last_7_days), (Some(42), true, Some(28), false, None));
    assert_eq!(told(&figures.views.last_14_days), (Some(70), false, Some(78), false, None));
    assert_eq!(told(&figures.clones.last_14_days), (Some(11), false, Some(13), false, None));
    let coverage = figures.coverage;
    let counts = (coverage.collected, coverage.partial, coverage.not_collected, coverage.not_permitted);
    assert_eq!(counts, (26, 1, 2, 1));
    let gap = |from: i64, to: i64, status| Gap { from: ago(from), to: ago(to), days: from - to + 1, status };
    let expected = [gap(20, 20, Status::NotPermitted), gap(11, 11, Status::Partial), gap(10, 9, Status::NotCollected)];
    assert_eq!(coverage.gaps, expected);
    assert_eq!(figures.days[20].views, None, "a day that is not known is no zero");
}

#[tokio::test]
async fn days_before_the_first_known_one_are_neither_zero_nor_a_gap() {
    let mut tables = Tables::default();
    tables.repository(1, ago(14), ago(0));
    tables.day(1, ago(14), Day { views: Some(1), clones: None, status: "partial" });
    for days in 1..=13 {
        tables.day(1, ago(days), Day::collected(2, 0));
    }
    let figures = of_one(&tables).await;
    assert_eq!(told(&figures.views.last_7_days), (Some(14), true, Some(13), false, None));
    assert_eq!(told(&figures.views.last_30_days), (Some(27), false, None, false, None));
    assert_eq!((figures.coverage.collected, figures.coverage.before_first_day), (13, 16));
    assert_eq!(figures.coverage.gaps.len(), 1);
    assert_eq!(figures.days[0].status, None);
}

/// GitHub's answer of the 22nd holds the 8th cut short, the 9th to the 21st whole, and the 22nd as yet.
#[tokio::test]
async fn visitors_of_a_window_are_bounded_by_the_pieces_within_and_around_it() {
    let mut tables = rising();
    let answer = ["2026-11-08", "2026-11-22", "2026-11-09", "2026-11-21"];
    let day = |day| [day, day, day, day];
    tables.piece(1, "views", answer, 7, 7).piece(1, "views", day("2026-11-08"), 2, 2);
    tables.piece(1, "views", day("2026-11-20"), 3, 3).piece(1, "views", day("2026-11-10"), 4, 4);
    // One day alone: all of its visitors, nobody else.
    tables.piece(1, "clones", ["2026-11-15", "2026-11-21", "2026-11-15", "2026-11-21"], 5, 5);
    // Of another repository, and of days before every window.
    tables.piece(2, "clones", day("2026-11-20"), 50, 50).piece(1, "clones", day("2026-09-01"), 60, 60);
    let figures = of_one(&tables).await;
    let bounds = |window: &WindowFigures| (window.uniques, window.uniques_lower, window.uniques_upper);
    // The answer reaches beyond the week, so it says nothing of the least, but it covers it.
    assert_eq!(bounds(&figures.views.last_7_days), (None, Some(3), Some(7)));
    // The fortnight needs the 8th besides.
    assert_eq!(bounds(&figures.views.last_14_days), (None, Some(4), Some(9)));
    assert_eq!(bounds(&figures.views.last_30_days), (None, Some(4), None));
    assert_eq!(bounds(&figures.clones.last_7_days), (Some(5), Some(5), Some(5)));
    assert_eq!(bounds(&figures.clones.last_14_days), (None, Some(5), None));
}

#[tokio::test]
async fn the_newest_lists_levels_and_answers_are_found() {
    let mut tables = rising();
    tables
        .row("mart_traffic_referrers", "1, '2026-11-20', '2026-11-20T06:00:00', 1, 'old.example', 9, 9, 'github'")
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 2, 'b.example', 3, 1, 'github'")
        .row("mart_traffic_referrers", "1, '2026-11-22', '2026-11-22T06:00:00', 1, 'a.example', 5, 2, 'github'")
        .row(
            "mart_traffic_paths",
            "1, '2026-11-20', '2026-11-20T06:00:00', 1, '/acme/rocket', 'Rocket', 9, 9, 'github'",
        )
        .row("stg_traffic_state", "1, 'traffic_paths', '2026-11-22T06:00:00', 0, NULL")
        .row("stg_traffic_state", "1, 'traffic_referrers', '2026-11-22T06:00:00', 2, NULL")
        .row("stg_traffic_state", "1, 'traffic_views', '2026-11-22T06:00:00', 93, 4")
        // The newest day has stars only; 33 days ago is near enough to 30.
        .row("mart_repository_stats_daily", "1, '2026-11-22', 120, NULL, NULL, NULL")
        .row("mart_repository_stats_daily", "1, '2026-11-15', 110, 20, NULL, NULL")
        .row("mart_repository_stats_daily", "1, '2026-10-20', 100, 21, NULL, NULL")
        .row("mart_repository_stats_daily", "1, '2026-10-16', 90, 22, NULL, NULL")
        .row("mart_repository_stats_daily", "1, '2026-09-01', 10, 1, 3, NULL");
    let figures = of_one(&tables).await;
    let referrers = figures.referrers.unwrap();
    let names: Vec<_> = referrers.entries.iter().map(|entry| (entry.name.as_str(), entry.count)).collect();
    assert_eq!((referrers.snapshot_date, names), (ago(0), vec![("a.example", 5), ("b.example", 3)]));
    let paths = figures.paths.unwrap();
    assert_eq!((paths.snapshot_date, paths.entries.len()), (ago(0), 0), "the list has become empty");
    assert_eq!(figures.views.newest_answer, Some(Answer { answered_on: ago(0), count: 93, uniques: 4 }));
    assert_eq!(figures.clones.newest_answer, None);
    let level = |now, seen_on, before, before_on, change| Level { now, seen_on, before, before_on, change };
    let (since, seen_on) = (Some(date("2026-10-20")), Some(date("2026-11-15")));
    assert_eq!(figures.stars, level(Some(120), Some(ago(0)), Some(100), since, Some(20)));
    assert_eq!(figures.forks, level(Some(20), seen_on, Some(21), since, Some(-1)));
    assert_eq!(figures.watchers, level(Some(3), Some(date("2026-09-01")), None, None, None));
}

#[tokio::test]
async fn days_are_lost_from_the_last_success_on_once_the_safe_date_is_over() {
    let at = |last_success: i64| async move {
        let mut tables = Tables::default();
        of_one(tables.repository(1, ago(90), ago(last_success))).await
    };
    let figures = at(13).await;
    assert_eq!((figures.safe_until, figures.is_overdue, figures.lost_from), (Some(ago(0)), false, None));
    // An answer of today begins whole with the 9th; the 8th was seen growing only.
    let figures = at(14).await;
    assert_eq!((figures.is_overdue, figures.lost_from, figures.lost_to), (true, Some(ago(14)), Some(ago(14))));
    let figures = at(20).await;
    assert_eq!((figures.lost_from, figures.lost_to), (Some(date("2026-11-02")), Some(date("2026-11-08"))));
}

#[tokio::test]
async fn repositories_come_as_asked_for_and_unpublished_ones_are_left_out() {
    let mut tables = Tables::default();
    tables.repository(3, ago(5), ago(0)).repository(1, ago(5), ago(0));
    let context = tables.context().await;
    let asked = [repository(1, "a"), repository(2, "b"), repository(3, "c")];
    let found = figures(&context, &asked, present()).await.unwrap();
    assert_eq!(found.iter().map(|one| one.repo_id).collect::<Vec<_>>(), [1, 3]);
    assert!(figures(&context, &[], present()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_total_runs_from_the_first_whole_day_to_the_last_one() {
    let mut tables = Tables::default();
    tables.repository(1, ago(40), ago(0));
    tables.day(1, ago(40), Day { views: Some(70), clones: None, status: "partial" });
    for days in 1..=39 {
        tables.day(1, ago(days), Day::collected(if days == 30 { 50 } else { 2 }, i64::from(days == 3)));
    }
    let whole = history(&tables.context().await, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    let total = (whole.views.from, whole.views.to, whole.views.count, whole.views.is_complete);
    assert_eq!(total, (Some(ago(39)), Some(ago(1)), Some(126), true), "38 days of 2 and one of 50");
    let best = whole.views.best_day.unwrap();
    assert_eq!((best.date, best.count, best.is_complete), (ago(40), 70, false));
    assert_eq!(whole.clones.best_day.map(|best| best.date), Some(ago(3)));
    assert_eq!((whole.days, whole.days_collected, whole.gaps.len()), (40, 39, 1));
    assert_eq!((whole.last_days.len(), whole.last_days[14].date), (15, ago(0)));

    tables.without("mart_traffic_daily", "2026-11-01");
    let broken = history(&tables.context().await, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    assert_eq!((broken.views.count, broken.views.is_complete), (Some(124), false));
    assert_eq!(broken.gaps[1], Gap { from: ago(21), to: ago(21), days: 1, status: Status::NotCollected });
}

#[tokio::test]
async fn months_without_a_row_are_there_and_unknown() {
    let mut tables = Tables::default();
    tables
        .repository(1, date("2025-12-20"), ago(0))
        .row("mart_traffic_monthly", "1, '2025-12-01', 11, 31, 40, 3, 9, 2, 1, 2, FALSE")
        .row("mart_traffic_monthly", "1, '2026-03-01', 31, 31, 90, 4, 4, 0, 0, 0, TRUE")
        .row("mart_traffic_monthly", "2, '2026-01-01', 31, 31, 90, 4, 4, 0, 0, 0, TRUE")
        .row("mart_repository_stats_daily", "1, '2025-12-30', NULL, NULL, NULL, 3")
        .row("mart_repository_stats_daily", "1, '2025-12-31', NULL, NULL, NULL, 4")
        .row("mart_repository_stats_daily", "1, '2026-01-01', 9, NULL, NULL, 2")
        .row("mart_repository_stats_daily", "1, '2026-01-02', 9, NULL, NULL, NULL");
    let found = history(&tables.context().await, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    let months: Vec<_> = found.months.iter().map(|month| (month.month_start, month.views)).collect();
    let expected = [
        (date("2025-12-01"), Some(40)),
        (date("2026-01-01"), None),
        (date("2026-02-01"), None),
        (date("2026-03-01"), Some(90)),
    ];
    assert_eq!(months, expected);
    assert_eq!((found.months[2].days_in_month, found.months[2].days_collected), (28, 0));
    let given: Vec<_> = found.stars_given.iter().map(|year| (year.year, year.stars)).collect();
    assert_eq!(given, [(2025, 7), (2026, 2)]);
}

#[tokio::test]
async fn the_questions_fit_the_tables_that_the_models_declare() {
    let context = declared(&[declared_repository(1, "rocket")]).await;
    let found = history(&context, &repository(1, "rocket"), present()).await.unwrap().unwrap();
    assert_eq!(found.now.safe_until, Some(date("2026-12-03")));
    // The view goes on to today; nothing is stored of the days before.
    let statuses: Vec<_> = found.last_days.iter().rev().take(5).map(|day| day.status).collect();
    assert_eq!(statuses, [Some(Status::NotCollected); 5]);
    assert_eq!(found.now.today_so_far.views, None);
}
