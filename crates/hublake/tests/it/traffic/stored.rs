//! Every row of every stored table of traffic.

use crate::program::Hublake;
use crate::stored::rows;

/// What a second run at the same instant may have differently: it has looked twice, and finds that nothing changed.
pub const OF_THE_RUN: &[&str] = &["record_loaded_at", "observation_count", "is_unchanged", "last_status"];

/// A text a row, without some columns.
pub fn stored(hublake: &Hublake, lacking: &[&str]) -> Vec<String> {
    try_stored(hublake, lacking).unwrap_or_else(|text| panic!("{text}"))
}

/// [`stored`], or why there is nothing.
pub fn try_stored(hublake: &Hublake, lacking: &[&str]) -> Result<Vec<String>, String> {
    rows(hublake, "traffic", |_, column| !lacking.contains(&column))
}
