//! A history made by hand, for where no recorded one is at hand.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::document::{close, reopen};
use super::replay::{Replay, Step};

impl Replay {
    /// A small history made by hand: opened, labelled, retitled, closed, reopened, labels taken away.
    pub fn made_up() -> Self {
        let at = |hour: i64| DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hour);
        let label = |id: i64, name: &str| json!({"id": id, "name": name, "color": "ededed", "default": false});
        let mut issues: Vec<Value> = (1..=30).map(|number| made_up_issue(number, at(number))).collect();
        issues[4]["pull_request"] = json!({"url": "https://api.github.com/repos/bitcoin-core/gui/pulls/5"});
        let beginning = issues.clone();

        let mut steps: Vec<Step> = Vec::new();
        let mut step = |hour: i64, changes: &mut dyn FnMut(&mut Vec<Value>), numbers: &[usize]| {
            let updated_at = at(hour) - TimeDelta::minutes(20);
            changes(&mut issues);
            for number in numbers {
                issues[number - 1]["updated_at"] = json!(updated_at);
            }
            let changed = numbers.iter().map(|number| issues[number - 1].clone()).collect();
            steps.push(Step { at: at(hour), changed });
        };
        step(40, &mut |issues| issues[0]["labels"] = json!([label(1, "bug"), label(2, "ui")]), &[1]);
        step(41, &mut |issues| issues[1]["title"] = json!("another title — ☃"), &[2]);
        step(42, &mut |issues| close(&mut issues[0], at(41)), &[1]);
        step(43, &mut |issues| issues.push(made_up_issue(31, at(42))), &[31]);
        step(70, &mut |issues| reopen(&mut issues[0]), &[1]);
        step(71, &mut |issues| issues[0]["labels"] = json!([label(2, "ui")]), &[1, 5, 30]);
        step(72, &mut |issues| issues[0]["labels"] = json!([]), &[1]);
        step(95, &mut |issues| close(&mut issues[0], at(94)), &[1]);
        Self { beginning, steps }
    }
}

/// An open issue without labels.
pub fn made_up_issue(number: i64, created_at: DateTime<Utc>) -> Value {
    let url = format!("https://api.github.com/repos/bitcoin-core/gui/issues/{number}");
    json!({
        "id": 50_000 + number, "node_id": format!("I_{number}"), "number": number, "title": format!("issue {number}"),
        "url": url, "repository_url": "https://api.github.com/repos/bitcoin-core/gui",
        "labels_url": format!("{url}/labels{{/name}}"), "comments_url": format!("{url}/comments"),
        "events_url": format!("{url}/events"), "timeline_url": format!("{url}/timeline"),
        "html_url": format!("https://github.com/bitcoin-core/gui/issues/{number}"),
        "user": {"login": "ann", "id": 7, "node_id": "U_7", "type": "User", "site_admin": false},
        "labels": [], "state": "open", "state_reason": null, "locked": false, "active_lock_reason": null,
        "assignee": null, "assignees": [], "milestone": null, "comments": 0, "created_at": created_at,
        "updated_at": created_at, "closed_at": null, "closed_by": null, "author_association": "NONE", "body": "text",
        "performed_via_github_app": null,
    })
}
