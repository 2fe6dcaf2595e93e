//! Every table and view against what the repositories say.

use chrono::TimeDelta;
use github_sim::{NewCommit, SimOptions, TrendingOptions, World};
use rstest::rstest;
use serde_json::json;

use super::blueprints::{ANCHORS, BROKEN, SPREAD, STATIC_SITE, WEB_AND_DATABASE};
use super::rules::Rules;
use super::stage::{Stage, at, noon};
use super::world::{Plot, build, closed};

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_publishes_what_the_repositories_say() {
    let mut stage = Stage::town().await;
    stage.run();
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn generated_repositories_of_every_kind_are_published_as_they_are() {
    let mut world = World::new(noon());
    let options = TrendingOptions { per_language: 13, render: 20, seed: 3, ..TrendingOptions::default() };
    world.generate_trending(&options);
    let rules = Rules { excluded_owners: vec!["vercel"], employee_owners: vec!["studio-001"], ..Rules::of_default() };
    let mut stage = Stage::of(world, rules, SimOptions::default()).await;
    stage.run();
    stage.assert_true();
    stage.pass(TimeDelta::days(3));
    stage.run();
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn several_runs_a_day_leave_the_last_of_each_and_rank_all_of_the_day() {
    // The second is found at one in the morning for the last time, and ranked with those of the evening.
    let mut stage = Stage::town().await;
    stage.run_at(at(9, 3, 1, 0));
    stage.go_to(at(9, 3, 14, 0));
    stage.change(|world| {
        world.star(702u64, 40).expect("it is there");
        world.star(701u64, 3_000).expect("it is there");
        world.set_language(709u64, Some("Perl")).expect("it is there");
        world.set_pushed_at(712u64, at(7, 1, 0, 0)).expect("it is there");
        world.set_description(708u64, Some("Changed at two")).expect("it is there");
    });
    stage.run();
    stage.run_at(at(9, 3, 23, 59));
    stage.assert_true();
    let sql = "SELECT repo_id, CAST(seen_at AS VARCHAR) AS seen_at FROM fact_repo_snapshots
        WHERE snapshot_date = '2026-09-03' AND repo_id IN (709, 712)";
    let rows = stage.scene.hublake.query(sql);
    let is_of_the_night = |row: &serde_json::Value| row["seen_at"].as_str().is_some_and(|text| text.contains("01:00"));
    assert!(rows.len() == 2 && rows.iter().all(is_of_the_night), "{rows:?}");
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn a_dockerfile_that_is_named_counts_from_the_run_that_first_finds_it(#[case] api: &str) {
    let mut world = World::new(noon());
    build(&mut world, &Plot { id: 1, name: "acme/boxes", language: Some("Go"), age: 400, pushed: 300, stars: [9, 1] });
    world.set_file(1u64, "render.yaml", SPREAD).expect("a file");
    let mut stage = Stage::of(world, Rules::of_default(), SimOptions::default()).await;
    let complexity = |stage: &Stage| {
        let rows = stage.scene.hublake.query("SELECT render_complexity_score AS score FROM stg_render_enrichment");
        rows[0]["score"].as_i64()
    };
    stage.run_with(&["--api", api]);
    // Two services of two types.
    assert_eq!(complexity(&stage), Some(4));

    // What is not there is looked for with what is asked each time.
    stage.pass(TimeDelta::hours(1));
    let requests = stage.run_with(&["--api", api]);
    let of = |part: &str| requests.iter().filter(|one| one.target.contains(part)).count();
    let expected = if api == "rest" { (0, 1, 0) } else { (2, 0, 0) };
    assert_eq!((of("/graphql"), of("/contents"), of("/contents/")), expected);

    let files =
        [("jobs/deep/Dockerfile", "ENV HOST=$RENDER_EXTERNAL_HOSTNAME\n"), ("web.Dockerfile", "# render.com\n")];
    for _ in 0..2 {
        for ((path, text), score) in files.into_iter().zip([5, 6]) {
            stage.pass(TimeDelta::hours(1));
            stage.change(|world| world.set_file(1u64, path, text).expect("a file"));
            stage.run_with(&["--api", api]);
            assert_eq!(complexity(&stage), Some(score), "{path}");
        }
        // What is there is read once.
        stage.pass(TimeDelta::hours(1));
        stage.run_with(&["--api", api]);
        let sql = "SELECT count(*) AS files FROM raw_github_files WHERE run_seq = (SELECT max(run_seq) FROM raw_runs)";
        assert_eq!(stage.scene.hublake.query(sql), [json!({"files": 0})]);
        stage.pass(TimeDelta::hours(1));
        stage.change(|world| files.iter().for_each(|(path, _)| world.remove_file(1u64, path).expect("it is there")));
        stage.run_with(&["--api", api]);
        assert_eq!(complexity(&stage), Some(4), "they are gone");
    }
    stage.assert_true();
}

/// What people do in the town from day to day.
fn live(world: &mut World, day: i64) {
    let now = world.now();
    let star = |world: &mut World, id: u64, count: u32| world.star(id, count).expect("it is there");
    let file = |world: &mut World, id: u64, path: &str, text: &str| world.set_file(id, path, text).expect("a file");
    star(world, 701, 5 + u32::try_from(day).expect("a small number") * 11);
    star(world, 714, 3);
    world.add_commit(702u64, &NewCommit::by("ann", now - TimeDelta::hours(2))).expect("it is there");
    match day {
        1 => {
            world.set_description(701u64, Some("A kit")).expect("it is there");
            file(world, 702, "readme.MD", "# Snake, shorter\n");
            file(world, 705, "render.yaml", STATIC_SITE);
            closed(world, 702, 1, TimeDelta::hours(3), TimeDelta::hours(3), false);
        }
        2 => {
            // Back to what it was: a version of its own.
            world.set_description(701u64, Some("What acme/flask-kit is for")).expect("it is there");
            world.remove_file(719u64, "README.md").expect("it is there");
            file(world, 719, "Dockerfile", "FROM scratch\n");
            world.set_topics(701u64, &["render-blueprint"]).expect("it is there");
            file(world, 707, "package.json", "{\"dependencies\": {\"next\": \"16.1.0\"}}");
            file(world, 718, "render.yaml", ANCHORS);
        }
        4 => {
            world.rename_repository("acme/busy", "busybody/busy").expect("it is there");
            world.remove_file(710u64, "render.yaml").expect("it is there");
            world.set_topics(717u64, &["links"]).expect("it is there");
            file(world, 701, "render.yaml", BROKEN);
            world.unstar(711u64, (now - TimeDelta::days(6)).date_naive(), 7).expect("they are there");
        }
        8 => {
            world.delete_repository(715u64).expect("it is there");
            file(world, 701, "render.yaml", WEB_AND_DATABASE);
            world.set_language(712u64, Some("Python")).expect("it is there");
            let plot =
                Plot { id: 730, name: "acme/flashy", language: Some("Go"), age: 3, pushed: 0, stars: [80, 9_000] };
            build(world, &plot);
        }
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_snapshots_and_velocities_follow_the_repositories_over_two_weeks() {
    let mut stage = Stage::town().await;
    stage.run();
    // A run fell out on several days, and the month has none between the 16th and the next.
    for day in [1, 2, 4, 8, 9, 30] {
        stage.go_to(noon() + TimeDelta::days(day));
        stage.change(|world| live(world, day));
        stage.run();
        if [2, 8, 30].contains(&day) {
            stage.assert_true();
        }
    }
}
