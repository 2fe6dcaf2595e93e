//! The answer: is the backlog growing or shrinking?

pub mod figures;
pub mod picture;
pub mod terminal;

pub use figures::{Figures, Window, figures};
