//! Labels by their names, as both APIs serve them.

use serde_json::Value;

use super::LABELS;
use crate::world::repository::Repository;
use crate::world::shape::content_hash;

/// What events tell of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelFacts {
    pub(crate) node_id: String,
    pub(crate) name: String,
    pub(crate) color: String,
}

impl LabelFacts {
    /// The label of this name; one that the repository has no more keeps the id that its name gives.
    pub(crate) fn of(repository: &Repository, name: &str) -> Self {
        if let Some(index) = generated_place(repository, name) {
            let node_id = format!("LA_kw{}", generated_id(repository, index));
            return Self { node_id, name: name.to_owned(), color: LABELS[index].1.to_owned() };
        }
        let known: Option<Value> = repository.labels.get(name).and_then(|text| text.parse().ok());
        let text = |key: &str| known.as_ref()?.get(key)?.as_str().map(str::to_owned);
        Self {
            node_id: text("node_id").unwrap_or_else(|| format!("LA_kw{}", id_of_name(name))),
            name: name.to_owned(),
            color: text("color").unwrap_or_else(|| "ededed".to_owned()),
        }
    }
}

/// The place among [`LABELS`] of a label that the repository was generated with.
pub(crate) fn generated_place(repository: &Repository, name: &str) -> Option<usize> {
    LABELS.iter().position(|label| repository.is_generated && label.0 == name)
}

/// The id of a generated repository's label.
pub(crate) fn generated_id(repository: &Repository, index: usize) -> u64 {
    repository.id * 100 + index as u64
}

/// The id of a label that somebody made.
pub(crate) fn id_of_name(name: &str) -> u64 {
    content_hash(name.as_bytes()) % 9_000_000_000
}
