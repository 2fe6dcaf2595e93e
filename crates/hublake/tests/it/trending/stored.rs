//! Every row of every stored table of trending.

use crate::program::Hublake;
use crate::stored::rows;

/// What two runs that saw the same may have differently.
const OF_THE_RUN: &[&str] = &["loaded_at", "record_loaded_at", "source_run_id", "source_run_seq"];

/// A text a row, without what tells of the run.
pub fn stored(hublake: &Hublake) -> Vec<String> {
    try_stored(hublake).unwrap_or_else(|text| panic!("{text}"))
}

/// [`stored`], or why there is nothing.
pub fn try_stored(hublake: &Hublake) -> Result<Vec<String>, String> {
    rows(hublake, "trending", |_, column| !OF_THE_RUN.contains(&column))
}
