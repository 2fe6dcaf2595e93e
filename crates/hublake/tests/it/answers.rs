//! What the program answers, and in which form.

mod export;
mod form;
mod gitpulse;
mod help;
mod report;
