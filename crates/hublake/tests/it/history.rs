//! The hourly history of a repository, replayed: after every hour the published state is that hour's.

mod document;
mod made_up;
mod replay;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;

use crate::github::GitHub;
use crate::program::Hublake;
use crate::truth::{Expected, Issue, Repository, Truth, differences, recorded_data};
use replay::Replay;

const REPOSITORY: &str = "bitcoin-core/gui";
const REPOSITORY_ID: i64 = 272_700_405;

/// After how many steps all tables are judged, not only the state of every issue.
const STEPS_BETWEEN_FULL_JUDGEMENTS: usize = 20;

/// The state of every issue with its labels in one answer, so that a step costs one query.
const STATE: &str = "
SELECT i.issue_number, i.title, i.state, i.created_at, i.updated_at, i.closed_at, i.is_pull_request, i.comment_count,
       coalesce(l.label_names, '') AS label_names
FROM stg_issue_current AS i
LEFT JOIN (
    SELECT repo_id, issue_number, string_agg(label_name, '|' ORDER BY label_name) AS label_names
    FROM stg_issue_labels
    GROUP BY repo_id, issue_number
) AS l ON l.repo_id = i.repo_id AND l.issue_number = i.issue_number
ORDER BY i.issue_number";

/// A row of that answer.
#[derive(Serialize)]
struct StateRow {
    issue_number: i64,
    title: String,
    state: String,
    created_at: chrono::DateTime<chrono::Utc>,
    updated_at: chrono::DateTime<chrono::Utc>,
    closed_at: Option<chrono::DateTime<chrono::Utc>>,
    is_pull_request: bool,
    comment_count: i64,
    label_names: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn after_every_hour_of_the_history_the_published_state_is_that_hours() {
    let replay = match recorded_data() {
        Some(folder) => Replay::recorded(&folder),
        None => {
            eprintln!("HUBLAKE_RECORDED_DATA is not set: a history made by hand is replayed");
            Replay::made_up()
        }
    };
    let first = replay.steps.first().expect("a history has steps").at - TimeDelta::hours(1);
    let github = GitHub::with_repository(REPOSITORY_ID, REPOSITORY, first, &replay.beginning).await;
    let mut hublake = Hublake::new(&github.url(), first);
    hublake.succeed(&["add", REPOSITORY]);
    hublake.succeed(&["run", "issues"]);

    let mut objects: BTreeMap<i64, Value> = BTreeMap::new();
    let number_of = |object: &Value| object["number"].as_i64().expect("an issue has a number");
    objects.extend(replay.beginning.iter().map(|object| (number_of(object), object.clone())));
    assert_eq!(differing(&hublake, &objects), None, "at the beginning");

    let last = replay.steps.len() - 1;
    for (index, step) in replay.steps.iter().enumerate() {
        github.set_now(step.at);
        for object in &step.changed {
            github.put(REPOSITORY, object);
            objects.insert(number_of(object), object.clone());
        }
        hublake.set_now(step.at);
        hublake.succeed(&["run", "issues"]);
        assert_eq!(differing(&hublake, &objects), None, "step {index} at {}", step.at);
        if index % STEPS_BETWEEN_FULL_JUDGEMENTS == 0 || index == last {
            let texts = hublake.differing_tables(&truth(&objects).tables(step.at));
            assert!(texts.is_empty(), "step {index} at {}\n{}", step.at, texts.join(""));
        }
    }
}

fn truth(objects: &BTreeMap<i64, Value>) -> Truth {
    Truth { repositories: vec![Repository::from_rest(REPOSITORY_ID, REPOSITORY, objects.values())] }
}

fn differing(hublake: &Hublake, objects: &BTreeMap<i64, Value>) -> Option<String> {
    let rows: Vec<StateRow> = objects.values().map(|object| state_row(&Issue::from_rest(object))).collect();
    let expected = Expected::of("state of every issue", &["issue_number"], &rows);
    differences(&expected, &hublake.query(STATE))
}

fn state_row(issue: &Issue) -> StateRow {
    StateRow {
        issue_number: issue.number,
        title: issue.title.clone(),
        state: issue.state.clone(),
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        closed_at: issue.closed_at,
        is_pull_request: issue.is_pull_request,
        comment_count: issue.comment_count,
        label_names: issue.label_names().join("|"),
    }
}
