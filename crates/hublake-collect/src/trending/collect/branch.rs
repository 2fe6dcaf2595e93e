//! A branch: what it finds, and what it asks about that.

use std::collections::HashMap;

use futures::future::try_join;

use super::ask::Asking;
use super::details::{Described, Wanted, describe};
use super::fetch::{fetch_files, fetch_packages};
use super::ledger::Ledger;
use super::query::Query;
use super::search::{Asked, Found, Search};
use super::stars::ask_stars;
use super::{BranchCollected, Language, RENDER, RenderOptions, render};
use crate::trending::{RawElement, RawElementKind, Role};
use crate::{Event, Result};

/// What a branch looks for.
#[derive(Clone, Copy)]
pub(super) enum Branch<'a> {
    Language(&'a Language),
    Render(&'a RenderOptions),
}

impl Branch<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Language(language) => &language.name,
            Self::Render(_) => RENDER,
        }
    }

    fn needs_next(&self) -> bool {
        matches!(self, Self::Language(language) if language.needs_next)
    }
}

/// What a branch brought, and what others may need of it.
pub(super) struct Brought {
    pub(super) result: BranchCollected,
    branch_id: i64,
    needs_next: bool,
    found: Vec<Found>,
    /// Those whose details it asked for.
    described: HashMap<i64, Described>,
}

/// Runs a branch; what fails is told in the result.
pub(super) async fn collect_branch(asking: &Asking<'_>, branch: Branch<'_>, branch_id: i64) -> Result<Brought> {
    let name = branch.name();
    (asking.run.progress)(Event::Started { repo_id: branch_id, repository: name.to_owned() });
    let ledger = Ledger::new(name, "discover", asking.clock());
    let asked = match branch {
        Branch::Language(language) => search(asking, &ledger, branch_id, language).await?,
        Branch::Render(options) => render::discover(asking, &ledger, branch_id, options).await?,
    };
    let mut brought = Brought {
        result: BranchCollected {
            branch: name.to_owned(),
            found: 0,
            described: 0,
            files: 0,
            star_histories: 0,
            is_incomplete: false,
            failure: None,
            problems: Vec::new(),
            tasks: Vec::new(),
        },
        branch_id,
        needs_next: branch.needs_next(),
        found: Vec::new(),
        described: HashMap::new(),
    };
    let found = match asked {
        Ok(found) => found,
        Err(message) => {
            ledger.fails(message.clone());
            brought.result.failure = Some(message);
            brought.close(asking, &ledger);
            brought.finish(asking);
            return Ok(brought);
        }
    };
    ledger.is_about(found.len());
    brought.result.found = found.len();
    brought.result.problems.extend(ledger.problems());
    brought.close(asking, &ledger);
    brought.result.is_incomplete = brought.result.tasks.iter().any(|task| task.is_incomplete);
    brought.found = found;
    ask_about(asking, &mut brought).await?;
    brought.finish(asking);
    Ok(brought)
}

/// Asks about what was found: details and then files, and beside them stars.
async fn ask_about(asking: &Asking<'_>, brought: &mut Brought) -> Result<()> {
    let wanted = brought.found.iter().filter(|found| asking.claims(found.repo_id));
    let wanted: Vec<Found> = wanted.cloned().collect();
    let mut known = asking.run.published.known(wanted.iter().map(|found| found.repo_id).collect()).await?;
    let wanted: Vec<Wanted> = wanted
        .into_iter()
        .map(|found| Wanted { known: known.remove(&found.repo_id).unwrap_or_default(), found })
        .collect();
    let name = &brought.result.branch;
    let ledgers = ["details", "files", "star_history"].map(|task| Ledger::new(name, task, asking.clock()));
    let [details, files, stars] = &ledgers;
    let (branch_id, needs_next) = (brought.branch_id, brought.needs_next);
    let described = async {
        let described = describe(asking, details, branch_id, &wanted).await?;
        let fetched = fetch_files(asking, files, &described, needs_next).await?;
        Ok((described, fetched))
    };
    let asks_stars = |wanted: &&Wanted| !wanted.known.has_velocity;
    let without_snapshot: Vec<&Found> = wanted.iter().filter(asks_stars).map(|wanted| &wanted.found).collect();
    let ((described, fetched), histories) = try_join(described, ask_stars(asking, stars, &without_snapshot)).await?;
    brought.result.described = described.len();
    brought.result.files = fetched;
    brought.result.star_histories = histories;
    brought.described = described.into_iter().map(|described| (described.found.repo_id, described)).collect();
    for ledger in &ledgers {
        brought.result.problems.extend(ledger.problems());
        brought.close(asking, ledger);
    }
    Ok(())
}

impl Brought {
    fn close(&mut self, asking: &Asking<'_>, ledger: &Ledger) {
        asking.settle(ledger);
        self.result.tasks.push(ledger.finish(asking.clock()));
    }

    fn finish(&self, asking: &Asking<'_>) {
        let result = &self.result;
        let outcome = match &result.failure {
            Some(message) => message.lines().next().unwrap_or_default().to_owned(),
            None => format!("{} repositories, {} new files", result.found, result.files),
        };
        (asking.run.progress)(Event::Finished { repo_id: self.branch_id, outcome });
    }
}

async fn search(
    asking: &Asking<'_>,
    ledger: &Ledger,
    branch_id: i64,
    language: &Language,
) -> Result<Asked<Vec<Found>>> {
    let query = Query::of_language(&language.query, asking.run.options);
    let mut search = Search::new(asking, ledger, query, language.limit);
    let mut found = Vec::new();
    loop {
        let pages = match search.next().await? {
            Ok(Some(pages)) => pages,
            Ok(None) => return Ok(Ok(found)),
            Err(message) => return Ok(Err(message)),
        };
        for page in pages {
            asking.tell(branch_id, page.items.len(), page.remaining);
            let mut elements = Vec::with_capacity(page.items.len());
            for item in page.items {
                // What cannot be read is for decoding to reject, with the reason.
                let is_taken = item.found.as_ref().is_none_or(|found| item.is_new && found.has_language);
                let branch = language.name.clone();
                elements.push(RawElement {
                    repo_id: item.found.as_ref().map(|found| found.repo_id).unwrap_or_default(),
                    repo_full_name: item.found.as_ref().map(|found| found.full_name.clone()).unwrap_or_default(),
                    kind: RawElementKind::Repository { branch, found_by: "search", is_taken },
                    payload: Some(item.payload),
                });
                found.extend(item.found.filter(|_| is_taken));
            }
            asking.keep(page.kept, elements).await?;
        }
    }
}

/// Reads the `package.json` of what a branch that needs it found after another branch did.
pub(super) async fn late_packages(asking: &Asking<'_>, brought: &mut [Brought]) -> Result<()> {
    for place in 0..brought.len() {
        if !brought[place].needs_next {
            continue;
        }
        let is_own = |found: &&Found| brought[place].described.contains_key(&found.repo_id);
        let of_others: Vec<&Described> = brought[place]
            .found
            .iter()
            .filter(|found| !is_own(found))
            .filter_map(|found| brought.iter().find_map(|other| other.described.get(&found.repo_id)))
            .filter(|described| Role::PackageJson.in_root(&described.listing).is_some())
            .collect();
        let is_read = |described: &Described| {
            brought.iter().any(|other| other.needs_next && other.described.contains_key(&described.found.repo_id))
        };
        let unread: Vec<&Described> = of_others.into_iter().filter(|described| !is_read(described)).collect();
        if unread.is_empty() {
            continue;
        }
        let ledger = Ledger::new(&brought[place].result.branch, "files", asking.clock());
        let fetched = fetch_packages(asking, &ledger, &unread).await?;
        let branch = &mut brought[place];
        branch.result.files += fetched;
        branch.result.problems.extend(ledger.problems());
        branch.close(asking, &ledger);
    }
    Ok(())
}
