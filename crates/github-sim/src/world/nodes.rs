//! Where issues are found by their node ids.

use std::collections::HashMap;

use crate::world::issue::Issue;
use crate::world::shape::content_hash;
use crate::world::{Repository, World};

/// From node ids to repositories and numbers. Ids are kept as hashes, and a place is only where to look: what has
/// gone from there stays noted.
#[derive(Debug, Default)]
pub(crate) struct Nodes {
    places: HashMap<u64, (u64, u32)>,
}

impl Nodes {
    pub(crate) fn note(&mut self, node_id: &str, repository_id: u64, number: u32) {
        self.places.insert(content_hash(node_id.as_bytes()), (repository_id, number));
    }

    pub(crate) fn reserve(&mut self, count: usize) {
        self.places.reserve(count);
    }
}

impl World {
    /// The issue or pull request of a node id that its repository lists.
    ///
    /// What was deleted or became a discussion is not found, and neither is a transferred issue by its old id: it has
    /// another one in its new repository.
    pub(crate) fn issue_by_node(&self, node_id: &str) -> Option<(&Repository, &Issue)> {
        let (repository_id, number) = self.nodes.places.get(&content_hash(node_id.as_bytes()))?;
        let repository = self.repositories.get(repository_id)?;
        let issue = repository.issues.get(number)?;
        (issue.node_id() == node_id).then_some((repository, issue))
    }

    /// The repository of a node id.
    pub(crate) fn repository_by_node(&self, node_id: &str) -> Option<&Repository> {
        let id: u64 = node_id.strip_prefix("R_kgDO")?.parse().ok()?;
        self.repositories.get(&id)
    }

    /// Notes where all issues of a repository are.
    pub(crate) fn note_nodes(&mut self, repository_id: u64) {
        let Some(repository) = self.repositories.get(&repository_id) else {
            return;
        };
        self.nodes.reserve(repository.issues.len());
        for issue in repository.issues.values() {
            self.nodes.note(&issue.node_id(), repository_id, issue.number);
        }
    }
}
