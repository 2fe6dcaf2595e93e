//! The default branch of a repository: its files now, and its commits.

pub(crate) mod oid;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

pub(crate) use oid::Oid;

use crate::render::time_text;
use crate::world::event::NOBODY;

/// What a repository's default branch holds. Nothing at all is an empty repository, which has no branch.
#[derive(Debug, Default)]
pub(crate) struct Branch {
    name: Option<Box<str>>,
    files: BTreeMap<String, Oid>,
    /// Also those that no file has any more: GitHub serves them on.
    blobs: HashMap<Oid, Arc<[u8]>>,
    /// Blobs that are there, and that GitHub fails at when it is asked for them.
    withheld: HashSet<Oid>,
    /// By time of commit, oldest first.
    commits: Vec<Commit>,
}

/// A commit of the default branch.
#[derive(Debug, Clone)]
pub(crate) struct Commit {
    pub(crate) oid: Oid,
    /// When it was committed and written, seconds since 1970.
    pub(crate) at: i64,
    pub(crate) author: Author,
    pub(crate) message: String,
    /// Whether it is the one that came with the repository.
    is_first: bool,
}

/// Who wrote a commit, as Git and as GitHub know them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) name: String,
    pub(crate) email: String,
    /// A user by index; `NOBODY` where the e-mail belongs to no account.
    pub(crate) user: u32,
}

/// A line of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// From the root.
    pub(crate) path: String,
    pub(crate) oid: Oid,
    pub(crate) is_folder: bool,
}

impl Branch {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("main")
    }

    pub(crate) fn set_name(&mut self, name: &str) {
        self.name = Some(name.into());
    }

    /// Whether nothing was ever pushed.
    pub(crate) fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    /// Commits, oldest first.
    pub(crate) fn commits(&self) -> &[Commit] {
        &self.commits
    }

    /// The newest commit.
    pub(crate) fn head(&self) -> Option<&Commit> {
        self.commits.last()
    }

    /// The files by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, Oid)> {
        self.files.iter().map(|(path, oid)| (path.as_str(), *oid))
    }

    pub(crate) fn file(&self, path: &str) -> Option<Oid> {
        self.files.get(path).copied()
    }

    /// The bytes of a blob that was ever there.
    pub(crate) fn blob(&self, oid: Oid) -> Option<&Arc<[u8]>> {
        self.blobs.get(&oid)
    }

    /// Puts a file in place of what was; says nothing of commits.
    pub(crate) fn put(&mut self, path: &str, bytes: &[u8]) {
        let oid = Oid::of("blob", bytes);
        self.blobs.entry(oid).or_insert_with(|| bytes.into());
        self.files.insert(path.to_owned(), oid);
    }

    pub(crate) fn remove(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// Whether GitHub fails when it is asked for a blob.
    pub(crate) fn withholds(&self, oid: Oid) -> bool {
        self.withheld.contains(&oid)
    }

    /// Makes GitHub fail at what a path holds now, or not any more.
    pub(crate) fn withhold(&mut self, path: &str, is_withheld: bool) {
        let Some(oid) = self.file(path) else { return };
        if is_withheld {
            self.withheld.insert(oid);
        } else {
            self.withheld.remove(&oid);
        }
    }

    /// Adds a commit in its place in time.
    pub(crate) fn commit(&mut self, at: i64, author: Author, message: &str) {
        self.insert(at, author, message, false);
    }

    /// Makes sure that there is a first commit, at the repository's creation.
    pub(crate) fn begin(&mut self, at: i64, author: Author) {
        if self.commits.is_empty() {
            self.insert(at, author, "Initial commit", true);
        }
    }

    /// Moves the commit that came with the repository.
    pub(crate) fn move_first(&mut self, at: i64) {
        let place = self.commits.iter().position(|commit| commit.is_first);
        if let Some(place) = place {
            let first = self.commits.remove(place);
            self.insert(at, first.author, &first.message, true);
        }
    }

    fn insert(&mut self, at: i64, author: Author, message: &str, is_first: bool) {
        let place = self.commits.partition_point(|commit| commit.at <= at);
        let text = format!("{} {at} {} <{}>\n{message}", self.commits.len(), author.name, author.email);
        let commit =
            Commit { oid: Oid::of("commit", text.as_bytes()), at, author, message: message.to_owned(), is_first };
        self.commits.insert(place, commit);
    }

    /// The entries of a folder by name, folders among files; `None` where there is no such folder.
    pub(crate) fn folder(&self, path: &str) -> Option<Vec<Entry>> {
        let prefix = if path.is_empty() { String::new() } else { format!("{path}/") };
        let mut entries: Vec<Entry> = Vec::new();
        for (file, oid) in self.files.range(prefix.clone()..) {
            let Some(rest) = file.strip_prefix(&prefix) else { break };
            let (name, is_folder) = match rest.split_once('/') {
                Some((folder, _)) => (folder, true),
                None => (rest, false),
            };
            if entries.iter().any(|entry| entry.name == name) {
                continue;
            }
            let path = format!("{prefix}{name}");
            let oid = if is_folder { self.tree(&path)? } else { *oid };
            entries.push(Entry { name: name.to_owned(), path, oid, is_folder });
        }
        if entries.is_empty() && !path.is_empty() {
            return None;
        }
        entries.sort_by(|left, right| left.name.cmp(&right.name));
        Some(entries)
    }

    /// The id of a folder's tree.
    pub(crate) fn tree(&self, path: &str) -> Option<Oid> {
        let mut entries = self.folder(path)?;
        // Git sorts a folder as if its name ended in a slash.
        let key = |entry: &Entry| if entry.is_folder { format!("{}/", entry.name) } else { entry.name.clone() };
        entries.sort_by_cached_key(key);
        let mut content = Vec::new();
        for entry in entries {
            let mode = if entry.is_folder { "40000" } else { "100644" };
            content.extend_from_slice(format!("{mode} {}\0", entry.name).as_bytes());
            content.extend_from_slice(&entry.oid.0);
        }
        Some(Oid::of("tree", &content))
    }

    /// The folder that has this tree now.
    pub(crate) fn folder_of_tree(&self, oid: Oid) -> Option<String> {
        let mut open = vec![String::new()];
        while let Some(path) = open.pop() {
            if self.tree(&path) == Some(oid) {
                return Some(path);
            }
            let folders = self.folder(&path).unwrap_or_default().into_iter().filter(|entry| entry.is_folder);
            open.extend(folders.map(|entry| entry.path));
        }
        None
    }

    /// Whether a text names the newest commit: `HEAD`, the branch, or its id.
    pub(crate) fn is_head(&self, text: &str) -> bool {
        let short = text.strip_prefix("refs/heads/").unwrap_or(text);
        short == "HEAD" || short == self.name() || self.head().is_some_and(|head| head.oid.to_string() == text)
    }
}

impl Author {
    /// Somebody whose e-mail belongs to no account.
    pub(crate) fn unknown(name: &str, email: &str) -> Self {
        Self { name: name.to_owned(), email: email.to_owned(), user: NOBODY }
    }
}

impl Commit {
    /// When it was committed, as GitHub writes it.
    pub(crate) fn time(&self) -> String {
        time_text(self.at)
    }
}

/// Whether Git calls these bytes binary: there is a NUL among the first 8,000.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(8_000).any(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed_and_have_the_tree_ids_of_git() {
        let mut branch = Branch::default();
        branch.put("b", b"hello\n");
        branch.put("a/c", b"hello\n");
        branch.put("a.txt", b"");
        let names: Vec<String> = branch.folder("").unwrap().into_iter().map(|entry| entry.name).collect();
        assert_eq!(names, ["a", "a.txt", "b"]);
        // From `git write-tree` of the same files.
        assert_eq!(branch.tree("a").unwrap().to_string(), "435927d2fe872add393f6b83553075ffeb232cba");
        assert_eq!(branch.tree("").unwrap().to_string(), "02b4169fe8c223ec448f9e30e4a7fd261eb99568");
        assert_eq!(branch.folder_of_tree(branch.tree("a").unwrap()).as_deref(), Some("a"));
        assert_eq!(branch.folder("nothing"), None);
    }

    #[test]
    fn commits_stand_in_the_order_of_their_times() {
        let mut branch = Branch::default();
        let author = || Author::unknown("A", "a@example.org");
        branch.begin(50, author());
        branch.commit(200, author(), "later");
        branch.commit(100, author(), "earlier");
        let times: Vec<i64> = branch.commits().iter().map(|commit| commit.at).collect();
        assert_eq!(times, [50, 100, 200]);
        branch.move_first(150);
        assert_eq!(branch.commits()[1].message, "Initial commit");
    }
}
