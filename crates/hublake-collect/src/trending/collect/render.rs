//! Finding Render repositories: by a `render.yaml` in their root folder, and by their topics.

use std::collections::{BTreeMap, HashSet};

use futures::future::{try_join, try_join_all};
use hublake_github::{GraphqlRequest, Outcome};
use serde::Deserialize;

use super::RenderOptions;
use super::ask::{Asking, Kept, Refused};
use super::details::FIGURES;
use super::ledger::Ledger;
use super::query::Query;
use super::search::{Asked, CODE, Found, PER_PAGE, Search, SearchPage, page};
use crate::Result;
use crate::events::Api;
use crate::trending::{GraphqlRepository, RENDER, RawElement, RawElementKind, stream};

/// What code search is asked for; its hits lie in other folders too.
const WORDS: &str = "filename:render.yaml";
/// Where a hit must lie.
const PATH: &str = "render.yaml";
/// Nodes of a query at most.
const NODES: usize = 100;

/// A hit of code search.
#[derive(Deserialize)]
struct Hit {
    path: String,
    repository: HitRepository,
}

#[derive(Clone, Deserialize)]
struct HitRepository {
    id: i64,
    node_id: String,
    full_name: String,
}

/// An answer that is kept once it is known what of it is taken.
struct Waiting {
    kept: Kept,
    parts: Vec<(Option<Found>, &'static str, String)>,
}

/// Finds them; answers are kept in any case.
pub(super) async fn discover(
    asking: &Asking<'_>,
    ledger: &Ledger,
    branch_id: i64,
    options: &RenderOptions,
) -> Result<Asked<Vec<Found>>> {
    let (by_code, by_topics) = try_join(by_code(asking, ledger, options), by_topics(asking, ledger, options)).await?;
    let (waiting, failure) = match (by_code, by_topics) {
        (Ok(by_code), Ok(by_topics)) => (by_code.into_iter().chain(by_topics).collect::<Vec<_>>(), None),
        (by_code, by_topics) => {
            let failure = by_code.as_ref().err().or(by_topics.as_ref().err()).cloned();
            (by_code.unwrap_or_default().into_iter().chain(by_topics.unwrap_or_default()).collect(), failure)
        }
    };
    let taken = most_starred(asking, &waiting, options.limit);
    for Waiting { kept, parts } in waiting {
        asking.tell(branch_id, parts.len(), None);
        let element = |(found, found_by, payload): (Option<Found>, &'static str, String)| RawElement {
            repo_id: found.as_ref().map(|found| found.repo_id).unwrap_or_default(),
            kind: RawElementKind::Repository {
                branch: RENDER.to_owned(),
                found_by,
                // What cannot be read is for decoding to reject, with the reason.
                is_taken: found.as_ref().is_none_or(|found| taken.iter().any(|one| one.repo_id == found.repo_id)),
            },
            repo_full_name: found.map(|found| found.full_name).unwrap_or_default(),
            payload: Some(payload),
        };
        asking.keep(kept, parts.into_iter().map(element).collect()).await?;
    }
    Ok(match failure {
        Some(message) => Err(message),
        None => Ok(taken),
    })
}

/// Each repository once, those with the most stars.
fn most_starred(asking: &Asking<'_>, waiting: &[Waiting], limit: usize) -> Vec<Found> {
    let mut merged: BTreeMap<i64, Found> = BTreeMap::new();
    let complete = waiting.iter().flat_map(|waiting| &waiting.parts).filter(|(_, found_by, _)| *found_by != "code");
    for found in complete.filter_map(|(found, ..)| found.as_ref()) {
        if !asking.run.options.is_excluded(found.owner()) {
            let known = merged.entry(found.repo_id).or_insert_with(|| found.clone());
            if found.pushed_at > known.pushed_at {
                *known = found.clone();
            }
        }
    }
    let mut merged: Vec<Found> = merged.into_values().collect();
    merged.sort_by_key(|found| (std::cmp::Reverse(found.stars), found.repo_id));
    merged.truncate(limit);
    merged
}

async fn by_topics(asking: &Asking<'_>, ledger: &Ledger, options: &RenderOptions) -> Result<Asked<Vec<Waiting>>> {
    let of_topic = async |topic: &String| -> Result<Asked<Vec<Waiting>>> {
        let mut search = Search::new(asking, ledger, Query::of_topic(topic, asking.run.options), options.limit);
        let mut waiting = Vec::new();
        loop {
            match search.next().await? {
                Ok(Some(pages)) => waiting.extend(pages.into_iter().map(of_topic_page)),
                Ok(None) => return Ok(Ok(waiting)),
                Err(message) => return Ok(Err(message)),
            }
        }
    };
    let found: Asked<Vec<_>> = try_join_all(options.topics.iter().map(of_topic)).await?.into_iter().collect();
    Ok(found.map(|found| found.into_iter().flatten().collect()))
}

fn of_topic_page(page: SearchPage) -> Waiting {
    let parts = page.items.into_iter().map(|item| (item.found, "topic", item.payload));
    Waiting { kept: page.kept, parts: parts.collect() }
}

/// Hits of code search tell no stars and no dates, so each repository among them is asked for.
async fn by_code(asking: &Asking<'_>, ledger: &Ledger, options: &RenderOptions) -> Result<Asked<Vec<Waiting>>> {
    let pages = match code_pages(asking, ledger, options.code_hits).await? {
        Ok(pages) => pages,
        Err(message) => return Ok(Err(message)),
    };
    let mut waiting = Vec::new();
    let mut hits: Vec<HitRepository> = Vec::new();
    let mut seen = HashSet::new();
    let mut left = options.code_hits;
    for page in pages {
        let mut parts = Vec::new();
        for item in page.items.into_iter().take(left) {
            left -= 1;
            let hit: Option<Hit> = serde_json::from_str(&item.payload).ok();
            let Some(hit) = hit.filter(|hit| hit.path == PATH) else { continue };
            parts.push((Some(hit.repository.found()), "code", item.payload));
            if seen.insert(hit.repository.id) {
                hits.push(hit.repository);
            }
        }
        waiting.push(Waiting { kept: page.kept, parts });
    }
    let completed = match asking.run.options.api {
        Api::Graphql => by_nodes(asking, ledger, hits).await,
        Api::Rest => by_rest(asking, ledger, hits).await,
    };
    Ok(completed.map(|completed| waiting.into_iter().chain(completed).collect()))
}

async fn code_pages(asking: &Asking<'_>, ledger: &Ledger, hits: usize) -> Result<Asked<Vec<SearchPage>>> {
    let count = hits.div_ceil(PER_PAGE);
    let per_page = hits.div_ceil(count.max(1));
    let mut pages = Vec::new();
    for number in 1..=count {
        match page(asking, ledger, &CODE, WORDS, (per_page, number)).await? {
            Ok(page) => {
                let is_last = page.items.len() < per_page;
                pages.push(page);
                if is_last {
                    break;
                }
            }
            Err(message) => return Ok(Err(message)),
        }
    }
    Ok(Ok(pages))
}

impl HitRepository {
    fn found(&self) -> Found {
        Found {
            repo_id: self.id,
            node_id: self.node_id.clone(),
            full_name: self.full_name.clone(),
            stars: 0,
            pushed_at: None,
            has_language: true,
        }
    }
}

async fn by_nodes(asking: &Asking<'_>, ledger: &Ledger, hits: Vec<HitRepository>) -> Asked<Vec<Waiting>> {
    let mut waiting = Vec::new();
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
            Err(refused) => return Err(refused.message("repositories with a render.yaml")),
        };
        let nodes: Vec<Option<&serde_json::value::RawValue>> =
            answer.data.get("nodes").and_then(|nodes| serde_json::from_str(nodes).ok()).unwrap_or_default();
        // A hit without a node was deleted since GitHub indexed it.
        let parts = chunk.iter().zip(nodes).filter_map(|(hit, node)| {
            let payload = node?.get();
            Some((completed(hit, payload), "node", payload.to_owned()))
        });
        waiting.push(Waiting { parts: parts.collect(), kept: Kept::of_query(stream::RENDER_BLUEPRINTS, &answer) });
    }
    Ok(waiting)
}

fn completed(hit: &HitRepository, payload: &str) -> Option<Found> {
    let read: GraphqlRepository = serde_json::from_str(payload).ok()?;
    Some(Found {
        stars: read.stargazer_count,
        pushed_at: read.pushed_at,
        full_name: read.name_with_owner,
        has_language: read.primary_language.is_some(),
        ..hit.found()
    })
}

async fn by_rest(asking: &Asking<'_>, ledger: &Ledger, hits: Vec<HitRepository>) -> Asked<Vec<Waiting>> {
    use futures::StreamExt;
    let ask = async |hit: HitRepository| -> Asked<Option<Waiting>> {
        let url = asking.run.client.url(&format!("repositories/{}", hit.id), &[]);
        let owner = hit.full_name.split('/').next().unwrap_or_default();
        let text = |body: &[u8]| serde_json::from_slice::<Box<serde_json::value::RawValue>>(body);
        match asking.get(ledger, stream::RENDER_BLUEPRINTS, url, owner, text).await {
            Ok((page, raw)) => {
                let found = Found::read(raw.get()).or_else(|| Some(hit.found()));
                let parts = vec![(found, "node", raw.get().to_owned())];
                Ok(Some(Waiting { kept: Kept::of_page(stream::RENDER_BLUEPRINTS, &page), parts }))
            }
            Err(Refused::Outcome(Outcome::NotFound { .. } | Outcome::Blocked { .. })) => Ok(None),
            Err(refused) => Err(refused.message(&hit.full_name)),
        }
    };
    let asked: Vec<Asked<Option<Waiting>>> =
        futures::stream::iter(hits).map(ask).buffered(asking.run.options.concurrency.max(1)).collect().await;
    Ok(asked.into_iter().collect::<Asked<Vec<_>>>()?.into_iter().flatten().collect())
}
