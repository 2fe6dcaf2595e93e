//! Repositories that are made for Render.

use super::{fitted, list_heading, ruled, table_width};
use crate::clean::{clean, columns, cut_name};
use crate::report::grid::grid;
use crate::report::terminal::count;
use crate::report::trending::figures::TrendingList;
use crate::report::trending::ranked::Ranked;
use crate::report::trending::words::{UNKNOWN, chips, counted, of_ten, score};

/// Stands behind the complexity where there is no room for a column about buttons.
const BUTTON: char = '*';

/// How much of a line there is room for.
#[derive(Clone, Copy)]
struct Form {
    /// Services that are named.
    chips: usize,
    /// Whether buttons have a column of their own.
    has_buttons: bool,
}

/// The richest first.
const FORMS: [Form; 3] =
    [Form { chips: 4, has_buttons: true }, Form { chips: 3, has_buttons: true }, Form { chips: 2, has_buttons: false }];
const NARROWEST: Form = Form { chips: 1, has_buttons: false };
/// Names of so many columns can be told apart.
const READABLE_NAME: usize = 24;

/// Heading and table.
pub(super) fn showcase(list: &TrendingList, width: usize) -> Vec<String> {
    let mut lines = list_heading("Render showcase", list, &summary(list), width.min(super::TEXT_WIDTH));
    if list.repositories.is_empty() {
        return lines;
    }
    let longest = list.repositories.iter().map(|one| columns(&one.repository)).max().unwrap_or_default();
    // Services give way to names, until those can be told apart.
    let has_room = |form: &Form| table_width(&rows(list, longest.min(READABLE_NAME), *form)) <= width;
    let form = FORMS.into_iter().find(has_room).unwrap_or(NARROWEST);
    let table = fitted(|name_width| rows(list, name_width, form), longest, width);
    lines.extend(ruled(table));
    if !form.has_buttons && list.repositories.iter().any(has_button) {
        lines.push(format!(" {BUTTON} with a button that deploys it"));
    }
    lines
}

fn summary(list: &TrendingList) -> String {
    let mut parts =
        vec![counted(list.total_repos, "repository", "repositories"), counted(list.total_stars, "star", "stars")];
    if let Some(average) = list.avg_momentum {
        parts.push(format!("momentum {} on average", score(average)));
    }
    parts.join(", ")
}

fn rows(list: &TrendingList, name_width: usize, form: Form) -> Vec<String> {
    let mut header = vec!["  #", "repository", "category", "services", "stars", "momentum", "complexity"];
    header.extend(form.has_buttons.then_some("button"));
    let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
    rows.extend(list.repositories.iter().map(|one| row(one, name_width, form)));
    grid(&rows, &[1, 2, 3, 7])
}

fn row(one: &Ranked, name_width: usize, form: Form) -> Vec<String> {
    let render = one.render.as_ref();
    let category = render.and_then(|render| render.category.as_deref());
    let complexity = of_ten(render.and_then(|render| render.complexity));
    let mut cells = vec![
        format!(" {}", count(one.rank_in_language)),
        cut_name(&one.repository, name_width),
        category.map_or(UNKNOWN.to_owned(), clean),
        render.map_or(UNKNOWN.to_owned(), |render| chips(&render.services, form.chips)),
        count(one.stars),
        score(one.momentum_score),
    ];
    match (form.has_buttons, has_button(one)) {
        (true, true) => cells.extend([complexity, "yes".to_owned()]),
        (true, false) => cells.push(complexity),
        (false, true) => cells.push(format!("{complexity}{BUTTON}")),
        (false, false) => cells.push(format!("{complexity} ")),
    }
    cells
}

fn has_button(one: &Ranked) -> bool {
    one.render.as_ref().is_some_and(|render| render.has_blueprint_button)
}
