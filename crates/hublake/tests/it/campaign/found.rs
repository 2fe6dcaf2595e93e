//! What the campaign found, each with a test of its own.

use chrono::TimeDelta;
use rstest::rstest;
use serde_json::json;

use crate::scene::{REPOSITORY, Scene};

#[rstest]
#[case::by_graphql("graphql")]
#[case::by_rest("rest")]
#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_the_second_in_which_its_issue_was_read_is_found_by_the_next_run(#[case] api: &str) {
    let mut scene = Scene::published(&[5]).await;
    scene.pass(TimeDelta::hours(1));
    scene.github.sim().world_mut().edit_issue(REPOSITORY, 2, "another title").expect("it is there");
    // The list and the events were read; GitHub's times are whole seconds.
    scene.github.sim().on_request(2, |world| world.close_issue(REPOSITORY, 2).expect("it is there"));
    scene.run_well(&["--api", api]);
    scene.run_well(&["--api", api]);
    let sql = "SELECT event_type FROM stg_issue_events WHERE issue_number = 2 ORDER BY event_type";
    assert_eq!(scene.hublake.query(sql), [json!({"event_type": "closed"}), json!({"event_type": "renamed"})]);
    let sql = "SELECT state, source FROM stg_issue_state_intervals WHERE issue_number = 2 AND valid_to IS NULL";
    assert_eq!(scene.hublake.query(sql), [json!({"state": "closed", "source": "events"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_issue_does_not_tell_where_a_missing_one_went() {
    let mut scene = Scene::published(&[5]).await;
    scene.pass(TimeDelta::hours(1));
    scene.github.sim().world_mut().delete_issue(REPOSITORY, 2).expect("it is there");
    scene.github.sim().set_faults(["/repositories/501/issues/2 next:1 wrong-shape".parse().expect("a fault")]);
    scene.run_well(&[]);
    let sql = "SELECT issue_number, reason, moved_to FROM stg_issue_departures";
    let expected = json!({"issue_number": 2, "reason": "deleted", "moved_to": null});
    assert_eq!(scene.hublake.query(sql), [expected]);
}
