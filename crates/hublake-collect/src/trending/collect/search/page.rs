//! One page of a search.

use hublake_github::Outcome;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Asked, Found};
use crate::Result;
use crate::trending::collect::ask::{Asking, Kept, Refused};
use crate::trending::collect::ledger::Ledger;
use crate::trending::stream;

/// How often results that GitHub calls incomplete are asked for.
const ATTEMPTS: u32 = 3;

/// A page of results.
pub(in crate::trending::collect) struct SearchPage {
    pub(in crate::trending::collect) kept: Kept,
    pub(in crate::trending::collect) items: Vec<SearchItem>,
    pub(in crate::trending::collect) remaining: Option<u32>,
    pub(super) total_count: usize,
    is_incomplete: bool,
}

/// A result.
pub(in crate::trending::collect) struct SearchItem {
    /// As it came.
    pub(in crate::trending::collect) payload: String,
    /// The repository; none where it cannot be told, or in the results of code search.
    pub(in crate::trending::collect) found: Option<Found>,
    /// Whether it is the first time within the search, within its limit, and of no excluded owner.
    pub(in crate::trending::collect) is_new: bool,
}

#[derive(Deserialize)]
struct Body<'a> {
    total_count: usize,
    incomplete_results: bool,
    #[serde(borrow)]
    items: Vec<&'a RawValue>,
}

/// What of a body is needed, without the body.
struct Read {
    total_count: usize,
    is_incomplete: bool,
    items: Vec<String>,
}

fn read(body: &[u8]) -> Result<Read, serde_json::Error> {
    let body: Body<'_> = serde_json::from_slice(body)?;
    let items = body.items.into_iter().map(|item| item.get().to_owned()).collect();
    Ok(Read { total_count: body.total_count, is_incomplete: body.incomplete_results, items })
}

/// One of the searches: where it is asked for, and what it is called where it fails.
pub(in crate::trending::collect) struct Place {
    stream: &'static str,
    path: &'static str,
    sort: bool,
}

/// Searches for repositories, those with the most stars first.
pub(super) const REPOSITORIES: Place = Place { stream: stream::REPOSITORIES, path: "search/repositories", sort: true };
/// Searches for files.
pub(in crate::trending::collect) const CODE: Place =
    Place { stream: stream::RENDER_BLUEPRINTS, path: "search/code", sort: false };

/// One page of a search; what GitHub calls incomplete is asked for again, and the fullest answer counts.
pub(in crate::trending::collect) async fn page(
    asking: &Asking<'_>,
    ledger: &Ledger,
    place: &Place,
    words: &str,
    (per_page, number): (usize, usize),
) -> Result<Asked<SearchPage>> {
    let (per_page, number) = (per_page.to_string(), number.to_string());
    let mut parameters = vec![("q", words), ("per_page", per_page.as_str()), ("page", number.as_str())];
    if place.sort {
        parameters.extend([("sort", "stars"), ("order", "desc")]);
    }
    let url = asking.run.client.url(place.path, &parameters);
    let mut best: Option<SearchPage> = None;
    for attempt in 1..=ATTEMPTS {
        if attempt > 1 {
            ledger.retries();
        }
        let (page, read) = match asking.get(ledger, place.stream, url.clone(), "", read).await {
            Ok(answer) => answer,
            // What came before is better than nothing.
            Err(_) if best.is_some() => break,
            Err(refused) => return Ok(Err(problem(&refused, words))),
        };
        let is_incomplete = read.is_incomplete;
        let items = read.items.into_iter().map(|payload| SearchItem { found: None, is_new: false, payload }).collect();
        let answer = SearchPage {
            kept: Kept::of_page(place.stream, &page),
            items,
            remaining: page.rate.map(|rate| rate.remaining),
            total_count: read.total_count,
            is_incomplete,
        };
        let is_better = best.as_ref().is_none_or(|best| !is_incomplete || answer.items.len() > best.items.len());
        let passed_over = if is_better { best.replace(answer) } else { Some(answer) };
        if let Some(passed_over) = passed_over {
            asking.keep(passed_over.kept, Vec::new()).await?;
        }
        if !is_incomplete {
            break;
        }
    }
    let Some(best) = best else { return Ok(Err(format!("search for {words}: no answer"))) };
    if best.is_incomplete {
        ledger.is_incomplete();
    }
    Ok(Ok(best))
}

fn problem(refused: &Refused, words: &str) -> String {
    let subject = format!("search for `{words}`");
    match refused {
        Refused::Outcome(Outcome::Unprocessable { message, .. }) => format!(
            "{subject}: GitHub will not answer it: {message}\nhint: look at the words of this search under [trending] in hublake.toml"
        ),
        other => other.message(&subject),
    }
}
