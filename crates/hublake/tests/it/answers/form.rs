//! The forms of answers: JSON is one array and nothing else, CSV and Parquet are read by others.

use std::fs::File;
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde_json::{Value, json};

use crate::scene::{REPOSITORY, Scene};

fn array(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("no array of JSON ({error}): {text}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_one_array_on_stdout_and_nothing_else() {
    let scene = Scene::new(&[12, 3]).await;
    scene.add_all();
    for arguments in [
        ["run", "issues"].as_slice(),
        &["run", "issues"],
        &["report", "issues"],
        &["report", "issues", "--list", "oldest"],
        &["list"],
        &["runs"],
        &["audit", "list"],
        &["query", "SELECT * FROM mart_issue_lifecycle"],
        &["query", "SHOW TABLES"],
        &["query", "DESCRIBE mart_issue_lifecycle"],
        &["query", "EXPLAIN SELECT 1"],
    ] {
        let stdout = scene.hublake.succeed(&[arguments, &["--format", "json"]].concat());
        let rows = array(&stdout);
        assert!(!rows.is_empty() && rows.iter().all(Value::is_object), "{arguments:?}: {stdout}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_rows_are_an_empty_array() {
    let scene = Scene::new(&[0]).await;
    for arguments in [["list", "--format=json"], ["runs", "--format=json"]] {
        assert_eq!(scene.hublake.succeed(&arguments).trim(), "[]", "{arguments:?}");
    }
    scene.add_all();
    scene.run_well(&[]);
    for arguments in [
        ["query", "SELECT * FROM mart_issue_lifecycle"].as_slice(),
        &["query", "SELECT 1 WHERE FALSE"],
        &["report", "issues", "--list", "opened"],
        &["report", "issues", "--list", "closed"],
        &["report", "issues", "--list", "oldest"],
    ] {
        let stdout = scene.hublake.succeed(&[arguments, &["--format", "json"]].concat());
        assert_eq!(stdout.trim(), "[]", "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_which_nothing_is_published_answers_an_empty_array() {
    let scene = Scene::new(&[3]).await;
    scene.add_all();
    scene.github.sim().set_faults(["*/issues always status:401".parse().expect("a fault")]);
    let (ended, _) = scene.run(&["--format", "json"]);
    assert_eq!((ended.code, ended.stdout.trim()), (Some(1), "[]"), "{}", ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_instants_nulls_and_lists_have_the_agreed_form() {
    let scene = Scene::published(&[4]).await;
    let sql = "SELECT created_date, created_at, closed_at, label_names, is_open, closure_age_days
               FROM mart_issue_lifecycle WHERE issue_number IN (3, 4) ORDER BY issue_number";
    assert_eq!(
        scene.hublake.query(sql),
        [
            json!({
                "created_date": "2026-08-31", "created_at": "2026-08-31T11:00:00Z",
                "closed_at": "2026-08-31T11:00:00Z", "label_names": ["bug"], "is_open": false, "closure_age_days": 0.0,
            }),
            json!({
                "created_date": "2026-08-31", "created_at": "2026-08-31T12:00:00Z",
                "closed_at": null, "label_names": ["bug"], "is_open": true, "closure_age_days": null,
            }),
        ]
    );
    let listed = array(&scene.hublake.succeed(&["list", "--format", "json"]));
    assert_eq!(
        listed,
        [json!({
            "repo_id": 501, "repository": "acme/rocket", "is_private": false, "is_archived": false,
            "newest_issue_update": "2026-08-31T12:00:00Z", "state": "published", "traffic_state": "not collected yet",
        })]
    );
    let fractions = "SELECT TIMESTAMP '2026-01-31T12:00:00.250Z' AS at, CAST(NULL AS VARCHAR) AS nothing";
    assert_eq!(scene.hublake.query(fractions), [json!({"at": "2026-01-31T12:00:00.250Z", "nothing": null})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_has_a_header_also_without_rows() {
    let scene = Scene::published(&[4]).await;
    let csv = |sql: &str| scene.hublake.succeed(&["query", sql, "--format", "csv"]);
    let sql = "SELECT issue_number, title, created_at, closed_at, label_names FROM mart_issue_lifecycle
               WHERE issue_number = 4";
    let header = "issue_number,title,created_at,closed_at,label_names\n";
    assert_eq!(csv(sql), format!("{header}4,issue 4,2026-08-31T12:00:00Z,,[bug]\n"));
    assert_eq!(csv(&sql.replace("= 4", "= 99")), header);
    assert_eq!(csv("SELECT 'a,\"b\"' AS quoted"), "quoted\n\"a,\"\"b\"\"\"\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn parquet_is_a_file_that_others_read() {
    let scene = Scene::published(&[7]).await;
    let path = scene.hublake.working_folder().join("lifecycle.parquet");
    let sql = "SELECT * FROM mart_issue_lifecycle";
    let output = scene
        .hublake
        .command(&["query", sql, "--format", "parquet"])
        .stdout(File::create(&path).expect("a file"))
        .status()
        .expect("it starts");
    assert!(output.success());
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(&path).expect("a file")).expect("Parquet");
    let names: Vec<String> = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    assert_eq!(names[..5], ["repo_id", "repo_full_name", "repo_owner", "repo_name", "issue_id"]);
    let rows: usize = reader.build().expect("rows").map(|batch| batch.expect("rows").num_rows()).sum();
    assert_eq!(rows, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_no_table_refuses_csv_with_what_it_can_write() {
    let scene = Scene::new(&[]).await;
    for arguments in [["list", "--format=csv"], ["runs", "--format=parquet"]] {
        let ended = scene.hublake.call(&arguments);
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains("written as table or json"), "{}", ended.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn as_of_reads_what_was_published_then() {
    let mut scene = Scene::published(&[5]).await;
    let first_day = scene.now();
    scene.pass(TimeDelta::days(2));
    scene.github.sim().world_mut().edit_issue(REPOSITORY, 2, "another title").expect("it is there");
    scene.github.sim().world_mut().close_issue(REPOSITORY, 4).expect("it is there");
    scene.run_well(&[]);
    let title = |as_of: &str| {
        let sql = "SELECT title FROM stg_issue_current WHERE issue_number = 2";
        let stdout = scene.hublake.succeed(&["query", sql, "--as-of", as_of, "--format", "json"]);
        array(&stdout)[0]["title"].as_str().map(str::to_owned)
    };
    let later = first_day + TimeDelta::days(1);
    assert_eq!(title(&later.to_rfc3339()).as_deref(), Some("issue 2"));
    assert_eq!(title(&first_day.to_rfc3339()).as_deref(), Some("issue 2"));
    assert_eq!(title(&scene.now().to_rfc3339()).as_deref(), Some("another title"));
    let ended = scene.hublake.call(&["query", "SELECT 1", "--as-of", "2020-01-01"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("nothing was published at 2020-01-01 00:00:00 UTC"), "{}", ended.stderr);
    // Dense views end on the day that is asked for.
    let sql = "SELECT max(calendar_date) AS last_day FROM mart_issue_daily_flow";
    let stdout = scene.hublake.succeed(&["query", sql, "--as-of", &later.to_rfc3339(), "--format", "json"]);
    assert_eq!(array(&stdout), [json!({"last_day": "2026-09-02"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_goes_away_is_no_failure() {
    let scene = Scene::published(&[60]).await;
    for arguments in [
        "query 'SELECT * FROM mart_issue_lifecycle, mart_issue_daily_flow'",
        "query --format json 'SELECT * FROM mart_issue_lifecycle, mart_issue_daily_flow'",
        "query --format csv 'SELECT * FROM mart_issue_lifecycle, mart_issue_daily_flow'",
        "query --format parquet 'SELECT * FROM mart_issue_lifecycle, mart_issue_daily_flow'",
        "report issues",
        "report issues --format json",
        "list",
        "runs --format json",
        "plan issues",
        "audit list",
        "run issues --full --format json",
        "run issues --full 2>&1",
    ] {
        // The reader is gone before the first byte comes.
        let script = format!("{{ \"$0\" {arguments}; echo \"code $?\" >&3; }} 3>&2 | true");
        let command = scene.hublake.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(command.get_program()).env_clear();
        shell.current_dir(scene.hublake.working_folder()).stdin(Stdio::null());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = shell.output().expect("the shell starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            said.contains("code 0") && !said.contains("panicked") && !said.contains("error"),
            "{arguments}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_written_is_a_failure() {
    let scene = Scene::published(&[2]).await;
    for arguments in [["query", "SELECT 1"].as_slice(), &["list"], &["report", "issues"]] {
        let full = File::options().write(true).open("/dev/full").expect("a device that is always full");
        let output = scene.hublake.command(arguments).stdout(full).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains("error: ") && !said.contains("panicked"), "{arguments:?}: {said}");
    }
}
