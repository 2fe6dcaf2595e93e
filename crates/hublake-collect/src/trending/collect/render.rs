//! Finding Render repositories: by a `render.yaml` in their root folder, and by their topics.

mod completion;

use std::collections::{BTreeMap, HashSet};

use futures::future::{try_join, try_join_all};
use serde::Deserialize;

use self::completion::complete;
use super::RenderOptions;
use super::ask::{Asking, Kept};
use super::ledger::Ledger;
use super::query::Query;
use super::search::{Asked, CODE, Found, PER_PAGE, Search, SearchPage, page};
use crate::Result;
use crate::trending::{RENDER, RawElement, RawElementKind, is_private};

/// What code search is asked for; its hits lie in other folders too.
const WORDS: &str = "filename:render.yaml";
/// Where a hit must lie.
const PATH: &str = "render.yaml";

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
            let hit = hit.filter(|hit| hit.path == PATH && !is_private(&item.payload));
            let Some(hit) = hit else { continue };
            parts.push((Some(hit.repository.found()), "code", item.payload));
            if seen.insert(hit.repository.id) {
                hits.push(hit.repository);
            }
        }
        waiting.push(Waiting { kept: page.kept, parts });
    }
    let completed = complete(asking, ledger, hits).await;
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
