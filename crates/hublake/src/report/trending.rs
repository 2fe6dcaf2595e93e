//! The answer of trending: which repositories rise, why, and what of it is known.

mod explained;
mod figures;
mod ranked;
mod rows;
mod run;
mod services;
mod words;

pub mod terminal;

pub use explained::terminal::told;
pub use explained::{Explained, Steps, explained, former_name};
pub use figures::{Asked, figures};

#[cfg(test)]
mod tests;
