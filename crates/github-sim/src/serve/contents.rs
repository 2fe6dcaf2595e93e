//! Files of the default branch: contents, README, blobs.

use http::HeaderName;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use super::answer::Answer;
use super::request::{Call, Question};
use crate::cursor::encode_base64;
use crate::render::ordered::percent_encode_path;
use crate::render::{API, SITE};
use crate::world::Repository;
use crate::world::git::{Entry, Oid};

/// Larger files come without their content, except raw.
/// (<https://docs.github.com/rest/repos/contents#get-repository-content>)
const LARGEST_IN_JSON: usize = 1024 * 1024;
/// A folder shows no more entries.
const MOST_ENTRIES: usize = 1_000;
/// Lines of served base64.
const LINE: usize = 60;
const MEDIA_TYPE: HeaderName = HeaderName::from_static("x-github-media-type");

/// The form that a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Raw,
    Object,
}

/// A file with its place.
#[derive(Clone, Copy)]
struct File<'w> {
    repository: &'w Repository,
    path: &'w str,
    oid: Oid,
    bytes: &'w [u8],
}

/// `GET .../contents/{path}`
pub(crate) fn contents(repository: &Repository, call: Call<'_>) -> Answer {
    let question = call.question;
    if let Some(answer) = wrong_ref(repository, question) {
        return answer;
    }
    // Below /repos/OWNER/NAME/contents or /repositories/ID/contents.
    let start = if question.segments.first().is_some_and(|first| first == "repos") { 4 } else { 3 };
    let path = question.segments.get(start..).unwrap_or_default().join("/");
    let branch = &repository.branch;
    if let Some((file, oid)) = branch.files().find(|(file, _)| *file == path) {
        if branch.withholds(oid) {
            return Answer::error(500, "Server Error");
        }
        let bytes = branch.blob(oid).map(AsRef::as_ref).unwrap_or_default();
        return file_answer(File { repository, path: file, oid, bytes }, question);
    }
    if branch.is_empty() && path.is_empty() {
        return Answer::error(404, "This repository is empty.");
    }
    match branch.folder(&path) {
        Some(entries) => folder_answer(repository, &path, &entries, question),
        None => Answer::not_found(),
    }
}

/// `GET .../readme`
pub(crate) fn readme(repository: &Repository, call: Call<'_>) -> Answer {
    if let Some(answer) = wrong_ref(repository, call.question) {
        return answer;
    }
    let Some((path, bytes)) = readme_file(repository) else {
        return Answer::not_found();
    };
    let oid = Oid::of("blob", bytes);
    file_answer(File { repository, path, oid, bytes }, call.question)
}

/// `GET .../git/blobs/{sha}`
pub(crate) fn blob(repository: &Repository, call: Call<'_>) -> Answer {
    let sha = call.question.segments.last().map(String::as_str).unwrap_or_default();
    let Some(oid) = Oid::parse(sha) else {
        return Answer::error(422, "The sha parameter must be exactly 40 characters and contain only [0-9a-f].");
    };
    let Some(bytes) = repository.branch.blob(oid) else {
        return Answer::not_found();
    };
    if form(call.question) == Form::Raw {
        return raw(bytes, call.question);
    }
    let body = json!({
        "sha": sha, "node_id": blob_node_id(repository, oid), "size": bytes.len(),
        "url": format!("{API}/repos/{}/git/blobs/{sha}", repository.full_name()),
        "content": in_lines(bytes), "encoding": "base64",
    });
    Answer::json(call.question, body.to_string())
}

/// The README that GitHub shows: at the root, whatever the case; Markdown before other forms.
pub(crate) fn readme_file(repository: &Repository) -> Option<(&str, &[u8])> {
    let rank = |path: &str| match path.to_lowercase().as_str() {
        "readme.md" => Some(0),
        "readme.markdown" => Some(1),
        "readme.rst" => Some(2),
        "readme.txt" => Some(3),
        "readme" => Some(4),
        other => other.starts_with("readme.").then_some(5).filter(|_| !other.contains('/')),
    };
    let ranked = repository.branch.files().filter_map(|(path, oid)| Some((rank(path)?, path, oid)));
    let (_, path, oid) = ranked.min_by_key(|(rank, ..)| *rank)?;
    Some((path, repository.branch.blob(oid)?))
}

/// Git's text of a blob's node.
pub(crate) fn blob_node_id(repository: &Repository, oid: Oid) -> String {
    format!("B_kwDO{}_{oid}", repository.id)
}

fn wrong_ref(repository: &Repository, question: &Question) -> Option<Answer> {
    let given = question.parameter("ref").filter(|given| !given.is_empty())?;
    let is_known = repository.branch.is_head(given);
    (!is_known).then(|| Answer::error(404, &format!("No commit found for the ref {given}")))
}

fn form(question: &Question) -> Form {
    let accept = question.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let names = |word: &str| {
        accept
            .split(',')
            .map(str::trim)
            .filter(|one| one.starts_with("application/vnd.github"))
            .any(|one| one.split(['.', '+', ';']).any(|part| part.trim() == word))
    };
    match (names("raw"), names("object")) {
        (true, _) => Form::Raw,
        (_, true) => Form::Object,
        _ => Form::Json,
    }
}

fn raw(bytes: &[u8], question: &Question) -> Answer {
    let answer = Answer::json(question, bytes);
    if answer.status == 304 {
        return answer;
    }
    answer
        .with(CONTENT_TYPE, "application/vnd.github.raw+json; charset=utf-8".to_owned())
        .with(MEDIA_TYPE, "github.v3; param=raw; format=json".to_owned())
}

fn file_answer(file: File<'_>, question: &Question) -> Answer {
    if form(question) == Form::Raw {
        return raw(file.bytes, question);
    }
    let mut body = file_json(file);
    let is_large = file.bytes.len() > LARGEST_IN_JSON;
    body["content"] = if is_large { json!("") } else { json!(in_lines(file.bytes)) };
    body["encoding"] = json!(if is_large { "none" } else { "base64" });
    Answer::json(question, body.to_string())
}

fn folder_answer(repository: &Repository, path: &str, entries: &[Entry], question: &Question) -> Answer {
    if form(question) == Form::Raw {
        return Answer::error(415, "Unsupported 'Accept' header: 'application/vnd.github.raw+json'");
    }
    let shown = entries.iter().take(MOST_ENTRIES);
    let list: Vec<Value> = shown.map(|entry| entry_json(repository, entry)).collect();
    if form(question) == Form::Json {
        return Answer::json(question, Value::from(list).to_string());
    }
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name).to_owned();
    let oid = repository.branch.tree(path).unwrap_or(Oid::of("tree", b""));
    let mut body = entry_json(repository, &Entry { name, path: path.to_owned(), oid, is_folder: true });
    body["entries"] = Value::from(list);
    Answer::json(question, body.to_string())
}

fn file_json(file: File<'_>) -> Value {
    let name = file.path.rsplit_once('/').map_or(file.path, |(_, name)| name).to_owned();
    entry_json(file.repository, &Entry { name, path: file.path.to_owned(), oid: file.oid, is_folder: false })
}

fn entry_json(repository: &Repository, entry: &Entry) -> Value {
    let Entry { name, path, oid, is_folder } = entry;
    let (full_name, branch) = (repository.full_name(), repository.branch.name());
    let (encoded, page, kind) = match is_folder {
        true => (percent_encode_path(path), "tree", "trees"),
        false => (percent_encode_path(path), "blob", "blobs"),
    };
    let size = repository.branch.blob(*oid).filter(|_| !is_folder).map_or(0, |bytes| bytes.len());
    let url = format!("{API}/repos/{full_name}/contents/{encoded}?ref={branch}");
    let git_url = format!("{API}/repos/{full_name}/git/{kind}/{oid}");
    let html_url = format!("{SITE}/{full_name}/{page}/{branch}/{encoded}");
    let download_url = format!("https://raw.githubusercontent.com/{full_name}/{branch}/{encoded}");
    json!({
        "name": name, "path": path, "sha": oid.to_string(), "size": size, "url": url, "html_url": html_url,
        "git_url": git_url, "download_url": if *is_folder { Value::Null } else { json!(download_url) },
        "type": if *is_folder { "dir" } else { "file" },
        "_links": {"self": url, "git": git_url, "html": html_url},
    })
}

/// Base64 in lines, as GitHub serves it; each ends in a line feed.
fn in_lines(bytes: &[u8]) -> String {
    let text = encode_base64(bytes);
    let mut lines = String::with_capacity(text.len() + text.len() / LINE + 1);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(LINE.min(rest.len()));
        lines.push_str(line);
        lines.push('\n');
        rest = after;
    }
    lines
}
