//! What goes wrong outside: it is told, and the rest is published.

use chrono::TimeDelta;
use github_sim::{LimitOptions, RequestRecord, SimOptions, Token, World};
use rstest::rstest;
use serde_json::{Value, json};

use super::assert_says;
use super::blueprints::WEB_AND_DATABASE;
use super::rules::{Language, Rules};
use super::stage::{Stage, noon, rules};
use super::stored::stored;
use super::world::{Plot, build, town};

/// Python alone, so that it is known what is asked for when.
fn python() -> Rules {
    Rules { languages: vec![Language::of("Python")], topics: Vec::new(), code_hits: 0, ..Rules::of_default() }
}

fn two_of_python() -> World {
    let mut world = World::new(noon());
    for (id, name, stars) in [(1, "acme/stays", [300, 7]), (2, "acme/goes", [200, 14])] {
        build(&mut world, &Plot { id, name, language: Some("Python"), age: 20, pushed: 1, stars });
    }
    world
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn a_repository_deleted_between_search_and_details_is_seen_and_told(#[case] api: &str) {
    let options = ["--api", api];
    let mut stage = Stage::of(two_of_python(), python(), SimOptions::default()).await;
    // Nothing is asked for but a search, and then the details.
    let undisturbed = Stage::of(two_of_python(), python(), SimOptions::default()).await;
    let (_, requests) = undisturbed.try_run(&options);
    let is_search = |one: &RequestRecord| one.target.starts_with("/search/");
    let searches: Vec<u64> = requests.iter().filter(|one| is_search(one)).map(|one| one.number).collect();
    let [search] = searches[..] else { panic!("one search was expected: {requests:?}") };
    // The answer to the search is made, and not sent yet.
    stage.scene.github.sim().on_request(search, |world| world.delete_repository(2u64).expect("it is there"));
    // What it was is noted before it goes.
    let look = stage.note();
    for seen in look.seen.iter_mut().filter(|seen| seen.truth.id == 2) {
        (seen.has_files, seen.has_activity) = (false, false);
    }
    let (ended, _) = stage.try_run(&options);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let sql = "SELECT repo_id, stars, commits_last_7_days AS commits, readme_sha256 AS readme
        FROM stg_repos_validated ORDER BY 1";
    let row = |id: i64, stars: i64, commits: Option<i64>| json!({"repo_id": id, "stars": stars, "commits": commits, "readme": null});
    assert_eq!(stage.scene.hublake.query(sql), [row(1, 307, Some(0)), row(2, 214, None)]);
    let sql = "SELECT sum(failed) AS failed FROM raw_run_tasks WHERE task = 'details' AND message LIKE '%acme/goes%'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"failed": 1})]);

    // It is not found any more.
    stage.pass(TimeDelta::days(1));
    stage.run_with(&options);
    let sql = "SELECT repo_id FROM fact_repo_snapshots WHERE snapshot_date = '2026-09-03'";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"repo_id": 1})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_repository_goes_on_under_its_new_name() {
    let mut stage = Stage::of(two_of_python(), python(), SimOptions::default()).await;
    stage.run();
    stage.pass(TimeDelta::days(1));
    stage.change(|world| world.rename_repository("acme/goes", "other/went").expect("it is there"));
    stage.run();
    // Another takes the name.
    stage.pass(TimeDelta::days(1));
    stage.change(|world| {
        build(world, &Plot { id: 3, name: "acme/goes", language: Some("Python"), age: 1, pushed: 0, stars: [1, 0] });
    });
    stage.run();
    stage.assert_true();
    let sql = "SELECT repo_full_name, count(*) AS days FROM analytics_repo_history GROUP BY 1 ORDER BY 1";
    let row = |name: &str, days: i64| json!({"repo_full_name": name, "days": days});
    let expected = [row("acme/goes", 1), row("acme/stays", 3), row("other/went", 3)];
    assert_eq!(stage.scene.hublake.query(sql), expected);
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn a_readme_is_found_in_any_case_and_one_that_is_no_text_is_told(#[case] api: &str) {
    let mut world = World::new(noon());
    for (id, path, bytes) in [
        (1, "ReadMe.MD", Some(b"# Mixed\n".to_vec())),
        (2, "docs/README.md", Some(b"# Elsewhere\n".to_vec())),
        (3, "README.md", Some(b"# Gr\xfc\xdfe\n".to_vec())),
        (4, "README.rst", Some("Über\n====\n".as_bytes().to_vec())),
        (5, "README.md", None),
        (6, "README.md", Some([b"text".as_slice(), &[0, 1, 2, 255]].concat())),
        (7, "README.md", Some("long ".repeat(250_000).into_bytes())),
        (8, "README.md", Some("\u{1f40d}".repeat(6_000).into_bytes())),
        (9, "README.md", Some(Vec::new())),
    ] {
        let name = format!("acme/python-{id}");
        let stars = [u32::try_from(id).expect("a small id") * 10, 0];
        build(&mut world, &Plot { id, name: &name, language: Some("Python"), age: 40, pushed: 9, stars });
        if let Some(bytes) = bytes {
            world.set_file(id, path, bytes).expect("a file");
        }
    }
    let mut stage = Stage::of(world, python(), SimOptions::default()).await;
    stage.run_with(&["--api", api]);
    let sql = "SELECT repo_id, left(readme_content, 9) AS begins, character_length(readme_content) AS length
        FROM analytics_trending_repos_current WHERE readme_content <> '' ORDER BY repo_id";
    let rows = stage.scene.hublake.query(sql);
    let row = |id: i64, begins: &str, length: i64| json!({"repo_id": id, "begins": begins, "length": length});
    let snakes = "\u{1f40d}".repeat(9);
    let mut expected = vec![row(1, "# Mixed\n", 8), row(4, "Über\n====", 10), row(8, &snakes, 5_000)];
    // A text of more than a megabyte may be left out, if that is said.
    if rows.iter().any(|row| row["repo_id"] == 7) {
        expected.insert(2, row(7, "long long", 5_000));
    }
    assert_eq!(rows, expected);
    let told = "SELECT repo_id FROM raw_github_files WHERE role = 'readme' AND problem IS NOT NULL ORDER BY 1";
    let told: Vec<i64> = stage.scene.hublake.query(told).iter().filter_map(|row| row["repo_id"].as_i64()).collect();
    assert!(told.starts_with(&[3, 6]), "{told:?}");
    // An empty one is a text; of one that is none, or not there, nothing is shown.
    let sql = "SELECT repo_id, readme_content AS content, readme_sha256 AS hash FROM dim_repositories
        WHERE repo_id IN (3, 5, 6, 9) ORDER BY repo_id";
    let row =
        |id: i64, content: Option<&str>, hash: Option<&str>| json!({"repo_id": id, "content": content, "hash": hash});
    let expected = [
        // printf '# Gr\xfc\xdfe\n' | git hash-object --stdin | tr -d '\n' | sha256sum
        row(3, None, Some("658d8e018956ec1115f1009f12f0c75eae006d9f3f5e0b57c3ba814d81824b8c")),
        row(5, None, None),
        // printf 'text\0\1\2\xff' | git hash-object --stdin | tr -d '\n' | sha256sum
        row(6, None, Some("05aa966fab4c9adc7964c06661d4fed1df6e5d9aa34a51d8477ac2c1b810248f")),
        // printf '' | sha256sum
        row(9, Some(""), Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")),
    ];
    assert_eq!(stage.scene.hublake.query(sql), expected);
    // What cannot be read is not asked for again each time.
    stage.pass(TimeDelta::hours(1));
    stage.run_with(&["--api", api]);
    let files = "SELECT count(*) AS files FROM raw_github_files WHERE run_id = 'run-00000002'";
    assert_eq!(stage.scene.hublake.query(files), [json!({"files": 0})]);
}

/// A list of a list of a list, nine times ten of each.
fn bomb() -> String {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = format!("*a{}", level - 1);
        text.push_str(&format!("a{level}: &a{level} [{}]\n", [before.as_str(); 10].join(", ")));
    }
    text + "services: *a8\n"
}

#[rstest]
#[case::graphql("graphql")]
#[case::rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn a_render_yaml_of_a_megabyte_a_bomb_and_no_text_are_told_in_their_rows(#[case] api: &str) {
    let comment = "# a line that says nothing\n";
    let long = format!("{}{WEB_AND_DATABASE}", comment.repeat(1_000_000 / comment.len() - 20));
    let too_long = comment.repeat(1_300_000 / comment.len());
    let mut world = World::new(noon());
    for (id, bytes) in [
        (1, bomb().into_bytes()),
        (2, long.into_bytes()),
        (3, too_long.into_bytes()),
        (4, b"services: [\xff\xfe]\n".to_vec()),
        (5, b"services:\n  - {type: lambda, name: what}\n  - {type: web, name: site, runtime: go}\n".to_vec()),
        (6, WEB_AND_DATABASE.as_bytes().to_vec()),
    ] {
        let name = format!("acme/deployed-{id}");
        let stars = [u32::try_from(id).expect("a small id") * 10, 0];
        build(&mut world, &Plot { id, name: &name, language: Some("Ruby"), age: 40, pushed: 9, stars });
        world.set_file(id, "render.yaml", bytes).expect("a file");
        world.set_topics(id, &["render-blueprint"]).expect("it is there");
    }
    let stage = Stage::of(world, Rules::of_default(), SimOptions::default()).await;
    let (ended, _) = stage.try_run(&["--api", api]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let sql = "SELECT repo_id, service_count AS services, parse_error IS NOT NULL AS is_told
        FROM stg_render_enrichment WHERE repo_id <> 5 ORDER BY 1";
    let row =
        |id: i64, services: Option<i64>| json!({"repo_id": id, "services": services, "is_told": services.is_none()});
    let expected = [row(1, None), row(2, Some(2)), row(3, None), row(4, None), row(6, Some(2))];
    assert_eq!(stage.scene.hublake.query(sql), expected);
    let sql = "SELECT service_name, service_type, written_type, problem IS NOT NULL AS is_told FROM stg_render_services
        WHERE repo_id = 5 ORDER BY line";
    let row = |name: &str, kind: Option<&str>, written: &str, is_told: bool| json!({"service_name": name, "service_type": kind, "written_type": written, "is_told": is_told});
    let expected = [row("what", None, "lambda", true), row("site", Some("web"), "web", false)];
    assert_eq!(stage.scene.hublake.query(sql), expected);
    let sql = "SELECT warning_count > 0 AS warned FROM stg_render_enrichment WHERE repo_id = 5";
    assert_eq!(stage.scene.hublake.query(sql), [json!({"warned": true})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_search_is_left_it_is_told_and_the_next_run_finds_all() {
    let limits = LimitOptions { search: 2, ..LimitOptions::default() };
    let mut stage = Stage::of(town(noon()), rules(), SimOptions { limits, ..SimOptions::default() }).await;
    stage.scene.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", "0");
    let (ended, requests) = stage.try_run(&[]);
    assert_says(&ended, 3, &["search", "hint: "]);
    let searches = requests.iter().filter(|one| one.target.starts_with("/search/repositories")).count();
    assert!(searches <= 5, "who has none left does not go on asking: {searches}");
    let sql = "SELECT count(*) AS failed FROM raw_run_tasks WHERE status = 'failed' AND message IS NOT NULL";
    assert!(stage.scene.hublake.query(sql)[0]["failed"].as_i64().is_some_and(|failed| failed > 0), "{ended:?}");

    stage.scene.github.sim().set_limits(LimitOptions::default());
    stage.pass(TimeDelta::days(1));
    let sql = "SELECT count(*) AS found FROM fact_repo_snapshots WHERE snapshot_date = '2026-09-03'";
    stage.run();
    let everything = stage.chronicle().snapshots().into_values().map(|day| day.len()).sum::<usize>();
    assert_eq!(stage.scene.hublake.query(sql), [json!({"found": everything})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_told_and_what_was_published_stays() {
    let token = Token { expires_at: Some(noon() + TimeDelta::hours(1)), ..Token::new("ghp_short") };
    let options = SimOptions { tokens: vec![token], accept_unlisted_tokens: false, ..SimOptions::default() };
    let mut stage = Stage::of(town(noon()), rules(), options).await;
    stage.scene.hublake.set("GITHUB_TOKEN", "ghp_short");
    stage.run();
    let before = stored(&stage.scene.hublake);
    stage.pass(TimeDelta::hours(2));
    let (ended, requests) = stage.try_run(&[]);
    assert_says(&ended, 1, &["GitHub does not accept the token", "\nhint: it may have expired"]);
    assert!(requests.len() <= 7, "a refused token is not tried again: {}", requests.len());
    assert_eq!(stored(&stage.scene.hublake), before);
    assert!(stage.scene.hublake.call(&["report", "trending"]).code == Some(0), "the report goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_branch_that_fails_it_is_said_and_the_others_are_published() {
    let mut stage = Stage::of(town(noon()), rules(), SimOptions::default()).await;
    stage.faults(&["/search/code always status:422"]);
    let (ended, _) = stage.try_run(&[]);
    assert_says(&ended, 3, &["render: search for", "GitHub will not answer it", "hint: "]);
    stage.note().failed.insert("render".to_owned());
    stage.assert_true();
    let sql =
        "SELECT branch, status, message IS NOT NULL AS is_told FROM raw_run_tasks WHERE task = 'discover' ORDER BY 1";
    let row = |branch: &str, status: &str| json!({"branch": branch, "status": status, "is_told": status == "failed"});
    let mut expected = ["Go", "Python", "TypeScript"].map(|branch| row(branch, "success")).to_vec();
    expected.push(row("render", "failed"));
    assert_eq!(stage.scene.hublake.query(sql), expected);

    // The next run finds all; the one after it fails again, and what was of Render stays so.
    stage.pass(TimeDelta::hours(2));
    stage.faults(&[]);
    stage.run();
    stage.assert_true();
    stage.pass(TimeDelta::days(1));
    stage.faults(&["/search/code always status:422"]);
    let (ended, _) = stage.try_run(&[]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    stage.note().failed.insert("render".to_owned());
    stage.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_incomplete_is_asked_again_and_one_that_stays_so_is_told() {
    let incomplete = |stage: &Stage| -> Vec<Value> {
        let sql = "SELECT branch, is_incomplete FROM raw_run_tasks WHERE task = 'discover' AND run_seq =
            (SELECT max(run_seq) FROM raw_run_tasks) AND CAST(is_incomplete AS BIGINT) = 1 ORDER BY 1";
        stage.scene.hublake.query(sql).iter().map(|row| row["branch"].clone()).collect()
    };
    let mut stage = Stage::of(town(noon()), rules(), SimOptions::default()).await;
    stage.faults(&["/search/code next:1 incomplete"]);
    stage.run();
    stage.assert_true();
    assert_eq!(incomplete(&stage), Vec::<Value>::new());

    stage.pass(TimeDelta::days(1));
    stage.faults(&["/search/code always incomplete"]);
    let (ended, requests) = stage.try_run(&[]);
    assert!(matches!(ended.code, Some(0 | 3)), "{ended:?}");
    assert!(ended.stdout.contains("had not looked everywhere"), "{}", ended.stdout);
    let asked = requests.iter().filter(|one| one.target.starts_with("/search/code")).count();
    assert!((2..=4).contains(&asked), "{asked} times");
    assert_eq!(incomplete(&stage), ["render"]);
}
