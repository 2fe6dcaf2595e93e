//! The answer: is the backlog growing or shrinking?

pub mod figures;
pub mod picture;
pub mod terminal;
pub mod traffic;

pub use figures::{Figures, Window, figures};
