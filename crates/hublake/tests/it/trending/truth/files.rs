//! What the files of a repository say.

use std::collections::BTreeSet;

use super::{Seen, sha256};
use crate::trending::blueprints::{Blueprint, counted};

/// The files that matter.
#[derive(Default)]
pub struct Analysis {
    /// README.
    pub readme: Option<Readme>,
    /// `render.yaml` at the root.
    pub blueprint: Option<Deployment>,
    /// Role, path and blob of every file that is looked at.
    pub listing: Vec<(&'static str, String, String)>,
}

/// A README; of one that is no text nothing is read, not even its mentions.
pub struct Readme {
    /// As it is written.
    pub path: String,
    /// Of the whole text, or of Git's id of what is no text, as it is written.
    pub sha256: String,
    /// The first 5,000 characters; none of what is no text.
    pub content: Option<String>,
    /// Whether it speaks of Render.
    pub mentions_render: bool,
    /// Where its button leads.
    pub button: Option<String>,
}

/// What is deployed on Render.
pub struct Deployment {
    /// What the file says.
    pub counted: &'static Blueprint,
    /// 0 to 10; none of a file that cannot be read.
    pub complexity: Option<usize>,
    /// 0 to 10; none of a file that cannot be read.
    pub quality: Option<usize>,
}

impl Analysis {
    /// What these files say.
    pub fn of(seen: &Seen) -> Self {
        let mut listing = Vec::new();
        let mut list = |role: &'static str, path: &str| {
            if let Some(blob) = seen.truth.files.get(path) {
                listing.push((role, path.to_owned(), blob.clone()));
            }
        };
        let readme = readme_path(seen);
        if let Some(path) = readme {
            list("readme", path);
        }
        list("render_yaml", "render.yaml");
        list("package_json", "package.json");
        list("dockerfile", "Dockerfile");
        let counted = seen.files.get("render.yaml").map(|bytes| counted(bytes));
        for path in counted.iter().flat_map(|blueprint| blueprint.dockerfiles) {
            list("dockerfile", path);
        }
        let dockerfiles: Vec<&[u8]> = listing
            .iter()
            .filter(|(role, ..)| *role == "dockerfile")
            .filter_map(|(_, path, _)| seen.files.get(path).map(Vec::as_slice))
            .collect();
        let blueprint = counted.map(|counted| Deployment::of(counted, &dockerfiles));
        let readme = readme.and_then(|path| Readme::of(seen, path));
        Self { readme, blueprint, listing }
    }
}

impl Deployment {
    fn of(counted: &'static Blueprint, dockerfiles: &[&[u8]]) -> Self {
        let texts: Vec<String> = dockerfiles.iter().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        let has_variable = texts.iter().any(|text| names_variable(text));
        let has_domain = texts.iter().any(|text| names_domain(&text.to_lowercase()));
        let sum =
            counted.count().min(5) + counted.types().len().min(3) + usize::from(has_variable) + usize::from(has_domain);
        let complexity = sum.min(10);
        let quality = 3
            + counted.services.len().min(3)
            + if counted.types().len() > 1 { 2 } else { 0 }
            + if complexity >= 5 { 2 } else { 0 };
        let is_whole = !counted.is_broken;
        Self { counted, complexity: is_whole.then_some(complexity), quality: is_whole.then_some(quality.min(10)) }
    }

    /// The types of all that is deployed, each once, in order.
    pub fn types(&self) -> BTreeSet<&'static str> {
        let mut types = self.counted.types();
        if !self.counted.databases.is_empty() {
            types.insert("postgres");
        }
        types
    }

    /// How many of a type there are.
    pub fn instances(&self, kind: &str) -> usize {
        match kind {
            "postgres" => self.counted.databases.len(),
            _ => self.counted.services.iter().filter(|(.., other)| *other == kind).count(),
        }
    }
}

/// Whether a text names a variable that begins with `RENDER_`.
fn names_variable(text: &str) -> bool {
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices("RENDER_").any(|(place, _)| !text[..place].ends_with(is_of_word))
}

/// Whether a text in lower case names a host of render.com or onrender.com.
fn names_domain(text: &str) -> bool {
    text.match_indices("render.com").any(|(place, host)| {
        let before = text[..place].strip_suffix("on").unwrap_or(&text[..place]);
        let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        !before.ends_with(is_of_word) && !text[place + host.len()..].starts_with(is_of_word)
    })
}

/// `readme.md` in any case, else another file of that name.
fn readme_path(seen: &Seen) -> Option<&str> {
    let at_root = |path: &&String| !path.contains('/');
    let found = |is_named: &dyn Fn(&str) -> bool| {
        let mut at_root = seen.files.keys().filter(at_root);
        at_root.find(|path| is_named(&path.to_lowercase())).map(String::as_str)
    };
    found(&|name| name == "readme.md").or_else(|| found(&|name| name == "readme" || name.starts_with("readme.")))
}

impl Readme {
    fn of(seen: &Seen, path: &str) -> Option<Self> {
        let bytes = seen.files.get(path)?;
        let blob = seen.truth.files.get(path)?;
        // Two that cannot be read are still two, by Git's ids of them.
        let (text, hashed) = match std::str::from_utf8(bytes) {
            // To Git, what has a NUL is no text.
            Ok(text) if !text.contains('\0') => (Some(text), bytes.as_slice()),
            _ => (None, blob.as_bytes()),
        };
        let content = text.map(|text| text.chars().take(5_000).collect());
        let text = text.unwrap_or_default();
        Some(Self {
            path: path.to_owned(),
            sha256: sha256(hashed),
            content,
            mentions_render: mentions_render(&text.to_lowercase()),
            button: button(text).map(str::to_owned),
        })
    }
}

/// Whether a text in lower case has the word, or an address on Render.
fn mentions_render(text: &str) -> bool {
    let is_between = |letter: char| !letter.is_alphanumeric() && letter != '_';
    text.split(is_between).any(|word| word == "render") || names_domain(text)
}

/// The address of a button, as it is written.
fn button(text: &str) -> Option<&str> {
    let starts = ["https://render.com/deploy", "https://dashboard.render.com/blueprint/new"];
    let start = starts.iter().filter_map(|start| text.find(start)).min()?;
    let rest = &text[start..];
    Some(rest.split(|letter: char| letter.is_whitespace() || "()\"'<>".contains(letter)).next().unwrap_or(rest))
}
