//! What a repository declares for Render.

use crate::clean::{clean, cut};
use crate::report::grid::{grid, wrapped};
use crate::report::terminal::count;
use crate::report::trending::explained::{Blueprint, Service};
use crate::report::trending::words::{UNKNOWN, chips, counted, of_ten};

/// Where the text behind a label begins.
const LABEL: usize = 12;
const CHIPS: usize = 8;
/// Services that are shown.
const SERVICES: usize = 20;
const CELL_WIDTH: usize = 18;
const LONGEST_TEXT: usize = 240;

/// Category, scores, services.
pub(super) fn blueprint(found: &Blueprint, width: usize) -> Vec<String> {
    let mut texts = vec![("Render", summary(found)), ("scores", scores(found))];
    if !found.showcase.services.is_empty() {
        texts.insert(1, ("services", chips(&found.showcase.services, CHIPS)));
    }
    if found.showcase.has_blueprint_button {
        texts.push(("button", "deploys it".to_owned()));
    }
    if let Some(error) = &found.parse_error {
        texts.push(("error", error_text(error, found)));
    }
    let warnings = found.warning_count.unwrap_or_default();
    if warnings > 0 {
        texts.push(("warnings", format!("{} in render.yaml", count(warnings))));
    }
    let mut lines: Vec<String> =
        texts.iter().flat_map(|(label, text)| wrapped(&format!("  {label:<10}{text}"), width, LABEL)).collect();
    // On a line of its own, where it can be taken from whole.
    lines.extend(found.showcase.deploy_button_url.as_ref().map(|url| format!("    {}", cut(url, LONGEST_TEXT))));
    if !found.declared.is_empty() {
        lines.push(String::new());
        lines.extend(services(&found.declared, width));
    }
    lines
}

fn summary(found: &Blueprint) -> String {
    let category = found.showcase.category.as_deref().map_or(UNKNOWN.to_owned(), clean);
    let declared = match found.showcase.service_count {
        None if found.parse_error.is_some() => "render.yaml cannot be read".to_owned(),
        None => "no render.yaml".to_owned(),
        Some(services) => format!("{} in render.yaml", counted(services, "service", "services and databases")),
    };
    format!("{category}, {declared}")
}

fn scores(found: &Blueprint) -> String {
    format!(
        "complexity {}   quality {}   documentation {}",
        of_ten(found.showcase.complexity),
        of_ten(found.blueprint_quality_score),
        of_ten(found.documentation_score)
    )
}

fn error_text(error: &str, found: &Blueprint) -> String {
    let place = match (found.error_line, found.error_column) {
        (Some(line), Some(column)) => format!("line {line}, column {column}: "),
        (Some(line), None) => format!("line {line}: "),
        _ => String::new(),
    };
    format!("{place}{}", cut(error, LONGEST_TEXT))
}

fn services(all: &[Service], width: usize) -> Vec<String> {
    let cell = |text: &Option<String>| text.as_ref().map_or(UNKNOWN.to_owned(), |text| cut(text, CELL_WIDTH));
    let header = ["  line", "service", "type", "runtime", "plan", "scope"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(all.iter().take(SERVICES).map(|one| {
        vec![
            format!("  {}", one.line.map_or(UNKNOWN.to_owned(), count)),
            cell(&one.service_name),
            cell(if one.service_type.is_some() { &one.service_type } else { &one.written_type }),
            cell(&one.runtime),
            cell(&one.plan),
            cell(&one.scope),
        ]
    }));
    let mut lines: Vec<String> = Vec::new();
    let (table, mut problems) = (grid(&rows, &[1, 2, 3, 4, 5]), all.iter().take(SERVICES).map(|one| &one.problem));
    for (index, line) in table.into_iter().enumerate() {
        lines.push(cut_line(&line, width));
        if let Some(problem) = (index > 0).then(|| problems.next()).flatten().and_then(Option::as_ref) {
            lines.extend(wrapped(&format!("        {}", cut(problem, LONGEST_TEXT)), width, 8));
        }
    }
    if all.len() > SERVICES {
        lines.push(format!("  and {} more", count(i64::try_from(all.len() - SERVICES).unwrap_or_default())));
    }
    lines
}

/// A line of a table whose last column may be too long.
fn cut_line(line: &str, width: usize) -> String {
    match line.char_indices().nth(width) {
        None => line.to_owned(),
        Some(_) => line.chars().take(width.saturating_sub(1)).chain(['…']).collect(),
    }
}
