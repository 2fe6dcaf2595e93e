//! Names of repositories: in fields, and in the folders that a file lies in.

use std::path::{Component, Path};

/// Whether a text is `owner/name`, or a name alone.
pub(super) fn is_repository(text: &str) -> bool {
    match text.split_once('/') {
        Some((owner, name)) => is_owner(owner) && is_name(name),
        None => is_name(text),
    }
}

/// The repository that the folders of a file name: `owner/name/ghrs-data`, as github-repo-stats lays its data out,
/// or a folder `owner+name`.
pub(super) fn of_folders(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let mut folders: Vec<&str> = Vec::new();
    for component in path.parent()?.components() {
        if let Component::Normal(folder) = component {
            folders.push(folder.to_str().unwrap_or_default());
        }
    }
    for (index, folder) in folders.iter().enumerate().rev() {
        let pair = match (*folder, index) {
            ("ghrs-data", 2..) => Some((folders[index - 2], folders[index - 1])),
            _ => folder.split_once('+'),
        };
        if let Some((owner, name)) = pair.filter(|(owner, name)| is_owner(owner) && is_name(name)) {
            return Some(format!("{owner}/{name}"));
        }
    }
    None
}

fn is_owner(text: &str) -> bool {
    (1..=39).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn is_name(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=100).contains(&text.len()) && text.bytes().all(fits) && text != "." && text != ".."
}
