//! Render Blueprints: what a `render.yaml` asks for, what its Dockerfiles use, and the scores made of that.
//!
//! The form is the one of <https://render.com/docs/blueprint-spec>, old names included. Whatever the file holds,
//! reading it ends soon: its size, nesting, nodes and entries are bounded, and aliases are followed, never written
//! out. A file that cannot be understood as a whole gives a [`Blueprint`] with an error and its place, so that it is
//! told from an empty one.

mod check;
mod dockerfile;
mod form;
mod instance;
mod notes;
mod path;
mod read;
pub mod readme;
pub mod score;
mod tree;
mod walk;

#[cfg(test)]
mod tests;

pub use dockerfile::{Dockerfiles, scan_dockerfile};
pub use instance::{Database, EnvVarGroup, Generation, Previews, Service, ServiceKind};
pub use notes::Problem;
pub use score::{complexity, documentation, quality};

use notes::Notes;

/// Bytes of a file that is read, at most; more than any Blueprint needs, and what GitHub gives in one answer.
pub const MOST_BYTES: usize = 1 << 20;

/// Dockerfiles that a Blueprint can name, at most; the rest is left out with a warning.
pub const MOST_DOCKERFILES: usize = 20;

/// What a `render.yaml` asks for. Services and databases are those of all scopes, in the order of the form: root,
/// ungrouped, then every environment of every project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Blueprint {
    /// Services of all kinds; Key Value instances are services too.
    pub services: Vec<Service>,
    /// PostgreSQL databases, without their replicas.
    pub databases: Vec<Database>,
    /// Groups of variables.
    pub env_var_groups: Vec<EnvVarGroup>,
    /// Preview environments; `None` where the file says nothing about them.
    pub previews: Option<Previews>,
    /// What is odd and changes nothing of the counts; the first 1,000.
    pub warnings: Vec<Problem>,
    /// How many warnings there are in truth.
    pub warning_count: u64,
    /// Single entries that Render would refuse, such as a name that is there twice; the first 1,000.
    pub errors: Vec<Problem>,
    /// Why the file as a whole cannot be understood; what could be read before is kept.
    pub error: Option<Problem>,
}

impl Blueprint {
    /// Whether the file as a whole cannot be understood, so that nothing can be counted.
    pub fn is_broken(&self) -> bool {
        self.error.is_some()
    }

    /// Services and databases of all scopes, those with a problem included.
    pub fn service_count(&self) -> usize {
        self.services.len() + self.databases.len()
    }

    /// The kind of each service that is known, then `Postgres` for each database.
    pub fn types(&self) -> Vec<ServiceKind> {
        let services = self.services.iter().filter_map(|service| service.kind);
        services.chain(self.databases.iter().map(|_| ServiceKind::Postgres)).collect()
    }

    /// The Dockerfiles that services name: paths from the root of the repository, each once, in order, at most
    /// [`MOST_DOCKERFILES`]. The `Dockerfile` at the root is only there where a service names it.
    pub fn dockerfile_paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = Vec::new();
        for path in self.services.iter().filter_map(|service| service.dockerfile_path.as_deref()) {
            if paths.len() < MOST_DOCKERFILES && !paths.contains(&path) {
                paths.push(path);
            }
        }
        paths
    }

    fn broken(problem: Problem) -> Self {
        Self { error: Some(problem), ..Self::default() }
    }
}

/// Reads the text of a `render.yaml`; it never fails, see [`Blueprint::error`].
pub fn parse(text: &str) -> Blueprint {
    if text.len() > MOST_BYTES {
        return Blueprint::broken(too_large());
    }
    let tree = match tree::Tree::load(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        Ok(tree) => tree,
        Err(problem) => return Blueprint::broken(problem),
    };
    let mut notes = Notes::default();
    check::check(&tree, &mut notes);
    let mut blueprint = read::read(&tree, &mut notes);
    notes.end_in(&mut blueprint);
    blueprint
}

/// Reads a `render.yaml` as it lies in a repository; bytes that are not UTF-8 are an error with their place.
pub fn parse_bytes(bytes: &[u8]) -> Blueprint {
    if bytes.len() > MOST_BYTES {
        return Blueprint::broken(too_large());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u64 + 1;
            Blueprint::broken(Problem { message: "the file is not UTF-8".to_owned(), line, column })
        }
    }
}

fn too_large() -> Problem {
    Problem { message: format!("the file is larger than {MOST_BYTES} bytes"), line: 1, column: 1 }
}
