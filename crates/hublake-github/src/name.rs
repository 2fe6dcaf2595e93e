//! Names of repositories as people write them.

use std::fmt;
use std::str::FromStr;

/// A repository's name: owner and name, as GitHub allows them.
///
/// Parses `owner/name` and what people paste: `https://github.com/owner/name/issues`,
/// `git@github.com:owner/name.git`. GitHub compares names without regard to case; see [`RepoName::key`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoName {
    owner: String,
    name: String,
}

/// A text that is no repository name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` is not a repository name: {reason}\nhint: write OWNER/NAME, for example rust-lang/rust")]
pub struct NameError {
    input: String,
    reason: &'static str,
}

impl RepoName {
    /// Checks an owner and a name.
    pub fn new(owner: &str, name: &str) -> Result<Self, NameError> {
        match fault(owner, name) {
            None => Ok(Self { owner: owner.to_owned(), name: name.to_owned() }),
            Some(reason) => Err(NameError { input: format!("{owner}/{name}"), reason }),
        }
    }

    /// The account that owns the repository.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The name without its owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in lower case, equal for every way of writing the same repository.
    pub fn key(&self) -> String {
        self.to_string().to_ascii_lowercase()
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.owner, self.name)
    }
}

impl FromStr for RepoName {
    type Err = NameError;

    fn from_str(input: &str) -> Result<Self, NameError> {
        let refuse = |reason| NameError { input: shown(input), reason };
        let trimmed = input.trim();
        let (path, is_url) = path_of(trimmed);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let mut segments = path.trim_matches('/').split('/');
        let (Some(owner), Some(name)) = (segments.next(), segments.next()) else {
            return Err(refuse("the owner is missing"));
        };
        if segments.next().is_some() && !is_url {
            return Err(refuse("it has more than one `/`"));
        }
        let name = if is_url { name.strip_suffix(".git").unwrap_or(name) } else { name };
        match fault(owner, name) {
            None => Ok(Self { owner: owner.to_owned(), name: name.to_owned() }),
            Some(reason) => Err(refuse(reason)),
        }
    }
}

/// The part that holds owner and name, and whether the text was an address.
fn path_of(text: &str) -> (&str, bool) {
    if let Some((_, rest)) = text.split_once("://") {
        let path = rest.split_once('/').map_or("", |(_, path)| path);
        let path = path.strip_prefix("api/v3/").unwrap_or(path);
        return (path.strip_prefix("repos/").unwrap_or(path), true);
    }
    if let Some((host, path)) = text.split_once(':')
        && host.starts_with("git@")
    {
        return (path, true);
    }
    match text.strip_prefix("github.com/").or_else(|| text.strip_prefix("www.github.com/")) {
        Some(path) => (path, true),
        None => (text, false),
    }
}

/// GitHub's rules; owners of managed accounts have an underscore, old accounts a trailing hyphen.
fn fault(owner: &str, name: &str) -> Option<&'static str> {
    let owner_allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let name_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if owner.is_empty() {
        return Some("the owner is missing");
    }
    if name.is_empty() {
        return Some("the name after the `/` is missing");
    }
    if owner.len() > 39 {
        return Some("the owner is longer than 39 characters");
    }
    if name.len() > 100 {
        return Some("the name is longer than 100 characters");
    }
    if owner.starts_with('-') || !owner.chars().all(owner_allowed) {
        return Some("an owner has letters, digits and hyphens only and does not start with a hyphen");
    }
    if !name.chars().all(name_allowed) {
        return Some("a name has letters, digits, hyphens, underscores and dots only");
    }
    if name == "." || name == ".." {
        return Some("GitHub reserves the names `.` and `..`");
    }
    None
}

/// The input as an error may show it: an address can carry a password before its `@`.
fn shown(input: &str) -> String {
    match input.split_once("://") {
        Some((scheme, rest)) => {
            let authority_end = rest.find('/').unwrap_or(rest.len());
            let kept = rest[..authority_end].rfind('@').map_or(rest, |at| &rest[at + 1..]);
            format!("{scheme}://{kept}")
        }
        None => input.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::plain("rust-lang/rust", "rust-lang/rust")]
    #[case::dots_and_underscores("a/b.c_d-e", "a/b.c_d-e")]
    #[case::managed_account("jane_corp/x", "jane_corp/x")]
    #[case::address("https://github.com/rust-lang/rust", "rust-lang/rust")]
    #[case::deep_address("https://github.com/o/n/issues/5?x=1#y", "o/n")]
    #[case::clone_address("https://github.com/o/n.git", "o/n")]
    #[case::ssh("git@github.com:o/n.git", "o/n")]
    #[case::ssh_scheme("ssh://git@github.com/o/n.git", "o/n")]
    #[case::api_address("https://api.github.com/repos/o/n", "o/n")]
    #[case::enterprise_api("https://git.corp.example/api/v3/repos/o/n", "o/n")]
    #[case::without_scheme("github.com/o/n", "o/n")]
    #[case::trailing_slash("o/n/", "o/n")]
    #[case::spaces_around(" o/n\n", "o/n")]
    fn understood(#[case] input: &str, #[case] expected: &str) {
        assert_eq!(input.parse::<RepoName>().unwrap().to_string(), expected);
    }

    #[rstest]
    #[case::no_slash("not-a-repo")]
    #[case::empty("")]
    #[case::no_owner("/n")]
    #[case::no_name("o/")]
    #[case::two_slashes("o/n/m")]
    #[case::space("o/n m")]
    #[case::parent("o/..")]
    #[case::leading_hyphen("-o/n")]
    #[case::only_a_host("https://github.com/")]
    #[case::only_an_owner("https://github.com/rust-lang")]
    #[case::not_ascii("ö/n")]
    fn refused_with_a_hint(#[case] input: &str) {
        let message = input.parse::<RepoName>().unwrap_err().to_string();
        assert!(message.contains("is not a repository name"), "{message}");
        assert!(message.contains("\nhint: write OWNER/NAME"), "{message}");
    }

    #[test]
    fn a_password_in_an_address_is_not_shown() {
        let message = "https://me:secret@github.com/o".parse::<RepoName>().unwrap_err().to_string();
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn overlong_names_are_refused() {
        assert!(RepoName::new(&"o".repeat(40), "n").is_err());
        assert!(RepoName::new("o", &"n".repeat(101)).is_err());
    }

    #[test]
    fn keys_are_equal_without_regard_to_case() {
        assert_eq!(RepoName::new("Rust-Lang", "Rust").unwrap().key(), "rust-lang/rust");
    }
}
