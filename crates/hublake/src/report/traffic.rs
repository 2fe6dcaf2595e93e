//! The answer of traffic: who looks at the repositories, who clones them, and what of it is known.

mod days;
mod lists;
mod select;
pub(super) mod words;

pub mod figures;
pub mod history;
pub mod terminal;

pub use figures::figures;
pub use history::history;

#[cfg(test)]
mod tests;
