//! Traffic written as the files of traffic-stats, and read again.

use std::path::Path;

use serde_json::Value;

use super::desk::{Desk, days, folder, import_well};
use super::sheet;
use crate::program::Hublake;

/// Views, unique visitors, clones and unique cloners of every day that has any of them, by repository and day.
fn numbers(hublake: &Hublake) -> Vec<Value> {
    hublake.query(
        "SELECT repo_full_name, calendar_date, views, view_uniques, clones, clone_uniques FROM mart_traffic_daily
         WHERE views IS NOT NULL OR view_uniques IS NOT NULL OR clones IS NOT NULL OR clone_uniques IS NOT NULL
         ORDER BY 1, 2",
    )
}

fn header(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().next().expect("a header").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exported_has_the_headers_of_traffic_stats_and_imported_it_is_the_same_numbers() {
    let desk = Desk::new(&["acme/rocket", "acme/quiet", "acme/none"]).await;
    let text = "date,repo,views,view_uniques,clones,clone_uniques\n\
        2024-03-01,acme/rocket,5,2,3,1\n2024-03-02,acme/rocket,6,,,\n2024-03-04,acme/rocket,,,7,4\n\
        2024-03-05,acme/rocket,0,0,0,0\n2024-03-06,acme/rocket,8,3,1,1\n\
        2024-03-01,acme/quiet,1,1,0,0\n2024-03-02,acme/quiet,2,1,0,0\n2024-03-03,acme/quiet,3,1,0,0\n";
    desk.import_well(&[&desk.file("days.csv", text)]);
    let out = folder();
    let told = desk.hublake().succeed(&["export", "traffic-stats", "--to", &out.path().display().to_string()]);
    assert!(told.contains("8 days"), "{told}");

    let (stats, repositories) = (out.path().join("repostats.csv"), out.path().join("repositories.csv"));
    assert_eq!(header(&stats), "RID,TDATE,VIEWCOUNT,VUNIQUES,CLONECOUNT,CUNIQUES");
    assert_eq!(header(&repositories), "RID,ORGNAME,REPONAME");
    let mut names: Vec<String> = sheet::read(&repositories)
        .iter()
        .map(|row| format!("{} {} {}", row["RID"], row["ORGNAME"], row["REPONAME"]))
        .collect();
    names.sort();
    assert_eq!(names, ["501 acme rocket", "502 acme quiet"]);
    let columns = ["RID", "TDATE", "VIEWCOUNT", "VUNIQUES", "CLONECOUNT", "CUNIQUES"];
    let lines: Vec<String> =
        sheet::read(&stats).iter().map(|row| columns.map(|column| row[column].as_str()).join(",")).collect();
    let expected = [
        "501,2024-03-01,5,2,3,1",
        "501,2024-03-02,6,,,",
        "501,2024-03-04,,,7,4",
        "501,2024-03-05,0,0,0,0",
        "501,2024-03-06,8,3,1,1",
        "502,2024-03-01,1,1,0,0",
        "502,2024-03-02,2,1,0,0",
        "502,2024-03-03,3,1,0,0",
    ];
    assert_eq!(lines, expected);

    let fresh = desk.another();
    import_well(&fresh, &[&stats.display().to_string(), &repositories.display().to_string()]);
    assert_eq!(numbers(&fresh), numbers(desk.hublake()));
    assert!(days(&fresh, "acme/rocket").contains(&"2024-03-03 ?/? ?/? not collected".to_owned()));

    // Read back into the home that it came from it changes nothing.
    let before = numbers(desk.hublake());
    desk.import_well(&[&stats.display().to_string()]);
    assert_eq!(numbers(desk.hublake()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_traffic_there_is_nothing_to_export_and_no_file_is_made() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let out = folder();
    let to = out.path().join("out");
    let ended = desk.hublake().call(&["export", "traffic-stats", "--to", &to.display().to_string()]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains(" is published yet") && ended.stderr.contains("hint: "), "{ended:?}");
    assert!(!to.join("repostats.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn days_of_uniques_alone_are_exported_too() {
    let desk = Desk::new(&["acme/rocket"]).await;
    desk.import_well(&[&desk.file("days.csv", "date,repo,view_uniques\n2024-03-01,acme/rocket,5\n")]);
    let out = folder();
    desk.hublake().succeed(&["export", "traffic-stats", "--to", &out.path().display().to_string()]);
    let rows = sheet::read(&out.path().join("repostats.csv"));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["VUNIQUES"], "5");
}
