//! What hits of code search do not tell: stars, dates, and all else about their repositories.

use futures::StreamExt;
use hublake_github::{ForbiddenKind, GraphqlAnswer, GraphqlError, GraphqlRequest, Outcome};
use serde_json::value::RawValue;

use super::{HitRepository, Waiting};
use crate::events::Api;
use crate::trending::collect::ask::{Aliases, Asking, Kept, Refused};
use crate::trending::collect::details::FIGURES;
use crate::trending::collect::ledger::Ledger;
use crate::trending::collect::search::{Asked, Found};
use crate::trending::{GraphqlRepository, is_private, stream};

/// Nodes of a query at most.
const NODES: usize = 100;
/// What completed hits are called where they fail.
const SUBJECT: &str = "repositories with a render.yaml";

/// What became of a hit.
enum Completed {
    Told(Option<Found>, String),
    /// It was deleted, taken down or made private since GitHub indexed it.
    Gone,
    /// It could not be had, in words: GitHub may show it again.
    Lacking(String),
}

/// Asks about the repositories of hits. Those that could not be had are told, and the others are taken; where none of
/// several could, there is nothing to go by.
pub(super) async fn complete(asking: &Asking<'_>, ledger: &Ledger, hits: Vec<HitRepository>) -> Asked<Vec<Waiting>> {
    let count = hits.len();
    let (waiting, lacking) = match asking.run.options.api {
        Api::Graphql => by_nodes(asking, ledger, hits).await?,
        Api::Rest => by_rest(asking, ledger, hits).await?,
    };
    if let Some(first) = lacking.first() {
        if lacking.len() == count && count > 1 {
            return Err(format!("none of the {count} {SUBJECT} could be asked about, such as {first}"));
        }
        let message = format!("{} of {count} {SUBJECT} could not be asked about, such as {first}", lacking.len());
        ledger.lacks(lacking.len(), message);
    }
    Ok(waiting)
}

async fn by_nodes(
    asking: &Asking<'_>,
    ledger: &Ledger,
    hits: Vec<HitRepository>,
) -> Asked<(Vec<Waiting>, Vec<String>)> {
    let (mut waiting, mut lacking) = (Vec::new(), Vec::new());
    let mut chunks: Vec<Vec<HitRepository>> = hits.chunks(NODES).map(<[_]>::to_vec).collect();
    while let Some(chunk) = chunks.pop() {
        let query = format!(
            "query($ids:[ID!]!){{rateLimit{{cost limit remaining used resetAt}} nodes(ids:$ids){{...figures}}}} {FIGURES}"
        );
        let ids: Vec<_> = chunk.iter().map(|hit| hit.node_id.as_str()).collect();
        let request = GraphqlRequest::new(query).with_variables(serde_json::json!({ "ids": ids }));
        let answer = match asking.query(ledger, stream::RENDER_BLUEPRINTS, request).await {
            Ok(answer) => answer,
            Err(Refused::Outcome(Outcome::TooSlow { .. })) if chunk.len() > 1 => {
                ledger.retries();
                let (left, right) = chunk.split_at(chunk.len() / 2);
                chunks.extend([left.to_vec(), right.to_vec()]);
                continue;
            }
            Err(refused) => return Err(refused.message(SUBJECT)),
        };
        let mut parts = Vec::new();
        for (hit, completed) in chunk.iter().zip(nodes(&answer, &chunk)) {
            match completed {
                Completed::Told(found, payload) => parts.push((found, "node", payload)),
                Completed::Gone => {}
                Completed::Lacking(reason) => lacking.push(format!("{}: {reason}", hit.full_name)),
            }
        }
        waiting.push(Waiting { parts, kept: Kept::of_query(stream::RENDER_BLUEPRINTS, &answer) });
    }
    Ok((waiting, lacking))
}

/// What became of each hit of a query; an answer without the list of nodes tells of none.
fn nodes(answer: &GraphqlAnswer<Aliases>, chunk: &[HitRepository]) -> Vec<Completed> {
    let nodes: Vec<Option<&RawValue>> =
        answer.data.get("nodes").and_then(|nodes| serde_json::from_str(nodes).ok()).unwrap_or_default();
    let of_hit = |(place, hit): (usize, &HitRepository)| {
        let error = answer.errors.iter().find(|error| error.index_in("nodes") == Some(place));
        match (error, nodes.get(place).copied().flatten().map(RawValue::get)) {
            (None, Some(payload)) if is_private(payload) => Completed::Gone,
            (None, Some(payload)) => Completed::Told(told(hit, payload), payload.to_owned()),
            (Some(error), None) if is_gone(error) => Completed::Gone,
            (Some(error), _) => Completed::Lacking(lack(error)),
            (None, None) => Completed::Lacking(
                "GitHub left it out of its answer\nhint: run again; if it stays so, use --api rest".to_owned(),
            ),
        }
    };
    chunk.iter().enumerate().map(of_hit).collect()
}

fn is_gone(error: &GraphqlError) -> bool {
    error.is_not_found() || error.forbidden() == Some(ForbiddenKind::RepositoryBlocked)
}

fn lack(error: &GraphqlError) -> String {
    match error.forbidden() {
        Some(kind) => format!("{error}\nhint: {}", kind.hint()),
        None => format!("{error}\nhint: run again; if it stays so, use --api rest"),
    }
}

fn told(hit: &HitRepository, payload: &str) -> Option<Found> {
    let read: GraphqlRepository = serde_json::from_str(payload).ok()?;
    Some(Found {
        stars: read.stargazer_count,
        pushed_at: read.pushed_at,
        full_name: read.name_with_owner,
        has_language: read.primary_language.is_some(),
        ..hit.found()
    })
}

async fn by_rest(asking: &Asking<'_>, ledger: &Ledger, hits: Vec<HitRepository>) -> Asked<(Vec<Waiting>, Vec<String>)> {
    let ask = async |hit: HitRepository| -> Asked<(Option<Waiting>, Option<String>)> {
        let url = asking.run.client.url(&format!("repositories/{}", hit.id), &[]);
        let owner = hit.full_name.split('/').next().unwrap_or_default();
        let text = |body: &[u8]| serde_json::from_slice::<Box<RawValue>>(body);
        match asking.get(ledger, stream::RENDER_BLUEPRINTS, url, owner, text).await {
            Ok((page, raw)) => {
                let payload = Some(raw.get()).filter(|payload| !is_private(payload));
                let part =
                    |payload: &str| (Found::read(payload).or_else(|| Some(hit.found())), "node", payload.to_owned());
                let parts = payload.map(part).into_iter().collect();
                Ok((Some(Waiting { kept: Kept::of_page(stream::RENDER_BLUEPRINTS, &page), parts }), None))
            }
            Err(Refused::Outcome(Outcome::NotFound { .. } | Outcome::Blocked { .. })) => Ok((None, None)),
            // Of one repository it says nothing about the next.
            Err(refused @ (Refused::Outcome(Outcome::Forbidden { .. }) | Refused::Error(_))) => {
                Ok((None, Some(refused.message(&hit.full_name))))
            }
            Err(refused) => Err(refused.message(&hit.full_name)),
        }
    };
    let asked: Vec<Asked<_>> =
        futures::stream::iter(hits).map(ask).buffered(asking.run.options.concurrency.max(1)).collect().await;
    let (waiting, lacking): (Vec<_>, Vec<_>) = asked.into_iter().collect::<Asked<Vec<_>>>()?.into_iter().unzip();
    Ok((waiting.into_iter().flatten().collect(), lacking.into_iter().flatten().collect()))
}
