//! Files whose content is new: asked for by git's hash, some fifty in a query.
//!
//! A README and a `package.json` stand for themselves. A `render.yaml` and its Dockerfiles are one thing: where any of
//! them is new, all of them are asked for, so that what is made of them needs no run before.

mod content;
mod query;
mod rest;

use std::collections::HashMap;

use futures::StreamExt;

use self::content::{Content, MOST_BYTES};
use super::ask::{Asking, Kept};
use super::details::{Described, element};
use super::ledger::Ledger;
use crate::events::Api;
use crate::trending::{RawElement, RawElementKind, Role, files_digest, stream};
use crate::{Result, blueprint};

/// Files of a query at most ...
const FILES: usize = 50;
/// ... and bytes of their contents, where the size of one is taken for this where it is not known.
const QUERY_BYTES: i64 = 2 * 1024 * 1024;
const TYPICAL_BYTES: i64 = 16 * 1024;

/// A file whose content is wanted.
#[derive(Clone)]
pub(super) struct Want<'a> {
    described: &'a Described,
    role: Role,
    path: String,
    /// Git's hash; none where it is asked for by its path, and may not be there.
    sha: Option<String>,
    size: Option<i64>,
}

/// The texts of `render.yaml` that came, by repository.
type Blueprints = HashMap<i64, String>;

/// Asks for what is new in the files of some repositories; tells how many files came.
pub(super) async fn fetch_files(
    asking: &Asking<'_>,
    ledger: &Ledger,
    described: &[Described],
    needs_next: bool,
) -> Result<usize> {
    let mut wants: Vec<Want<'_>> = Vec::new();
    for one in described {
        wants.extend(single(one, Role::Readme));
        wants.extend(needs_next.then(|| single(one, Role::PackageJson)).flatten());
        wants.extend(of_blueprint(one));
    }
    ledger.is_about(described.len());
    let (came, blueprints) = fetch(asking, ledger, wants).await?;
    let named = described.iter().filter_map(|one| Some((one, blueprints.get(&one.found.repo_id)?)));
    let wants = named.flat_map(|(one, text)| named_dockerfiles(one, text)).collect();
    let (more, _) = fetch(asking, ledger, wants).await?;
    Ok(came + more)
}

/// Asks for the `package.json` of some repositories where it is new; tells how many came.
pub(super) async fn fetch_packages(asking: &Asking<'_>, ledger: &Ledger, described: &[&Described]) -> Result<usize> {
    ledger.is_about(described.len());
    let wants = described.iter().filter_map(|one| single(one, Role::PackageJson)).collect();
    Ok(fetch(asking, ledger, wants).await?.0)
}

/// A file of the root folder that stands for itself, where it is new.
fn single(one: &Described, role: Role) -> Option<Want<'_>> {
    let want = in_root(one, role)?;
    (one.known.blob_of(role.as_str()) != want.sha.as_deref()).then_some(want)
}

fn in_root(one: &Described, role: Role) -> Option<Want<'_>> {
    let entry = role.in_root(&one.listing)?;
    let (path, sha) = (entry.name.clone(), Some(entry.oid.clone()));
    Some(Want { described: one, role, path, sha, size: entry.byte_size() })
}

/// The `render.yaml` and those Dockerfiles that are known without reading it, where anything of them is new.
fn of_blueprint(one: &Described) -> Vec<Want<'_>> {
    let Some(yaml) = in_root(one, Role::RenderYaml) else { return Vec::new() };
    let mut wants: Vec<Want<'_>> = [Some(yaml), in_root(one, Role::Dockerfile)].into_iter().flatten().collect();
    let is_other = one.known.blob_of(Role::RenderYaml.as_str()) != wants.first().and_then(|yaml| yaml.sha.as_deref());
    if is_other || one.known.named_dockerfiles.is_none() {
        return wants;
    }
    wants.extend(one.known.dockerfile_paths().filter_map(|path| known_dockerfile(one, path)));
    let files = wants.iter().map(|want| (want.role, want.path.as_str(), want.sha.as_deref().unwrap_or_default()));
    match one.known.files_digest == Some(files_digest(files)) {
        true => Vec::new(),
        // The rest is asked for once it is known what the file names.
        false => {
            wants.into_iter().take_while(|want| want.path == "Dockerfile" || want.role == Role::RenderYaml).collect()
        }
    }
}

fn known_dockerfile<'a>(one: &'a Described, path: &str) -> Option<Want<'a>> {
    let in_root = one.listing.file(path).map(|entry| (entry.oid.clone(), entry.byte_size()));
    let (sha, size) = in_root.or_else(|| one.dockerfiles.get(path).cloned())?;
    Some(Want { described: one, role: Role::Dockerfile, path: path.to_owned(), sha: Some(sha), size })
}

/// The Dockerfiles that a `render.yaml` names, but for the one in the root folder, which is asked for with it.
fn named_dockerfiles<'a>(one: &'a Described, text: &str) -> Vec<Want<'a>> {
    let blueprint = blueprint::parse(text);
    let paths = blueprint.dockerfile_paths().into_iter().filter(|path| *path != "Dockerfile");
    let want = |path: &str| {
        let (sha, size) = match one.listing.file(path) {
            Some(entry) => (Some(entry.oid.clone()), entry.byte_size()),
            None if path.contains('/') => (None, None),
            None => return None,
        };
        Some(Want { described: one, role: Role::Dockerfile, path: path.to_owned(), sha, size })
    };
    paths.filter_map(want).collect()
}

async fn fetch(asking: &Asking<'_>, ledger: &Ledger, wants: Vec<Want<'_>>) -> Result<(usize, Blueprints)> {
    let (too_large, wants): (Vec<_>, Vec<_>) =
        wants.into_iter().partition(|want| want.size.is_some_and(|size| size > MOST_BYTES));
    let too_large: Vec<_> = too_large.into_iter().map(|want| (want, Content::TooLarge)).collect();
    let mut fetched = Fetched::default();
    fetched.keep(asking, Kept::without_answer(stream::REPO_FILES, asking.now()), too_large).await?;
    let concurrency = asking.run.options.concurrency.max(1);
    let asked: Vec<Result<Fetched>> = match asking.run.options.api {
        Api::Graphql => {
            let chunks = futures::stream::iter(chunks(wants)).map(|chunk| query::ask(asking, ledger, chunk));
            chunks.buffer_unordered(concurrency).collect().await
        }
        Api::Rest => {
            let single = futures::stream::iter(wants).map(|want| rest::ask(asking, ledger, want));
            single.buffer_unordered(concurrency).collect().await
        }
    };
    for one in asked {
        fetched.add(one?);
    }
    Ok((fetched.files, fetched.blueprints))
}

/// Divides by number and size.
fn chunks(wants: Vec<Want<'_>>) -> Vec<Vec<Want<'_>>> {
    let mut chunks: Vec<Vec<Want<'_>>> = Vec::new();
    let mut bytes = 0;
    for want in wants {
        let size = want.size.unwrap_or(TYPICAL_BYTES);
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < FILES && bytes + size <= QUERY_BYTES => {
                bytes += size;
                chunk.push(want);
            }
            _ => {
                bytes = size;
                chunks.push(vec![want]);
            }
        }
    }
    chunks
}

/// What came of some files.
#[derive(Default)]
pub(super) struct Fetched {
    files: usize,
    blueprints: Blueprints,
}

impl Fetched {
    fn add(&mut self, other: Self) {
        self.files += other.files;
        self.blueprints.extend(other.blueprints);
    }

    /// Keeps what an answer tells of some files.
    async fn keep(&mut self, asking: &Asking<'_>, kept: Kept, contents: Vec<(Want<'_>, Content)>) -> Result<()> {
        if contents.is_empty() && !kept.is_answer() {
            return Ok(());
        }
        let mut elements: Vec<RawElement> = Vec::with_capacity(contents.len());
        for (want, content) in contents {
            let (outcome, problem) = match &content {
                Content::Text { .. } => ("answer", None),
                Content::TooLarge => ("unread", Some(format!("it is larger than {MOST_BYTES} bytes"))),
                Content::NoText { .. } => ("unread", Some("it is no UTF-8 text".to_owned())),
                Content::Failed(message) => ("failed", Some(message.clone())),
                Content::Missing => continue,
            };
            self.files += usize::from(outcome != "failed");
            let blob_sha = content.sha().or(want.sha.as_deref()).unwrap_or_default().to_owned();
            let (path, role, byte_size) = (want.path, want.role.as_str(), content.size().or(want.size));
            let kind = RawElementKind::File { role, path, blob_sha, byte_size, outcome, problem };
            let text = if let Content::Text { text, .. } = content { Some(text) } else { None };
            elements.push(element(&want.described.found, kind, text.as_deref()));
            if let (Role::RenderYaml, Some(text)) = (want.role, text) {
                self.blueprints.insert(want.described.found.repo_id, text);
            }
        }
        asking.keep(kept, elements).await
    }
}
