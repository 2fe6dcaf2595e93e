//! Traffic, judged by single visits: what every table holds follows from who came when, and when it was asked for.

mod bounds;
mod daily;
mod gaps;
mod kill;
mod places;
mod quiet;
mod recorded;
mod requests;
mod rights;
mod stage;
mod stars;
mod truth;

pub mod stored;
