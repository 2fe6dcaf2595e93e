//! The list of a language.

use super::{fitted, list_heading, ruled, table_width};
use crate::clean::{columns, cut, cut_name};
use crate::report::grid::grid;
use crate::report::terminal::count;
use crate::report::trending::figures::TrendingList;
use crate::report::trending::ranked::Ranked;
use crate::report::trending::words::{age, bar, counted, score, velocity};

const BAR_WIDTH: usize = 10;
/// A shorter description says nothing.
const SHORTEST_DESCRIPTION: usize = 24;
const LONGEST_DESCRIPTION: usize = 80;

/// Heading and table; `longest` is the longest name of all lists, so that their columns stand below each other.
pub(super) fn ranking(list: &TrendingList, longest: usize, width: usize) -> Vec<String> {
    let mut lines = list_heading(&list.language, list, &summary(list), width.min(super::TEXT_WIDTH));
    if list.repositories.is_empty() {
        return lines;
    }
    let table = fitted(|name_width| table(list, name_width), longest, width);
    let ruled_width = table_width(&table);
    let mut table = ruled(table);
    let room = width.saturating_sub(ruled_width + 2).min(LONGEST_DESCRIPTION);
    if room >= SHORTEST_DESCRIPTION {
        // Behind everything else: whatever columns a terminal gives to its letters, no column moves.
        for (line, one) in table.iter_mut().skip(2).zip(&list.repositories) {
            let description = cut(one.description.as_deref().unwrap_or_default(), room);
            *line = format!("{line:ruled_width$}  {description}");
        }
    }
    lines.extend(table);
    lines
}

fn summary(list: &TrendingList) -> String {
    let mut parts =
        vec![counted(list.total_repos, "repository", "repositories"), counted(list.total_stars, "star", "stars")];
    if let Some(average) = list.avg_momentum {
        parts.push(format!("momentum {} on average", score(average)));
    }
    match list.render_adoption_percentage {
        Some(percent) if list.render_projects > 0 => {
            parts.push(format!("{} more for Render ({percent:.0} % of the language)", count(list.render_projects)));
        }
        _ => {}
    }
    parts.join(", ")
}

fn table(list: &TrendingList, name_width: usize) -> Vec<String> {
    let header = ["  #", "repository", "stars", "stars a day", "momentum", "", "age"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(list.repositories.iter().map(|one| row(one, name_width)));
    grid(&rows, &[1, 5])
}

fn row(one: &Ranked, name_width: usize) -> Vec<String> {
    vec![
        format!(" {}", count(one.rank_in_language)),
        padded(&one.repository, name_width),
        count(one.stars),
        velocity(one.star_velocity),
        score(one.momentum_score),
        bar(one.momentum_score, BAR_WIDTH),
        age(one.age_days),
    ]
}

fn padded(name: &str, width: usize) -> String {
    let name = cut_name(name, width);
    let space = " ".repeat(width.saturating_sub(columns(&name)));
    format!("{name}{space}")
}
