//! Why a repository is trending, as a person reads it.

mod blueprint;
mod history;
mod score;

use super::Explained;
use crate::clean::{cut, lines};
use crate::report::trending::terminal::TEXT_WIDTH;
use crate::report::trending::words::{self, place};
use crate::report::width::width;

/// Lines of a description.
const DESCRIPTION_LINES: usize = 3;
const NAME_WIDTH: usize = 24;

/// Everything, newest days last.
pub fn told(found: &Explained) -> String {
    told_in(found, width())
}

/// The same for a terminal of so many columns.
pub(in crate::report::trending) fn told_in(found: &Explained, width: usize) -> String {
    let width = width.min(TEXT_WIDTH);
    let mut told = title(found, width);
    told.push(String::new());
    told.extend(score::score(found, width));
    if let Some(blueprint) = &found.blueprint {
        told.push(String::new());
        told.extend(blueprint::blueprint(blueprint, width));
    }
    told.push(String::new());
    told.extend(history::history(found));
    told.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Name, places, description, and when it was seen.
fn title(found: &Explained, width: usize) -> Vec<String> {
    let mut title = vec![cut(&found.repository, width)];
    let list =
        if found.is_render { "for Render".to_owned() } else { format!("in {}", cut(&found.language, NAME_WIDTH)) };
    title.push(format!(
        "momentum {}   {} {list}   {} overall",
        words::score(found.momentum.momentum_score),
        place(found.rank_in_language, found.ranked_in_language),
        place(found.rank_overall, found.ranked_overall),
    ));
    if let Some(description) = &found.description {
        title.extend(lines(description, width, DESCRIPTION_LINES));
    }
    title.extend(found.repo_url.as_ref().map(|url| cut(url, width)));
    let seen = found.seen_at.map_or_else(|| found.snapshot_date.to_string(), words::instant);
    let mut parts = vec![cut(found.repo_language.as_deref().unwrap_or("no language"), NAME_WIDTH)];
    parts.extend(found.created_at.map(|at| format!("created {}", at.format("%Y-%m-%d"))));
    parts.push(format!("seen {seen}"));
    title.push(parts.join("   "));
    title
}
