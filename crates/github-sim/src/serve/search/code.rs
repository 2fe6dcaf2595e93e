//! `GET /search/code`: GitHub's older engine, which sees the default branch only.

use super::query::{Query, Range};
use super::{invalid, read, results};
use crate::random::mix;
use crate::render::ordered::percent_encode_path;
use crate::render::repository::minimal_json;
use crate::render::{API, SITE};
use crate::serve::answer::Answer;
use crate::serve::request::Call;
use crate::world::git::Oid;
use crate::world::{Repository, World};

const QUALIFIERS: [&str; 10] =
    ["extension", "filename", "fork", "in", "language", "org", "path", "repo", "size", "user"];
/// Files of this size or more are not searched.
/// (<https://docs.github.com/search-github/searching-on-github/searching-code>)
const TOO_LARGE: usize = 384 * 1024;

const NO_TERM: &str = "ERROR_TYPE_QUERY_PARSING_FATAL unable to parse query! You must include at least one search term when searching source code";

struct Hit<'w> {
    repository: &'w Repository,
    path: &'w str,
    oid: Oid,
}

/// `GET /search/code`: for those with a token; a file name is found wherever it lies and whatever stands around it
pub(crate) fn search(world: &World, call: Call<'_>) -> Answer {
    let query = match read(call.question, &QUALIFIERS) {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    if query.words.is_empty() && query.values("filename", false).next().is_none() {
        return invalid("invalid", Some(NO_TERM));
    }
    let sizes: Option<Vec<Range>> = query.values("size", false).map(Range::of_numbers).collect();
    let Some(sizes) = sizes else {
        return invalid("invalid", Some("The value of size is no range."));
    };
    let seen = world.repositories().filter(|repository| call.caller.sees(repository) && admits(&query, repository));
    let mut hits: Vec<Hit<'_>> = Vec::new();
    for repository in seen {
        for (path, oid) in repository.branch.files() {
            let bytes = repository.branch.blob(oid).map(AsRef::as_ref).unwrap_or_default();
            if bytes.len() < TOO_LARGE && is_hit(&query, path, bytes, &sizes) {
                hits.push(Hit { repository, path, oid });
            }
        }
    }
    // The best match has nothing to do with stars or dates.
    hits.sort_by_key(|hit| (mix(hit.repository.id), hit.path));
    results(call, "/search/code", hits, |hit| item(world, hit))
}

fn admits(query: &Query, repository: &Repository) -> bool {
    let is = |left: &str, right: &str| left.eq_ignore_ascii_case(right);
    let with_forks = query.values("fork", false).any(|value| value == "true" || value == "only");
    let owners: Vec<&str> = query.values("user", false).chain(query.values("org", false)).collect();
    (with_forks || !repository.is_fork())
        && (owners.is_empty() || owners.iter().any(|owner| is(owner, repository.owner())))
        && !query.values("user", true).chain(query.values("org", true)).any(|owner| is(owner, repository.owner()))
        && query.admits_one("repo", |name| is(name, &repository.full_name()))
        && query.admits_one("language", |name| repository.language().is_some_and(|own| is(own, name)))
}

fn is_hit(query: &Query, path: &str, bytes: &[u8], sizes: &[Range]) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_lowercase();
    let is_in_folder = |wanted: &str| {
        let wanted = wanted.trim_matches('/').to_lowercase();
        let folder = folder.to_lowercase();
        // `path:/` is the root and nothing below it.
        if wanted.is_empty() {
            folder.is_empty()
        } else {
            folder == wanted || folder.starts_with(&format!("{wanted}/"))
        }
    };
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    query.admits_all("filename", |wanted| name.contains(&wanted.to_lowercase()))
        && query.admits_one("extension", |wanted| name.ends_with(&format!(".{}", wanted.to_lowercase())))
        && query.admits_one("path", is_in_folder)
        && sizes.iter().all(|range| range.contains(size))
        && has_words(query, path, bytes)
}

fn has_words(query: &Query, path: &str, bytes: &[u8]) -> bool {
    if query.words.is_empty() {
        return true;
    }
    let in_path = query.values("in", false).any(|value| value.split(',').any(|place| place == "path"));
    let in_file = !in_path || query.values("in", false).any(|value| value.split(',').any(|place| place == "file"));
    let content = if in_file { String::from_utf8_lossy(bytes).to_lowercase() } else { String::new() };
    let path = if in_path { path.to_lowercase() } else { String::new() };
    query.words.iter().all(|word| (content.contains(&word.text) || path.contains(&word.text)) != word.is_excluded)
}

fn item(world: &World, hit: &Hit<'_>) -> String {
    let Hit { repository, path, oid } = hit;
    let full_name = repository.full_name();
    let head = repository.branch.head().map(|head| head.oid.to_string()).unwrap_or_default();
    let name = path.rsplit_once('/').map_or(*path, |(_, name)| name);
    let encoded = percent_encode_path(path);
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let id = repository.id;
    format!(
        "{{\"name\":{},\"path\":{},\"sha\":\"{oid}\",\
         \"url\":\"{API}/repositories/{id}/contents/{encoded}?ref={head}\",\
         \"git_url\":\"{API}/repositories/{id}/git/blobs/{oid}\",\
         \"html_url\":\"{SITE}/{full_name}/blob/{head}/{encoded}\",\"repository\":{},\"score\":1.0}}",
        text(name),
        text(path),
        minimal_json(repository, &world.users),
    )
}
