//! Where a value is from stays known.

use std::process::Command;

use serde_json::{Value, json};

use super::desk::Desk;
use super::twice::one_of_each;

/// The SHA-256 of a file as the system tells it; none where it has no tool for it.
fn sha256(file: &str) -> Option<String> {
    let output = Command::new("sha256sum").arg(file).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.split(' ').next()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kept_value_names_its_file_and_every_standing_value_its_source() {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let files = one_of_each(&desk).await;
    let mut arguments = vec!["--owner", "acme"];
    arguments.extend(files.iter().map(String::as_str));
    desk.import_well(&arguments);

    let sql = "SELECT DISTINCT file_name, file_sha256, format FROM raw_traffic_imports ORDER BY 1";
    let found = desk.hublake().query(sql);
    let mut expected: Vec<(String, &str, Option<String>)> = Vec::new();
    for (file, format) in files.iter().zip([
        "github-repo-stats",
        "github-repo-stats",
        "github-repo-stats",
        "ghstats",
        "traffic-stats",
        "",
        "json-arrays",
        "csv",
    ]) {
        let name = file.rsplit('/').next().expect("a name").to_owned();
        if !format.is_empty() {
            expected.push((name, format, sha256(file)));
        }
    }
    expected.sort();
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (row, (name, format, sha256)) in found.iter().zip(expected) {
        assert_eq!((row["file_name"].as_str(), row["format"].as_str()), (Some(name.as_str()), Some(format)));
        assert!(sha256.is_none_or(|sha256| row["file_sha256"] == sha256), "{row}");
    }

    let sql = "SELECT repo_id, day, views_source AS views, clones_source AS clones FROM stg_traffic_daily
        WHERE repo_id = 501 AND day IN ('2024-03-09', '2024-03-31', '2025-03-02', '2025-03-03')
           OR repo_id = 502 AND day = '2025-05-04' ORDER BY 1, 2";
    let row = |id: u64, day: &str, views: &str, clones: Value| json!({"repo_id": id, "day": day, "views": views, "clones": clones});
    let expected = [
        row(501, "2024-03-09", "ghstats", json!("ghstats")),
        row(501, "2024-03-31", "github-repo-stats", json!("github-repo-stats")),
        row(501, "2025-03-02", "traffic-stats", json!("traffic-stats")),
        row(501, "2025-03-03", "traffic-stats", Value::Null),
        row(502, "2025-05-04", "csv", Value::Null),
    ];
    assert_eq!(desk.hublake().query(sql), expected);
}
