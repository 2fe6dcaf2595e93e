//! Details by REST: some five requests about each repository.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use futures::future::try_join3;
use hublake_github::{Outcome, Page};
use serde_json::value::RawValue;
use url::Url;

use super::ask::{Asking, Kept, Refused};
use super::details::{Described, Metric, WENT_PRIVATE, Wanted, element, named_in_root};
use super::ledger::Ledger;
use super::search::Found;
use crate::Result;
use crate::events::{Api, instant};
use crate::trending::{Listing, RawElementKind, Role, is_private, of_private, stream};

/// Asks for the details of `wanted`; those of which nothing came are left out.
pub(super) async fn describe(
    asking: &Asking<'_>,
    ledger: &Ledger,
    branch_id: i64,
    wanted: &[Wanted],
) -> Result<Vec<Described>> {
    let asked: Vec<Result<Option<Described>>> = futures::stream::iter(wanted)
        .map(async |wanted| One { asking, ledger, wanted, branch_id }.describe().await)
        .buffer_unordered(asking.run.options.concurrency.max(1))
        .collect()
        .await;
    let asked: Result<Vec<_>> = asked.into_iter().collect();
    Ok(asked?.into_iter().flatten().collect())
}

/// Entries of a folder that REST lists, at most
/// (<https://docs.github.com/en/rest/repos/contents#get-repository-content>).
const MOST_LISTED: usize = 1_000;

/// What is kept where GitHub has no list, because there is nothing to be listed.
const NO_ENTRIES: &str = "[]";

/// Whether a root folder has the first folder of a path, or is not listed whole.
fn can_lie_in(root: &Listing, path: &str) -> bool {
    let first = path.split('/').next().unwrap_or_default();
    root.entries.len() >= MOST_LISTED || root.entries.iter().any(|entry| entry.name == first && entry.kind == "dir")
}

/// A repository that is asked about.
struct One<'a> {
    asking: &'a Asking<'a>,
    ledger: &'a Ledger,
    wanted: &'a Wanted,
    branch_id: i64,
}

/// The payload of an answer, which is checked to be JSON.
type Text = Box<RawValue>;

impl One<'_> {
    const ROOT: RawElementKind = RawElementKind::Listing { role: "root", path: String::new() };

    async fn describe(&self) -> Result<Option<Described>> {
        let (page, found) = match self.get(stream::REPO_DETAILS, self.url("", &[])).await {
            Ok((page, payload)) if is_private(payload.get()) => {
                self.keep_repository(&page, &self.wanted.found, of_private(payload.get())).await?;
                self.ledger.fails(WENT_PRIVATE.to_owned());
                return Ok(None);
            }
            Ok((page, payload)) => match Found::read(payload.get()) {
                Some(found) => {
                    self.keep_repository(&page, &found, payload.get()).await?;
                    (page, found)
                }
                None => {
                    self.fails("what it tells of itself cannot be read\nhint: run again");
                    return Ok(None);
                }
            },
            Err(Refused::Outcome(Outcome::NotFound { .. })) => {
                self.fails("it is gone since it was found\nhint: nothing is to be done: the next run looks again");
                return Ok(None);
            }
            Err(refused) => {
                self.refused(&refused);
                return Ok(None);
            }
        };
        self.asking.tell(self.branch_id, 1, page.rate.map(|rate| rate.remaining));
        let (listing, (), ()) = try_join3(self.root(&found), self.commits(&found), self.issues(&found)).await?;
        let Some(listing) = listing else { return Ok(None) };
        let Some(dockerfiles) = self.dockerfiles(&found, &listing).await? else { return Ok(None) };
        Ok(Some(Described { found, known: self.wanted.known.clone(), listing, dockerfiles }))
    }

    fn url(&self, place: &str, query: &[(&str, &str)]) -> Url {
        self.asking.run.client.url(&format!("repositories/{}/{place}", self.wanted.found.repo_id), query)
    }

    async fn get(&self, stream: &'static str, url: Url) -> Result<(Page, Text), Refused> {
        let text = |body: &[u8]| serde_json::from_slice::<Text>(body);
        self.asking.get(self.ledger, stream, url, self.wanted.found.owner(), text).await
    }

    fn fails(&self, message: &str) {
        self.ledger.fails(format!("{}: {message}", self.wanted.found.full_name));
    }

    fn refused(&self, refused: &Refused) {
        self.ledger.fails(refused.message(&self.wanted.found.full_name));
    }

    async fn keep_repository(&self, page: &Page, found: &Found, payload: &str) -> Result<()> {
        let kind = RawElementKind::Repository { branch: String::new(), found_by: "detail", is_taken: true };
        let elements = vec![element(found, kind, Some(payload))];
        self.asking.keep(Kept::of_page(stream::REPO_DETAILS, page), elements).await
    }

    /// The root folder; that of an empty repository is not there.
    async fn root(&self, found: &Found) -> Result<Option<Listing>> {
        let (page, payload) = match self.get(stream::REPO_DETAILS, self.url("contents", &[])).await {
            Ok(answer) => answer,
            Err(Refused::Outcome(Outcome::NotFound { .. })) => {
                let kept = Kept::without_answer(stream::REPO_DETAILS, self.asking.now());
                self.asking.keep(kept, vec![element(found, Self::ROOT, Some(NO_ENTRIES))]).await?;
                return Ok(Some(Listing::default()));
            }
            Err(refused) => {
                self.refused(&refused);
                return Ok(None);
            }
        };
        let Ok(listing) = Listing::read(payload.get()) else {
            self.fails("its root folder cannot be read\nhint: run again");
            return Ok(None);
        };
        let mut elements = vec![element(found, Self::ROOT, Some(payload.get()))];
        for (path, entry) in named_in_root(self.wanted, &listing, payload.get()) {
            let kind = RawElementKind::Listing { role: "dockerfile", path };
            elements.push(element(found, kind, Some(&entry)));
        }
        self.asking.keep(Kept::of_page(stream::REPO_DETAILS, &page), elements).await?;
        Ok(Some(listing))
    }

    /// The Dockerfiles of other folders that are known to be named; they are listed a folder at a time, where the root
    /// folder tells that it can be there. None where a folder cannot be had.
    async fn dockerfiles(
        &self,
        found: &Found,
        root: &Listing,
    ) -> Result<Option<BTreeMap<String, (String, Option<i64>)>>> {
        let paths = self.wanted.deeper_dockerfiles().filter(|path| can_lie_in(root, path));
        let folders: BTreeSet<&str> = paths.filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
        let mut there = BTreeMap::new();
        for folder in folders {
            let (page, payload) =
                match self.get(stream::REPO_DETAILS, self.url(&format!("contents/{folder}"), &[])).await {
                    Ok(answer) => answer,
                    Err(Refused::Outcome(Outcome::NotFound { .. })) => continue,
                    Err(refused) => {
                        self.refused(&refused);
                        self.keep_refused(found, folder, &refused).await?;
                        return Ok(None);
                    }
                };
            // A file is in the place of the folder.
            let Ok(listing) = Listing::read(payload.get()) else { continue };
            let mut elements = Vec::new();
            for path in self.wanted.deeper_dockerfiles() {
                let Some((of, name)) = path.rsplit_once('/') else { continue };
                let entry = listing.file(name).filter(|_| of == folder);
                let Some((entry, text)) = entry.zip(Listing::entry_as_it_came(payload.get(), name)) else { continue };
                let kind = RawElementKind::Listing { role: "dockerfile", path: path.to_owned() };
                elements.push(element(found, kind, Some(&text)));
                there.insert(path.to_owned(), (entry.oid.clone(), entry.byte_size()));
            }
            self.asking.keep(Kept::of_page(stream::REPO_DETAILS, &page), elements).await?;
        }
        Ok(Some(there))
    }

    /// Keeps that the Dockerfiles of a folder are neither known to be there nor to be gone.
    async fn keep_refused(&self, found: &Found, folder: &str, refused: &Refused) -> Result<()> {
        let of_folder = |path: &&str| path.rsplit_once('/').is_some_and(|(of, _)| of == folder);
        let file = |path: &str| RawElementKind::File {
            role: Role::Dockerfile.as_str(),
            path: path.to_owned(),
            blob_sha: String::new(),
            byte_size: None,
            outcome: "failed",
            problem: Some(refused.message(&found.full_name)),
        };
        let elements = self.wanted.deeper_dockerfiles().filter(of_folder).map(|path| element(found, file(path), None));
        self.asking.keep(Kept::without_answer(stream::REPO_FILES, self.asking.now()), elements.collect()).await
    }

    async fn commits(&self, found: &Found) -> Result<()> {
        if found.pushed_at.is_none_or(|at| at < self.asking.window_start) {
            return self.note(Metric::Commits, found, "no_push").await;
        }
        let since = instant(self.asking.window_start);
        let url = self.url("commits", &[("since", &since), ("per_page", "100")]);
        self.pages(Metric::Commits, found, url).await
    }

    async fn issues(&self, found: &Found) -> Result<()> {
        let since = instant(self.asking.window_start);
        let query = [
            ("state", "closed"),
            ("since", since.as_str()),
            ("sort", "updated"),
            ("direction", "desc"),
            ("per_page", "100"),
        ];
        self.pages(Metric::Issues, found, self.url("issues", &query)).await
    }

    /// Follows a list to its end; without its last page nothing is counted.
    async fn pages(&self, metric: Metric, found: &Found, first: Url) -> Result<()> {
        let mut next = Some(first);
        while let Some(url) = next {
            let (page, payload) = match (metric, self.get(stream::REPO_METRICS, url).await) {
                (_, Ok(answer)) => answer,
                (Metric::Commits, Err(Refused::Outcome(Outcome::Conflict { .. }))) => {
                    return self.note(metric, found, "empty").await;
                }
                (Metric::Issues, Err(Refused::Outcome(Outcome::Gone { .. }))) => {
                    return self.note(metric, found, "disabled").await;
                }
                (_, Err(refused)) => {
                    self.refused(&refused);
                    return Ok(());
                }
            };
            let kind = self.metric(metric, if page.next.is_some() { "more" } else { "answer" });
            let elements = vec![element(found, kind, Some(payload.get()))];
            self.asking.keep(Kept::of_page(stream::REPO_METRICS, &page), elements).await?;
            next = page.next;
        }
        Ok(())
    }

    /// Keeps that there is nothing to count.
    async fn note(&self, metric: Metric, found: &Found, outcome: &'static str) -> Result<()> {
        let elements = vec![element(found, self.metric(metric, outcome), None)];
        self.asking.keep(Kept::without_answer(stream::REPO_METRICS, self.asking.now()), elements).await
    }

    fn metric(&self, metric: Metric, outcome: &'static str) -> RawElementKind {
        let window_start = self.asking.window_start;
        RawElementKind::Metric { metric: metric.as_str(), api: Api::Rest, window_start, outcome }
    }
}
