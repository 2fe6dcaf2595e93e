//! Files with something in them that cannot be: named by file, line and column, and nothing of them taken.

use std::time::{Duration, Instant};

use serde_json::json;

use super::desk::{Desk, days};
use crate::program::Ended;

const HEADER: &str = "date,repo,views,view_uniques\n";
const GOOD: &str = "2024-03-01,acme/rocket,5,2\n2024-03-02,acme/rocket,6,3\n";
/// A refusal is a few lines, whatever is in the file.
const LONGEST: usize = 2_000;
const SLOWEST: Duration = Duration::from_secs(60);

/// A file, and what its refusal says of place and problem.
struct Fault {
    name: String,
    text: Vec<u8>,
    place: &'static str,
    problem: &'static str,
}

fn fault(name: &str, text: impl AsRef<[u8]>, place: &'static str, problem: &'static str) -> Fault {
    Fault { name: name.to_owned(), text: text.as_ref().to_owned(), place, problem }
}

/// Three hundred good rows, one that is not in line 302, and a good one again.
fn amid(name: &str, bad: &str, place: &'static str, problem: &'static str) -> Fault {
    let good = |row: u32| format!("2023-{:02}-{:02},acme/rocket,7,1\n", row / 28 + 1, row % 28 + 1);
    let rows: String = (0..300).map(good).collect();
    fault(name, format!("{HEADER}{rows}{bad}\n2024-02-01,acme/rocket,7,1\n"), place, problem)
}

fn assert_nothing(desk: &Desk) {
    for table in ["stg_traffic_daily", "mart_traffic_daily", "raw_traffic_imports", "stg_traffic_repositories"] {
        let found = desk.hublake().try_query(&format!("SELECT * FROM {table}"));
        assert!(found.as_ref().is_err_and(|text| text.contains("nothing is published yet")), "{table}: {found:?}");
    }
}

fn assert_refused(ended: &Ended, path: &str, fault: &Fault) {
    let shown: String = ended.stderr.chars().take(LONGEST).collect();
    let lines = ended.stderr.split("error: ").find(|lines| lines.contains(path)).unwrap_or_default();
    for part in [path, fault.place, fault.problem] {
        assert!(lines.contains(part), "{}: {part:?} is not in {shown}", fault.name);
    }
    assert!(lines.len() < LONGEST, "{}: {} bytes are told: {shown}", fault.name, lines.len());
}

/// Imports each file alone, and then all of them among good ones.
async fn assert_all_refused(faults: &[Fault]) {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let mut paths = Vec::new();
    for fault in faults {
        let path = desk.file(&fault.name, &fault.text);
        let started = Instant::now();
        let ended = desk.import(&["--repo", "acme/rocket", &path]);
        assert_eq!(ended.code, Some(1), "{}: {ended:?}", fault.name);
        assert_refused(&ended, &path, fault);
        assert!(started.elapsed() < SLOWEST, "{}: {:?}", fault.name, started.elapsed());
        paths.push(path);
    }
    assert_nothing(&desk);

    let first = desk.file("first.csv", format!("{HEADER}{GOOD}"));
    let last = desk.file("last.csv", format!("{HEADER}2024-03-01,acme/quiet,9,9\n"));
    let mut arguments = vec!["--repo", "acme/rocket", &first];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.push(&last);
    let ended = desk.import(&arguments);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    for (fault, path) in faults.iter().zip(&paths) {
        assert_refused(&ended, path, fault);
    }
    let rocket = days(desk.hublake(), "acme/rocket");
    assert_eq!(rocket, ["2024-03-01 5/2 ?/? partial", "2024-03-02 6/3 ?/? partial"]);
    assert_eq!(days(desk.hublake(), "acme/quiet"), ["2024-03-01 9/9 ?/? partial"]);
    let sql = "SELECT DISTINCT file_name AS name FROM raw_traffic_imports ORDER BY 1";
    assert_eq!(desk.hublake().query(sql), [json!({"name": "first.csv"}), json!({"name": "last.csv"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn csv_files_with_a_fault_are_refused_whole_and_the_others_are_taken() {
    let unknown_column = "date,repo,views,bots\n2024-03-01,acme/rocket,1,1\n";
    assert_all_refused(&[
        fault("column.csv", unknown_column, "line 1, column 4 (bots)", "is not known"),
        amid("date.csv", "01.03.2024,acme/rocket,1,1", "line 302, column 1 (date)", "\"01.03.2024\" is no date"),
        amid("no-such-day.csv", "2023-02-29,acme/rocket,1,1", "line 302, column 1 (date)", "is no date"),
        amid("negative.csv", "2024-01-01,acme/rocket,-1,1", "line 302, column 3 (views)", "\"-1\" is no count"),
        amid("many.csv", "2024-01-01,acme/rocket,many,1", "line 302, column 3 (views)", "is no count"),
        amid("to-come.csv", "2027-01-01,acme/rocket,1,1", "line 302, column 1 (date)", "has not been yet"),
        amid("long-ago.csv", "1999-01-01,acme/rocket,1,1", "line 302, column 1 (date)", "before GitHub"),
        amid("visitors.csv", "2024-01-01,acme/rocket,1,2", "line 302, column 4 (view_uniques)", "more visitors"),
        amid("short.csv", "2024-01-01,acme/rocket", "line 302, column 3", "the row has 2 fields"),
        amid("wide.csv", "2024-01-01,acme/rocket,1,1,1", "line 302, column 5", "the row has 5 fields"),
        amid("repo.csv", "2024-01-01,../rocket,1,1", "line 302, column 2 (repo)", "is no name of a repository"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_absurd_are_refused_soon_and_in_few_words() {
    let junk: Vec<u8> = (0..200_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let latin = [HEADER.as_bytes(), b"2024-03-01,acme/r\xf6cket,1,1\n"].concat();
    let long_field = format!("2024-01-01,\"{}\",1,1", "y".repeat(10_000_000));
    assert_all_refused(&[
        amid("line.csv", &"x".repeat(300_000), "line 302, column 1", "longer than"),
        amid("field.csv", &long_field, "line 302, column 2", "longer than"),
        fault("token.json", format!("[{{\"repo\":\"{}", "z".repeat(1_000_000)), "views or clones", "hint: "),
        fault("views.json", format!("[{{\"repo\":\"{}", "z".repeat(1_000_000)), "line 1, column", "longer than"),
        fault("empty.csv", "", "the file is empty", "hint: "),
        fault("blank.csv", "\n\n  \n", "", "hint: "),
        fault("letter.csv", "Dear all,\nthe traffic was fine.\n", "line 1, column 1", "is not known"),
        fault("junk.csv", junk, "", ""),
        fault("zeros.csv", vec![0; 100_000], "", ""),
        fault("ghstats.db", b"SQLite format 3\0and nothing more", "", "hint: "),
        fault("latin.csv", latin, "line 2, column 2", "is not UTF-8"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arrays_with_a_fault_are_refused_whole_and_the_others_are_taken() {
    let row = "{\"repo\":\"rocket\",\"uniques\":1,\"count\":1,\"timestamp\":\"2024-03-01\"}";
    let negative = "[{\"repo\":\"rocket\",\"uniques\":1,\n\"count\":-1,\"timestamp\":\"2024-03-01\"}]";
    let to_come = format!("[{row},\n{}]", row.replace("2024", "2031"));
    assert_all_refused(&[
        fault("1/views.json", format!("[\n{row},\n{{\"bots\":1}}]"), "line 3, column ", "unknown field `bots`"),
        fault("2/views.json", format!("[\n{row},\n{{\"repo\":\"roc"), "line 3, column ", "EOF"),
        fault("3/views.json", "[]\n[]\nthe end", "line 3, column ", "expected"),
        fault("4/clones.json", negative, "line 2, column ", "-1"),
        fault("5/clones.json", to_come, "line 2, column ", "has not been yet"),
    ])
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_and_a_file_that_is_not_there_are_named_and_the_others_are_taken() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let good = desk.file("folder/good.csv", format!("{HEADER}{GOOD}"));
    let folder = desk.path("folder").display().to_string();
    let missing = desk.path("missing.csv").display().to_string();
    let ended = desk.import(&[&folder, &missing]);
    assert_eq!(ended.stderr.matches("No such file").count(), 1, "nothing is said twice: {ended:?}");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    for path in [&folder, &missing] {
        assert!(ended.stderr.contains(&format!("error: cannot read {path}: ")), "{ended:?}");
    }
    assert_nothing(&desk);
    let ended = desk.import(&[&folder, &good, &missing]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(days(desk.hublake(), "acme/rocket").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_files_is_wrong_usage() {
    let desk = Desk::new(&["acme/rocket"]).await;
    assert_eq!(desk.import(&[]).code, Some(2));
}
