//! Bounds of unique visitors, held against who really came.

use chrono::{Datelike, Months, NaiveDate, TimeDelta};
use serde_json::Value;

use super::stage::{Stage, at, date};
use super::truth::{Watched, days};

/// How many windows are tried.
const WINDOWS: u64 = 300;

/// What a table says of a window, and what is true.
struct Claim {
    what: String,
    lower: Option<u64>,
    upper: Option<u64>,
    truth: u64,
}

impl Claim {
    fn is_wrong(&self) -> bool {
        self.lower.is_some_and(|lower| lower > self.truth) || self.upper.is_some_and(|upper| upper < self.truth)
    }

    fn told(&self) -> String {
        format!("{}: {:?} to {:?}, in truth {}", self.what, self.lower, self.upper, self.truth)
    }
}

/// Numbers that look random; the same seed gives the same.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

async fn stage() -> Stage {
    let start = at(7, 9, 14, 20);
    let mut stage = Stage::new(start, 3).await;
    // A few runs close together, a gap that loses days, and single runs that just hold together.
    for day in [0, 1, 2, 3, 7, 8, 30, 31, 44, 45, 58] {
        stage.run_at(start + TimeDelta::days(day) + TimeDelta::hours(day % 5));
    }
    stage
}

fn of<'a>(watched: &'a [Watched], row: &Value) -> &'a Watched {
    watched.iter().find(|one| row["repo_id"] == one.columns.repo_id).expect("a repository of the world")
}

/// Both measures of every row, from the first day of its window to the last.
fn claims(watched: &[Watched], rows: &[Value], window: impl Fn(&Value) -> (NaiveDate, NaiveDate)) -> Vec<Claim> {
    let mut claims = Vec::new();
    for row in rows {
        let (first, last) = window(row);
        for (measure, is_of_views) in [("view", true), ("clone", false)] {
            claims.push(Claim {
                what: format!("{} {measure} {first} to {last}", row["repo_id"]),
                lower: row[format!("{measure}_uniques_lower")].as_u64(),
                upper: row[format!("{measure}_uniques_upper")].as_u64(),
                truth: of(watched, row).visitors(is_of_views, first, last),
            });
            let exact = row[format!("{measure}_uniques")].as_u64();
            let Claim { lower, upper, truth, .. } = claims[claims.len() - 1];
            assert_eq!(exact, lower.filter(|lower| Some(*lower) == upper), "{row}");
            assert!(exact.is_none_or(|exact| exact == truth), "{row}");
        }
    }
    claims
}

fn assert_right(claims: &[Claim]) {
    let wrong: Vec<String> = claims.iter().filter(|claim| claim.is_wrong()).map(Claim::told).take(5).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let bounded = claims.iter().filter(|claim| claim.lower.is_some() && claim.upper.is_some()).count();
    assert!(bounded * 4 > claims.len(), "of {} windows only {bounded} have both bounds", claims.len());
    let tight = claims.iter().filter(|claim| claim.truth > 0 && claim.lower == Some(claim.truth));
    assert!(tight.count() > 0, "no lower bound is reached");
}

#[tokio::test(flavor = "multi_thread")]
async fn weeks_months_and_any_windows_have_no_fewer_and_no_more_visitors_than_their_bounds_say() {
    let stage = stage().await;
    let hublake = &stage.scene.hublake;
    let watched = stage.watched();
    let day = |row: &Value, column: &str| date(row[column].as_str().expect("a date"));

    let weeks =
        claims(&watched, &hublake.query("SELECT * FROM mart_traffic_weekly ORDER BY repo_id, week_start"), |row| {
            let first = day(row, "week_start");
            (first, first + TimeDelta::days(6))
        });
    assert!(weeks.len() > 60, "{}", weeks.len());
    assert_right(&weeks);
    // A week that GitHub counted whole is known exactly.
    assert!(weeks.iter().filter(|week| week.truth > 3 && week.lower == week.upper).count() > 10);

    let rows = hublake.query("SELECT * FROM mart_traffic_monthly ORDER BY repo_id, month_start");
    let months = claims(&watched, &rows, |row| {
        let first = day(row, "month_start");
        (first, first + Months::new(1) - TimeDelta::days(1))
    });
    assert!(months.len() >= 18, "{}", months.len());
    let wrong: Vec<String> = months.iter().filter(|claim| claim.is_wrong()).map(Claim::told).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    assert_right(&any_windows(&stage, &watched));
}

/// Windows of up to 50 days, between days before the first known and after the last.
fn any_windows(stage: &Stage, watched: &[Watched]) -> Vec<Claim> {
    let mut draws = Draws(4);
    let mut windows = Vec::new();
    let (earliest, latest) = (date("2026-06-23"), date("2026-09-08"));
    let all: Vec<NaiveDate> = days(earliest, latest).collect();
    for number in 0..WINDOWS {
        let one = &watched[draws.below(watched.len() as u64) as usize];
        let first = all[draws.below(all.len() as u64) as usize];
        let longest = if draws.below(3) == 0 { 50 } else { 15 };
        let last = (first + TimeDelta::days(draws.below(longest) as i64)).min(latest);
        windows.push((number, one, draws.below(2) == 0, first, last));
    }
    let values: Vec<String> = windows
        .iter()
        .map(|(number, one, is_of_views, first, last)| {
            let measure = if *is_of_views { "views" } else { "clones" };
            format!("({number}, {}, '{measure}', DATE '{first}', DATE '{last}')", one.columns.repo_id)
        })
        .collect();
    let sql = format!(
        "WITH windows(number, repo_id, measure, first, last) AS (VALUES {})
         SELECT span.number AS number,
             max(CASE WHEN piece.first_day >= span.first AND piece.last_day <= span.last THEN piece.at_least END)
                 AS lower,
             cheapest_cover(span.first, span.last, piece.whole_first, piece.whole_last, piece.at_most) AS upper
         FROM windows span LEFT JOIN traffic_pieces piece ON piece.repo_id = span.repo_id
             AND piece.measure = span.measure AND piece.first_day <= span.last AND piece.last_day >= span.first
         GROUP BY span.number, span.first, span.last ORDER BY 1",
        values.join(", ")
    );
    let rows = stage.scene.hublake.query(&sql);
    assert_eq!(rows.len(), windows.len());
    let claim =
        |((_, one, is_of_views, first, last), row): (&(u64, &Watched, bool, NaiveDate, NaiveDate), &Value)| Claim {
            what: format!(
                "{} views: {is_of_views} {first} to {last} ({} days)",
                one.columns.repo_id,
                last.num_days_from_ce() - first.num_days_from_ce() + 1
            ),
            lower: row["lower"].as_u64(),
            upper: row["upper"].as_u64(),
            truth: one.visitors(*is_of_views, *first, *last),
        };
    windows.iter().zip(&rows).map(claim).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fourteen_days_of_an_answer_are_known_exactly_where_its_edges_have_no_visits() {
    // On five days 93 views by 4 people; their days add up to 11.
    let start = at(8, 20, 0, 0);
    let mut world = super::stage::world(start, 1);
    let mut views = Vec::new();
    for (back, count, people) in [(13, 56, 4), (10, 6, 2), (9, 18, 1), (5, 4, 1), (2, 9, 3)] {
        for number in 0..count {
            let at = start - TimeDelta::days(back) + TimeDelta::minutes(number);
            views.push(github_sim::Visit { at, visitor: (number % people) as u64 });
        }
    }
    let kind = github_sim::TrafficKind::Views;
    world.set_visits(crate::scene::REPOSITORY, kind, &views).expect("it is there");
    let mut stage = Stage::of(world, github_sim::SimOptions::default()).await;
    stage.run_at(start + TimeDelta::hours(1));
    let sql = "SELECT (SELECT sum(views) FROM mart_traffic_daily) AS views,
            (SELECT sum(view_uniques) FROM mart_traffic_daily) AS of_days,
            max(CASE WHEN first_day >= DATE '2026-08-06' AND last_day <= DATE '2026-08-20' THEN at_least END) AS lower,
            cheapest_cover(DATE '2026-08-07', DATE '2026-08-19', whole_first, whole_last, at_most) AS upper
        FROM traffic_pieces WHERE measure = 'views'";
    let expected = serde_json::json!({"views": 93, "of_days": 11, "lower": 4, "upper": 4});
    assert_eq!(stage.scene.hublake.query(sql), [expected]);
    stage.assert_true();
}
