//! What the answer to a query for details tells.

use std::collections::BTreeMap;

use hublake_github::{GraphqlAnswer, GraphqlError};

use super::request::{Job, Metric};
use super::tail::Tail;
use super::{Described, Wanted};
use crate::events::Api;
use crate::trending::collect::ask::{Aliases, Asking};
use crate::trending::collect::ledger::Ledger;
use crate::trending::collect::search::Found;
use crate::trending::{Branch, GraphqlRepository, Listing, RawElement, RawElementKind, is_private, of_private};

/// What is told of a repository that is private by now: nobody's name.
pub(in crate::trending::collect) const WENT_PRIVATE: &str = "a repository went private since it was found, and is left \
    out\nhint: nothing is to be done: searches leave private repositories out";

/// What an answer tells, ready to be kept.
pub(super) struct Read {
    pub(super) elements: Vec<RawElement>,
    pub(super) described: Vec<Described>,
    /// Pages that are still to be asked for.
    pub(super) tails: Vec<Tail>,
}

/// Reads an answer; what it lacks is noted in the ledger.
pub(super) fn read(asking: &Asking<'_>, ledger: &Ledger, job: &Job<'_>, answer: &GraphqlAnswer<Aliases>) -> Read {
    let mut read = Read { elements: Vec::new(), described: Vec::new(), tails: Vec::new() };
    for (place, wanted) in job.wanted.iter().enumerate() {
        let one = One { asking, job, wanted, place, answer };
        if let Some(private) = one.private() {
            read.elements.push(private);
            ledger.fails(WENT_PRIVATE.to_owned());
        } else if let Err(message) = one.read(&mut read) {
            ledger.fails(format!("{}: {message}", wanted.found.full_name));
        }
    }
    read
}

/// The part of an answer that is about one repository.
struct One<'a> {
    asking: &'a Asking<'a>,
    job: &'a Job<'a>,
    wanted: &'a Wanted,
    place: usize,
    answer: &'a GraphqlAnswer<Aliases>,
}

impl One<'_> {
    fn read(&self, read: &mut Read) -> Result<(), String> {
        let (mut found, mut listed) = (self.wanted.found.clone(), Ok(()));
        if self.job.figures {
            found = self.figures(read)?;
            listed = self.files(&found, read);
        }
        let [commits, issues] = [Metric::Commits, Metric::Issues].map(|metric| self.metric(metric, &found, read));
        listed.and(commits).and(issues)
    }

    /// That it is private by now, if it is; what else it tells is for nobody.
    fn private(&self) -> Option<RawElement> {
        let told = ['r', 'c', 'i'].map(|alias| self.answer.data.get(&format!("{alias}{}", self.place)));
        let payload = told.into_iter().flatten().find(|payload| is_private(payload))?;
        let kind = RawElementKind::Repository { branch: String::new(), found_by: "detail", is_taken: true };
        Some(element(&self.wanted.found, kind, Some(of_private(payload))))
    }

    /// What came under an alias of this repository, all of it: what an error left out is not to be taken for nothing.
    fn get(&self, alias: &str) -> Result<&str, String> {
        match (error_of(self.answer, alias), self.answer.data.get(alias)) {
            (None, Some(payload)) => Ok(payload),
            (Some(error), None) if error.is_not_found() => {
                Err("it is gone since it was found\nhint: nothing is to be done: the next run looks again".to_owned())
            }
            (Some(error), _) => Err(format!("{error}\nhint: run again; if it stays so, use --api rest")),
            (None, None) => {
                Err("GitHub left it out of its answer\nhint: run again; if it stays so, use --api rest".to_owned())
            }
        }
    }

    fn figures(&self, read: &mut Read) -> Result<Found, String> {
        let payload = self.get(&format!("r{}", self.place))?;
        let figures: GraphqlRepository = serde_json::from_str(payload).map_err(|error| error.to_string())?;
        check(self.wanted.found.repo_id, figures.database_id)?;
        let found = Found {
            full_name: figures.name_with_owner,
            stars: figures.stargazer_count,
            pushed_at: figures.pushed_at,
            ..self.wanted.found.clone()
        };
        let kind = RawElementKind::Repository { branch: String::new(), found_by: "detail", is_taken: true };
        read.elements.push(element(&found, kind, Some(payload)));
        Ok(found)
    }

    /// The root folder, and the Dockerfiles that are known to be named and are there; nothing where one of them cannot
    /// be had.
    fn files(&self, found: &Found, read: &mut Read) -> Result<(), String> {
        let payload = self.get(&format!("t{}", self.place))?;
        let listing = Listing::read(payload).map_err(|error| error.to_string())?;
        let root = RawElementKind::Listing { role: "root", path: String::new() };
        let mut elements = vec![element(found, root, Some(payload))];
        let mut dockerfiles = BTreeMap::new();
        for (number, path) in self.wanted.deeper_dockerfiles().enumerate() {
            let payload = self.get(&format!("d{}_{number}", self.place)).map_err(|error| format!("{path}: {error}"))?;
            let alias: Branch = serde_json::from_str(payload).map_err(|error| error.to_string())?;
            let Some((oid, byte_size)) = alias.object.and_then(|file| Some((file.oid?, file.byte_size))) else {
                continue;
            };
            let file = RawElementKind::Listing { role: "dockerfile", path: path.to_owned() };
            elements.push(element(found, file, Some(payload)));
            dockerfiles.insert(path.to_owned(), (oid, byte_size));
        }
        for (path, payload) in named_in_root(self.wanted, &listing, payload) {
            let file = RawElementKind::Listing { role: "dockerfile", path };
            elements.push(element(found, file, Some(&payload)));
        }
        read.elements.extend(elements);
        let known = self.wanted.known.clone();
        read.described.push(Described { found: found.clone(), known, listing, dockerfiles });
        Ok(())
    }

    fn metric(&self, metric: Metric, found: &Found, read: &mut Read) -> Result<(), String> {
        let window_start = self.asking.window_start;
        let mut push = |outcome, payload| {
            let kind = RawElementKind::Metric { metric: metric.as_str(), api: Api::Graphql, window_start, outcome };
            read.elements.push(element(found, kind, payload));
        };
        if !self.job.asks(metric, self.wanted) {
            if metric == Metric::Commits && self.job.figures {
                // The index of searches lags behind: what was pushed since is told by the repository itself.
                match found.pushed_at.is_some_and(|at| at >= window_start) {
                    true => read.tails.push(Tail { found: found.clone(), metric, after: None }),
                    false => push("no_push", None),
                }
            }
            return Ok(());
        }
        let payload = self.get(&format!("{}{}", metric.alias(), self.place))?;
        let (database_id, next) = page_of(metric, payload)?;
        check(self.wanted.found.repo_id, database_id)?;
        push(if next.is_some() { "more" } else { "answer" }, Some(payload));
        read.tails.extend(next.map(|after| Tail { found: found.clone(), metric, after: Some(after) }));
        Ok(())
    }
}

/// The error about an alias or a part of it.
pub(in crate::trending::collect) fn error_of<'a>(
    answer: &'a GraphqlAnswer<Aliases>,
    alias: &str,
) -> Option<&'a GraphqlError> {
    answer.errors.iter().find(|error| error.top_field() == Some(alias))
}

/// A name can mean another repository by now.
pub(super) fn check(repo_id: i64, database_id: Option<i64>) -> Result<(), String> {
    // GraphQL's numbers have 32 bits: a greater id is null there.
    let is_beyond = database_id.is_none() && i32::try_from(repo_id).is_err();
    if is_beyond || database_id == Some(repo_id) {
        return Ok(());
    }
    Err("another repository has its name since it was found\nhint: nothing is to be done: the next run looks again"
        .to_owned())
}

/// The Dockerfiles of other names that are known to be named and lie in a root folder: path, and the entry as it came.
pub(in crate::trending::collect) fn named_in_root(
    wanted: &Wanted,
    listing: &Listing,
    payload: &str,
) -> Vec<(String, String)> {
    let paths = wanted.known.dockerfile_paths().filter(|path| !path.contains('/'));
    let there = paths.filter(|path| listing.file(path).is_some());
    there.filter_map(|path| Some((path.to_owned(), Listing::entry_as_it_came(payload, path)?))).collect()
}

/// Whose an alias is, and where its next page begins.
pub(super) fn page_of(metric: Metric, payload: &str) -> Result<(Option<i64>, Option<String>), String> {
    let alias: Branch = serde_json::from_str(payload).map_err(|error| error.to_string())?;
    let next = match metric {
        // An empty repository has no branch.
        Metric::Commits => alias.default_branch_ref.and_then(|branch| branch.target?.history?.next()),
        Metric::Issues => alias.issues.and_then(|issues| issues.next()),
    };
    Ok((alias.database_id, next))
}

pub(in crate::trending::collect) fn element(found: &Found, kind: RawElementKind, payload: Option<&str>) -> RawElement {
    RawElement {
        repo_id: found.repo_id,
        repo_full_name: found.full_name.clone(),
        kind,
        payload: payload.map(str::to_owned),
    }
}
