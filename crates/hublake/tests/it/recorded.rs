//! The main job on three real repositories: every table holds what the recorded files say.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeZone, Utc};
use serde_json::{Value, json};

use crate::github::GitHub;
use crate::program::Hublake;
use crate::truth::{Truth, backlog_tables, differences, recorded_data, recorded_histories};

/// Later than everything recorded or generated.
fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 9, 1, 12, 0, 0).single().expect("an instant")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_of_three_repositories_holds_what_their_issues_say() {
    let (github, truth, histories) = match recorded_data() {
        Some(folder) => (GitHub::recorded(&folder, now()).await, Truth::recorded(&folder), recorded_histories(&folder)),
        None => {
            eprintln!("HUBLAKE_RECORDED_DATA is not set: the tables are judged on generated issues");
            let github = GitHub::generated(3, 2_000, 7, now()).await;
            let (truth, histories) = (github.truth(), github.histories());
            (github, truth, histories)
        }
    };
    let hublake = Hublake::new(&github.url(), now());
    let names: Vec<&str> =
        truth.repositories.iter().map(|repository| repository.columns.repo_full_name.as_str()).collect();
    hublake.succeed(&[&["add"], names.as_slice()].concat());
    hublake.succeed(&["run", "issues"]);

    let mut texts = hublake.differing_tables(&truth.tables(now()));
    texts.extend(hublake.differing_tables(&backlog_tables(&histories, now())));
    texts.extend(rows_without_origin(&hublake));
    texts.extend(raw_that_differs(&hublake, &github, names[0]));
    assert!(texts.is_empty(), "{} tables differ\n{}", texts.len(), texts.join(""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_issues_served_from_the_recorded_files_are_those_of_the_files() {
    let Some(folder) = recorded_data() else {
        eprintln!("HUBLAKE_RECORDED_DATA is not set: no recorded files are served");
        return;
    };
    let served = GitHub::recorded(&folder, now()).await.truth();
    let recorded = Truth::recorded(&folder);
    let mut texts = Vec::new();
    for (served, recorded) in served.tables(now()).iter().zip(recorded.tables(now())) {
        let rows: Vec<Value> = served.rows.iter().cloned().map(Value::Object).collect();
        texts.extend(differences(&recorded, &rows));
    }
    assert!(texts.is_empty(), "{}", texts.join(""));
}

/// Every current row leads to the raw bytes it was made of, and tells when it was loaded.
fn rows_without_origin(hublake: &Hublake) -> Option<String> {
    let orphans = "
        SELECT count(*) AS orphans
        FROM stg_issue_current AS s
        LEFT JOIN raw_github_issues AS r
          ON r.repo_id = s.repo_id AND r.run_id = s.source_run_id AND r.issue_id = s.issue_id
         AND r.page_number = s.source_page_number AND r.fetched_at = s.source_recorded_at
         AND r.payload_sha256 = s.source_payload_sha256
        WHERE r.payload IS NULL OR s.record_loaded_at IS NULL";
    match hublake.try_query(orphans) {
        Ok(rows) if rows == [json!({"orphans": 0})] => None,
        found => Some(format!("rows of stg_issue_current without their raw bytes: {found:?}\n")),
    }
}

/// Raw holds what GitHub sent of one repository, byte for byte.
fn raw_that_differs(hublake: &Hublake, github: &GitHub, repository: &str) -> Option<String> {
    let sql = format!("SELECT issue_number, payload FROM raw_github_issues WHERE repo_full_name = '{repository}'");
    let mut kept = BTreeSet::new();
    let rows = match hublake.try_query(&sql) {
        Ok(rows) => rows,
        Err(text) => return Some(format!("raw_github_issues: {text}\n")),
    };
    for row in rows {
        let payload = row["payload"].as_str().unwrap_or_default().to_owned();
        kept.insert((row["issue_number"].as_i64().unwrap_or_default(), payload));
    }
    let sent: BTreeSet<(i64, String)> = github.payloads(repository).into_iter().collect();
    let numbers: Vec<i64> = kept.symmetric_difference(&sent).map(|(number, _)| *number).take(5).collect();
    (!numbers.is_empty()).then(|| format!("raw payloads of {repository} that are not what was sent: {numbers:?} ...\n"))
}
