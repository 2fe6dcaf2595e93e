//! Opening a lake and its tables.

use std::path::Path;

use hublake_lake::{Error, Lake};
use rstest::rstest;

use crate::fixture::{Fixture, ask, mart_rows, mart_spec, raw_rows, raw_spec, replace};

async fn opened(folder: &Path) -> Result<Lake, Error> {
    Lake::open(folder.to_str().unwrap()).await
}

#[rstest]
#[case::plain("lake")]
#[case::space("my lake")]
#[case::url_letters("a#b?c&d=e+f;g")]
#[case::other_letters("Köln 東京")]
#[case::nested("a/b/c")]
#[tokio::test]
async fn a_lake_works_in_a_folder_of_any_name(#[case] name: &str) {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join(name);
    let lake = opened(&folder).await.unwrap();

    let mut raw = lake.table(&raw_spec(4)).await.unwrap();
    raw.append(vec![raw_rows(0, 1, 0..3)], &[]).await.unwrap();
    let mut mart = lake.table(&mart_spec()).await.unwrap();
    replace(&mut mart, &[1], mart_rows([(1, 10)])).await;
    replace(&mut mart, &[1], mart_rows([(1, 11)])).await;

    assert_eq!(ask(raw.snapshot(), "SELECT sum(run_seq) FROM t").await, ["3"]);
    let by_url = Lake::open(lake.root().as_str()).await.unwrap();
    let snapshot = by_url.snapshot("mart_things", None).await.unwrap().unwrap();
    assert_eq!(ask(&snapshot, "SELECT sum(number) FROM t").await, ["11"]);
    assert_eq!(by_url.table_names().await.unwrap(), ["mart_things", "raw_things"]);
}

#[tokio::test]
async fn a_folder_with_a_percent_sign_is_refused() {
    let parent = tempfile::tempdir().unwrap();

    let error = opened(&parent.path().join("100%")).await.unwrap_err();

    assert!(matches!(&error, Error::Url { reason, .. } if reason.contains('%')), "{error}");
    assert!(!parent.path().join("100%").exists());
}

#[tokio::test]
async fn only_tables_are_listed() {
    let fixture = Fixture::new().await;
    assert!(fixture.lake.table_names().await.unwrap().is_empty());
    std::fs::create_dir_all(fixture.folder.path().join("lost+found/x")).unwrap();
    std::fs::write(fixture.folder.path().join("lost+found/x/y"), "").unwrap();
    fixture.lake.table(&raw_spec(4)).await.unwrap();

    assert_eq!(fixture.lake.table_names().await.unwrap(), ["raw_things"]);
}

#[tokio::test]
async fn a_newer_format_is_refused() {
    let fixture = Fixture::new().await;
    std::fs::write(fixture.folder.path().join("_hublake.json"), "{\"format\":2,\"more\":true}").unwrap();

    let error = opened(fixture.folder.path()).await.unwrap_err();

    assert!(matches!(&error, Error::NewerFormat { found: 2, known: 1, .. }), "{error}");
    assert!(error.to_string().contains("hint: "), "{error}");
}

#[rstest]
#[case::empty("")]
#[case::not_json("format 1")]
#[case::no_format("{}")]
#[case::no_number("{\"format\":\"1\"}")]
#[tokio::test]
async fn a_marker_that_cannot_be_read_is_refused_and_not_overwritten(#[case] text: &str) {
    let fixture = Fixture::new().await;
    let marker = fixture.folder.path().join("_hublake.json");
    std::fs::write(&marker, text).unwrap();

    let error = opened(fixture.folder.path()).await.unwrap_err().to_string();

    assert!(error.contains("_hublake.json") && error.contains("hint: "), "{error}");
    assert_eq!(std::fs::read_to_string(marker).unwrap(), text);
}

#[rstest]
#[case::object_store("s3://bucket/prefix")]
#[case::another_machine("file://elsewhere/lake")]
#[case::unparsable("file://[")]
#[tokio::test]
async fn an_address_that_is_no_folder_is_refused(#[case] location: &str) {
    let error = Lake::open(location).await.unwrap_err();

    assert!(matches!(&error, Error::Url { url, .. } if url == location), "{error}");
}

#[tokio::test]
async fn a_file_in_the_place_of_the_lake_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lake");
    std::fs::write(&file, "").unwrap();

    let error = opened(&file).await.unwrap_err();

    assert!(matches!(error, Error::Url { .. }), "{error}");
}

#[rstest]
#[case::parent("../secrets")]
#[case::nested("a/b")]
#[case::empty("")]
#[tokio::test]
async fn a_name_that_leads_out_of_the_lake_is_refused(#[case] name: &str) {
    let fixture = Fixture::new().await;
    let mut spec = mart_spec();
    spec.name = name.to_owned();

    assert!(matches!(fixture.lake.snapshot(name, None).await, Err(Error::Unusable { .. })));
    assert!(matches!(fixture.lake.table(&spec).await, Err(Error::Unusable { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_that_make_the_same_table_at_once_all_get_it() {
    for _ in 0..5 {
        let fixture = Fixture::new().await;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let lake = fixture.lake.clone();
            tasks.spawn(async move { lake.table(&mart_spec()).await.unwrap().snapshot().version });
        }
        assert_eq!(tasks.join_all().await, [0; 6]);
    }
}
