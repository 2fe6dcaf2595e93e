//! Whose traffic a file holds: by its rows, by what is said with it, by former names.

use chrono::TimeDelta;
use serde_json::json;

use super::desk::{Desk, days};

fn weeks(names: &[&str]) -> String {
    let row = |name: &&str| json!({"repo": name, "uniques": 2, "count": 5, "timestamp": "2024-03-06"});
    json!(names.iter().map(row).collect::<Vec<_>>()).to_string()
}

const DAY: &str = "2024-03-06 5/2 ?/? partial";

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_not_collected_is_told_with_the_next_step_and_the_others_are_taken() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let file = desk
        .file("traffic.csv", "date,repo,views,view_uniques\n2024-03-06,acme/unknown,9,9\n2024-03-06,acme/rocket,5,2\n");
    let ended = desk.import(&[&file]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    for part in [file.as_str(), "acme/unknown is not collected", "hint: hublake add acme/unknown"] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    assert_eq!(days(desk.hublake(), "acme/rocket"), [DAY]);

    // Once it is collected, the same file gives the rest.
    desk.scene.github.sim().world_mut().add_repository_with_id("acme/unknown", 777).expect("a new repository");
    desk.hublake().succeed(&["add", "acme/unknown"]);
    desk.import_well(&[&file]);
    assert_eq!(days(desk.hublake(), "acme/unknown"), ["2024-03-06 9/9 ?/? partial"]);
    assert_eq!(days(desk.hublake(), "acme/rocket"), [DAY]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_which_no_repository_is_collected_is_a_failure() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let file = desk.file("traffic.csv", "date,repo,views\n2024-03-06,acme/unknown,9\n");
    let ended = desk.import(&[&file]);
    assert!(ended.stderr.contains("hint: hublake add acme/unknown"), "{ended:?}");
    assert_eq!(ended.code, Some(1), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_without_an_owner_are_of_the_owner_that_is_said_or_of_the_only_one() {
    let desk = Desk::new(&["acme/rocket", "apex/rocket", "acme/quiet"]).await;
    let file = desk.file("views.json", weeks(&["rocket", "quiet", "none"]));
    let ended = desk.import(&[&file]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    for part in [
        "rocket may be acme/rocket or apex/rocket",
        "hint: say the owner: --owner ",
        "none is not collected",
        "hint: hublake add OWNER/none",
    ] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    assert_eq!(days(desk.hublake(), "acme/quiet"), [DAY]);
    assert_eq!(days(desk.hublake(), "acme/rocket").len() + days(desk.hublake(), "apex/rocket").len(), 0);

    let ended = desk.import(&["--owner", "apex", &file]);
    assert!(ended.stderr.contains("apex/quiet is not collected"), "the owner is said: {ended:?}");
    assert_eq!(days(desk.hublake(), "apex/rocket"), [DAY]);
    assert_eq!(days(desk.hublake(), "acme/rocket").len(), 0);
    desk.import(&["--owner", "ACME", &file]);
    assert_eq!(days(desk.hublake(), "acme/rocket"), [DAY], "as on GitHub, capital letters make no difference");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_names_no_repository_needs_one_said() {
    let desk = Desk::new(&["acme/rocket"]).await;
    let file = desk.file("traffic.csv", "date,views,view_uniques\n2024-03-06,5,2\n");
    let ended = desk.import(&[&file]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("the file does not say whose traffic it holds"), "{ended:?}");
    assert!(ended.stderr.contains("hint: ") && ended.stderr.contains("OWNER/NAME"), "{ended:?}");
    desk.import_well(&["--repo", "Acme/Rocket", &file]);
    assert_eq!(days(desk.hublake(), "acme/rocket"), [DAY]);

    let ended = desk.import(&["--repo", "no name", &file]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    let ended = desk.import(&["--repo", "acme/unknown", &file]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("hint: hublake add acme/unknown"), "{ended:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_name_finds_the_repository_until_another_has_it() {
    let mut desk = Desk::new(&["acme/rocket"]).await;
    desk.hublake().succeed(&["run", "traffic"]);
    desk.scene.github.sim().world_mut().rename_repository("acme/rocket", "apex/shuttle").expect("the name is free");
    desk.scene.pass(TimeDelta::minutes(5));
    desk.hublake().succeed(&["run", "traffic"]);
    let text = |views: u32| format!("date,repo,views,view_uniques\n2024-03-06,acme/rocket,{views},2\n");
    desk.import_well(&[&desk.file("old.csv", text(5))]);
    assert_eq!(days(desk.hublake(), "apex/shuttle")[0], DAY);

    desk.scene.github.sim().world_mut().add_repository_with_id("acme/rocket", 888).expect("the name is free");
    desk.hublake().succeed(&["add", "acme/rocket"]);
    desk.import_well(&[&desk.file("new.csv", text(7))]);
    assert_eq!(days(desk.hublake(), "acme/rocket"), ["2024-03-06 7/2 ?/? partial"]);
    assert_eq!(days(desk.hublake(), "apex/shuttle")[0], DAY);
}
