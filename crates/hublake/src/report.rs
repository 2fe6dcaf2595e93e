//! The answer: is the backlog growing or shrinking?

mod grid;
mod skyline;
mod width;

pub mod figures;
pub mod picture;
pub mod terminal;
pub mod traffic;
pub mod trending;

pub use figures::{Figures, Window, figures};

/// A longer list would cost more than what it leaves out.
const MOST_IDS: usize = 1000;

/// The condition that a row is of one of these repositories.
fn of_these(repositories: &[hublake_store::Repository]) -> String {
    match repositories.len() {
        0 => "FALSE".to_owned(),
        1..=MOST_IDS => {
            let ids: Vec<_> = repositories.iter().map(|repository| repository.repo_id.to_string()).collect();
            format!("repo_id IN ({})", ids.join(", "))
        }
        _ => "TRUE".to_owned(),
    }
}
