mod scene;
mod shown;
mod tables;

use serde_json::json;

use self::scene::{ROCKET, rich};
use self::tables::{STEPS, Seen, Tables, date, present};
use super::explained::{Explained, Steps, Velocity};
use super::figures::{Answer, Asked, TrendingList};
use super::{explained, figures, former_name};

const ALL: Asked = Asked { limit: 10, language: None };

async fn answer(tables: &Tables, asked: &Asked) -> Answer {
    figures(&tables.context().await, asked).await.unwrap()
}

async fn one(name: &str) -> Explained {
    explained(&rich().context().await, name, STEPS).await.unwrap().unwrap()
}

fn names(list: &TrendingList) -> Vec<(i64, &str)> {
    list.repositories.iter().map(|one| (one.rank_in_language, one.repository.as_str())).collect()
}

#[tokio::test]
async fn lists_are_in_the_order_of_their_languages_and_ranks() {
    let answer = answer(&rich(), &ALL).await;
    let languages: Vec<_> = answer.lists.iter().map(|list| list.language.as_str()).collect();
    assert_eq!(languages, ["Python", "TypeScript", "Go", "render"]);
    assert_eq!(names(&answer.lists[0]), [(1, "acme/most"), (2, "acme/rocket"), (3, "acme/veteran")]);
    assert_eq!(names(&answer.lists[3]), [(1, "render-examples/flask"), (2, "bob/broken"), (3, "ann/shop")]);
    let python = &answer.lists[0];
    assert_eq!((python.total_repos, python.total_stars, python.render_projects), (3, 3750, 2));
    assert_eq!((python.snapshot_date, python.services.is_none()), (Some(date("2026-11-22")), true));
    let rocket = &python.repositories[1];
    assert_eq!((rocket.stars, rocket.momentum_score, rocket.age_days), (1250, 0.8125, Some(12)));
    assert_eq!((rocket.star_velocity, rocket.activity_score, rocket.rank_overall), (Some(12.5), Some(4.3), Some(3)));
    let means: Vec<_> = answer.lists.iter().map(|list| list.avg_momentum.map(|mean| (mean * 1e6).round())).collect();
    // (0.8125 + 0.875 + 0.125) / 3, (0.75 + 0.3 + 0.3) / 3, none, (1 + 0.375 + 0.55) / 3.
    assert_eq!(means, [Some(604_167.0), Some(450_000.0), None, Some(641_667.0)]);
    // Of five repositories in Python two are Render's, and Go has Render's only.
    let shares: Vec<_> = answer.lists.iter().map(|list| list.render_adoption_percentage).collect();
    assert_eq!(shares, [Some(40.0), Some(0.0), Some(100.0), Some(100.0)]);
    assert!(rocket.render.is_none());
}

#[tokio::test]
async fn a_limit_holds_for_each_list_and_cuts_equal_ranks_by_name() {
    let answer = answer(&rich(), &Asked { limit: 2, language: None }).await;
    let lengths: Vec<_> = answer.lists.iter().map(|list| list.repositories.len()).collect();
    assert_eq!(lengths, [2, 2, 0, 2]);
    assert_eq!(answer.lists[1].repositories[1].repository, "web/twin-a");
}

#[tokio::test]
async fn a_day_of_a_clock_that_was_ahead_is_not_the_newest() {
    let mut tables = rich();
    tables.on("2031-01-01", Seen { stars: 9, ..ROCKET });
    assert_eq!(answer(&tables, &ALL).await, answer(&rich(), &ALL).await);
    let found = explained(&tables.context().await, "acme/rocket", STEPS).await.unwrap();
    assert_eq!(found, Some(one("acme/rocket").await));
}

#[tokio::test]
async fn a_language_is_chosen_in_whatever_case_and_an_unknown_one_is_refused() {
    let asked = |language: &str| Asked { limit: 10, language: Some(language.to_owned()) };
    let answer = answer(&rich(), &asked("typescript")).await;
    assert_eq!(answer.lists.iter().map(|list| list.language.as_str()).collect::<Vec<_>>(), ["TypeScript"]);
    let error = figures(&rich().context().await, &asked("Cobol")).await.unwrap_err().to_string();
    let expected =
        "no trending repository is shown under language Cobol\nhint: there are Python, TypeScript, Go, render";
    assert_eq!(error, expected);
    // A name is a text, whatever it holds.
    assert!(figures(&rich().context().await, &asked("' OR TRUE --")).await.is_err());
}

#[tokio::test]
async fn a_branch_that_failed_has_an_empty_list_that_says_when_there_last_was_any() {
    let answer = answer(&rich(), &ALL).await;
    let go = &answer.lists[2];
    assert_eq!((go.snapshot_date, go.last_seen_on, go.total_repos), (None, Some(date("2026-11-20")), 0));
    let run = go.run.as_ref().unwrap();
    assert_eq!(
        (run.run_id.as_str(), run.requests, run.tasks.len(), run.tasks[0].is_successful),
        ("run-7", 3, 1, false)
    );
}

#[tokio::test]
async fn a_branch_of_no_language_is_told_of_where_it_found_nothing() {
    let mut tables = rich();
    tables.task("Machine learning", "discover", 0, 1, json!({"status": "failed"}));
    tables.task("Games", "discover", 4, 1, json!({}));
    let answer = answer(&tables, &ALL).await;
    let languages: Vec<_> = answer.lists.iter().map(|list| list.language.as_str()).collect();
    assert_eq!(languages, ["Python", "TypeScript", "Go", "Machine learning", "render"]);
}

#[tokio::test]
async fn languages_that_nobody_looks_for_are_left_out() {
    let mut tables = Tables::default();
    tables.task("Python", "discover", 0, 1, json!({}));
    let answer = answer(&tables, &ALL).await;
    assert_eq!(answer.lists.iter().map(|list| list.language.as_str()).collect::<Vec<_>>(), ["Python"]);
}

#[tokio::test]
async fn the_run_is_the_newest_complete_one_of_trending() {
    let run = answer(&rich(), &ALL).await.run.unwrap();
    assert_eq!((run.run_id.as_str(), run.tasks.len()), ("run-7", 7));
    // Requests of its seven tasks: 1 + 1 + 1 + 1 + 3 + 4 + 2.
    assert_eq!((run.requests, run.quota), (13, 13));
    assert_eq!(run.seconds, 12.4);
}

#[tokio::test]
async fn the_showcase_has_what_blueprints_say_and_which_services_are_used() {
    let answer = answer(&rich(), &ALL).await;
    let render = &answer.lists[3];
    let shop = render.repositories[2].render.as_ref().unwrap();
    assert_eq!((shop.complexity, shop.service_count, shop.has_blueprint_button), (Some(8), Some(9), false));
    assert_eq!(shop.services, ["cron", "postgres", "private", "redis", "web", "worker"]);
    assert_eq!(render.repositories[2].repo_language.as_deref(), Some("Go"), "what it is written in stays");
    let broken = render.repositories[1].render.as_ref().unwrap();
    assert_eq!((broken.complexity, broken.services.len()), (None, 0), "a broken file is no complexity of 0");
    let services = render.services.as_ref().unwrap();
    let told: Vec<_> = services.iter().map(|one| (one.service_type.as_str(), one.repos_using_service)).collect();
    assert_eq!(
        told,
        [
            ("web", 2),
            ("postgres", 2),
            ("worker", 1),
            ("cron", 1),
            ("private", 1),
            ("redis", 1),
            ("static", 0),
            ("workflow", 0)
        ]
    );
    assert_eq!((services[0].total_service_instances, services[0].avg_complexity_score), (4, Some(6.5)));
}

#[tokio::test]
async fn a_score_is_taken_apart_so_that_its_parts_make_it() {
    let rocket = one("ACME/Rocket").await;
    let momentum = &rocket.momentum;
    // 1,250 of 2,000 stars, and the first step, for 12 days.
    assert_eq!((rocket.stars, momentum.stars_most, momentum.stars_normalised), (1250, 2000, 0.625));
    assert_eq!((momentum.age_days, momentum.recency_step.as_deref()), (12, Some("up to 30 days")));
    let sum = momentum.star_weight * 0.625 + momentum.recency_weight * 1.0;
    assert_eq!((sum, momentum.momentum_score), (0.8125, 0.8125));
    assert_eq!(momentum.most_starred.as_deref(), Some("acme/most"));
    assert_eq!((rocket.rank_in_language, rocket.ranked_in_language), (Some(2), 3));
    assert_eq!((rocket.rank_overall, rocket.ranked_overall), (Some(3), 9));
}

#[tokio::test]
async fn a_velocity_says_what_it_counts_from() {
    // 75 stars in the six days since the 16th.
    let Velocity { star_velocity, stars_gained, stars_gained_in_days, .. } = one("acme/rocket").await.velocity;
    assert_eq!((star_velocity, stars_gained, stars_gained_in_days), (Some(12.5), Some(75), Some(6.0)));
    let unknown = one("web/twin-a").await.velocity;
    assert_eq!((unknown.star_velocity, unknown.stars_gained), (None, None));
}

#[tokio::test]
async fn a_step_is_told_only_where_it_gives_the_score() {
    let step = |repo: &'static str, steps| async move {
        let found = explained(&rich().context().await, repo, steps).await.unwrap().unwrap();
        found.momentum.recency_step
    };
    assert_eq!(step("acme/veteran", STEPS).await.as_deref(), Some("over 90 days"));
    assert_eq!(step("acme/most", STEPS).await.as_deref(), Some("up to 60 days"));
    // Steps that were set after the score was made.
    assert_eq!(step("acme/most", Steps { steps: &[(60, 0.6)], after: 0.01 }).await, None);
}

#[tokio::test]
async fn a_repository_that_was_not_seen_on_the_newest_day_is_told_as_of_its_own() {
    let gopher = one("old/gopher").await;
    assert_eq!((gopher.snapshot_date, gopher.stars, gopher.language.as_str()), (date("2026-11-20"), 77, "Go"));
    assert_eq!((gopher.ranked_overall, gopher.ranked_in_language, gopher.explanation), (1, 1, None));
    assert_eq!(gopher.momentum.most_starred.as_deref(), Some("old/gopher"));
}

#[tokio::test]
async fn a_history_is_all_days_oldest_first() {
    let rocket = one("acme/rocket").await;
    let days: Vec<_> = rocket.history.iter().map(|one| (one.snapshot_date, one.stars)).collect();
    assert_eq!((days.len(), days[0], days[6]), (7, (date("2026-11-14"), 1100), (date("2026-11-22"), 1250)));
}

#[tokio::test]
async fn a_blueprint_is_told_with_its_services_errors_and_scores() {
    let flask = one("render-examples/flask").await.blueprint.unwrap();
    assert_eq!((flask.blueprint_quality_score, flask.documentation_score), (Some(7), Some(10)));
    let declared: Vec<_> = flask.declared.iter().map(|one| (one.line, one.service_type.as_deref())).collect();
    assert_eq!(declared, [(Some(2), Some("web")), (Some(9), None), (Some(15), Some("postgres"))]);
    let broken = one("bob/broken").await.blueprint.unwrap();
    assert_eq!((broken.error_line, broken.error_column, broken.showcase.complexity), (Some(3), Some(14), None));
    assert!(one("acme/rocket").await.blueprint.is_none());
}

#[tokio::test]
async fn a_repository_is_found_by_its_former_name_and_an_unknown_one_is_not() {
    let context = rich().context().await;
    assert_eq!(former_name(&context, "acme/Firework").await.unwrap().as_deref(), Some("acme/rocket"));
    assert_eq!(former_name(&context, "acme/nothing").await.unwrap(), None);
    assert!(explained(&context, "acme/nothing", STEPS).await.unwrap().is_none());
}

#[tokio::test]
async fn nothing_seen_is_no_list() {
    let answer = answer(&Tables::default(), &ALL).await;
    assert_eq!((answer.lists.len(), answer.run.is_none()), (0, true));
    assert_eq!(super::terminal::answer(&answer, present()), " no trending repository was seen yet\n");
}
