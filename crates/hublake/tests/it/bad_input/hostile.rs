//! Titles that give orders to a terminal.

use serde_json::{Value, json};

use crate::scene::{REPOSITORY, Scene};

/// Clears the screen, renames the window, colours what follows, turns the direction of writing, goes back to the
/// beginning of the line.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;evil\u{7}\u{9b}31m\u{202e}rocket\r\u{8}";
const HARMLESS: &str = "?[2J?]0;evil??31mrocket ?";

fn assert_gives_no_orders(text: &str, what: &[&str]) {
    let is_order = |letter: char| letter != '\n' && (letter.is_control() || letter == '\u{202e}');
    assert!(!text.contains(is_order), "{what:?}: {text:?}");
}

async fn scene() -> Scene {
    let mut scene = Scene::published(&[4]).await;
    scene.pass(chrono::TimeDelta::hours(1));
    scene.github.sim().world_mut().edit_issue(REPOSITORY, 4, HOSTILE).expect("it is there");
    scene.run_well(&[]);
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_gives_no_orders_to_the_terminal() {
    let scene = scene().await;
    for arguments in [
        ["report", "issues", "--list", "oldest"].as_slice(),
        &["query", "SELECT title FROM mart_issue_lifecycle"],
        &["query", "SELECT [title] AS titles FROM mart_issue_lifecycle"],
    ] {
        let text = scene.hublake.succeed(arguments);
        assert_gives_no_orders(&text, arguments);
        assert!(text.contains(HARMLESS), "{arguments:?}: {text:?}");
        let text = scene.hublake.succeed(&[arguments, &["--format", "json"]].concat());
        assert_gives_no_orders(&text, arguments);
    }
    // The name of a column that whoever asks has made up, and the text of a failure.
    let query = format!("SELECT 1 AS \"{HOSTILE}\"");
    assert_gives_no_orders(&scene.hublake.succeed(&["query", &query]), &["an alias"]);
    let ended = scene.hublake.call(&["query", &format!("SELECT \"{HOSTILE}\"")]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_gives_no_orders(&ended.stderr, &["a failure"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_reads_on_gets_the_title_as_it_is() {
    let scene = scene().await;
    let sql = "SELECT title FROM mart_issue_lifecycle WHERE issue_number = 4";
    assert_eq!(scene.hublake.query(sql), [json!({"title": HOSTILE})]);
    let csv = scene.hublake.succeed(&["query", sql, "--format", "csv"]);
    assert_eq!(csv, format!("title\n\"{HOSTILE}\"\n"));
    let listed = scene.hublake.succeed(&["report", "issues", "--list", "oldest", "--format", "json"]);
    let rows: Vec<Value> = serde_json::from_str(&listed).expect("an array");
    assert!(rows.iter().any(|row| row["title"] == json!(HOSTILE)), "{listed}");
}
