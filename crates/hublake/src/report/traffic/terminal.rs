//! The answer as a person reads it.

mod block;
mod table;

pub(super) use block::popular_lines;

use super::figures::TrafficFigures;
use crate::report::grid::wrapped;
use crate::report::width::width;

/// Repositories that are shown one by one; more are a table.
const BLOCKS: usize = 6;
/// Where texts are wrapped although there is more room.
const TEXT_WIDTH: usize = 100;

/// The answers of several repositories: a table that sets them side by side, then each, unless they are many.
pub fn answers(all: &[TrafficFigures]) -> String {
    answers_in(all, width())
}

/// The same for a terminal of so many columns.
pub(super) fn answers_in(all: &[TrafficFigures], width: usize) -> String {
    let mut lines = Vec::new();
    if all.len() > 1 {
        lines.extend(table::side_by_side(all, width));
    }
    if all.len() > BLOCKS {
        lines.push(String::new());
        lines.extend(table::remarks(all).iter().flat_map(|remark| wrapped(remark, width.min(TEXT_WIDTH), 4)));
        lines.push(String::new());
        lines.push("  referrers, paths and single days: hublake report traffic --repo OWNER/NAME".to_owned());
    } else {
        for one in all {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            lines.extend(block::block(one, width.min(TEXT_WIDTH)));
        }
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}
