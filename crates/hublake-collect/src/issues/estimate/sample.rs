//! How long the answers will take that a long run mostly waits for.

use std::time::Instant;

use chrono::DateTime;
use hublake_github::{Decoded, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, Request};
use serde::Deserialize;
use serde_json::json;

use super::{Estimate, Measured};
use crate::Result;
use crate::element::divide;
use crate::events::{EVENTS_QUERY, instant};
use crate::issues::repository::Repository;
use crate::issues::{Run, Target};
use crate::raw_writer::RawSender;

/// A run of more requests than this is worth two more.
const FROM_REQUESTS: u32 = 40;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    rate_limit: Option<GraphqlRateLimit>,
}

impl GraphqlData for Answer {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        self.rate_limit
    }
}

/// Asks for one page, and for the events of its items, of the repository that takes most. What is not answered is
/// not measured.
pub(super) async fn sample(
    run: &Run<'_>,
    sender: &RawSender,
    estimates: &[Estimate],
    measured: &mut Measured,
) -> Result<()> {
    let requests: u32 = estimates.iter().map(|one| one.total().requests - one.total().not_modified).sum();
    let Some(most) = estimates.iter().max_by_key(|one| one.total().requests) else { return Ok(()) };
    if requests <= FROM_REQUESTS {
        return Ok(());
    }
    let (repo_id, full_name) = (most.repo_id, most.full_name.clone());
    let (owner, name) = most.full_name.split_once('/').unwrap_or_default();
    let target = Target { repo_id, full_name, cursor: None, events_cursor: None };
    let url = Repository::new(run, sender.clone(), target).probe_url();
    let sent_at = Instant::now();
    let elements = match run.client.get_decoded(Request::new(url).for_owner(owner), divide).await {
        Ok(Decoded::Page(page, elements)) => {
            measured.spent += page.spent;
            measured.pages.push(sent_at.elapsed());
            elements
        }
        Ok(Decoded::Other(outcome)) => {
            measured.spent += outcome.spent();
            return Ok(());
        }
        Err(error) => return unmeasured(&error),
    };
    let ids: Vec<String> = elements.into_iter().filter_map(|element| element.node_id).collect();
    if most.events.graphql_requests == 0 || ids.is_empty() {
        return Ok(());
    }
    let since = instant(DateTime::UNIX_EPOCH);
    let variables = json!({ "owner": owner, "name": name, "ids": ids, "first": 100, "since": since });
    let request = GraphqlRequest::new(EVENTS_QUERY).with_variables(variables).for_owner(owner);
    let sent_at = Instant::now();
    match run.client.graphql(request, |body| serde_json::from_slice::<GraphqlBody<Answer>>(body)).await {
        Ok(outcome) => {
            measured.spent += outcome.spent();
            if let GraphqlOutcome::Answer(_) = outcome {
                measured.queries.push(sent_at.elapsed());
            }
            Ok(())
        }
        Err(error) => unmeasured(&error),
    }
}

fn unmeasured(error: &hublake_github::Error) -> Result<()> {
    tracing::info!(%error, "how long an answer takes could not be measured");
    Ok(())
}
