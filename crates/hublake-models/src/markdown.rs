//! `docs/MODELS.md`.

use std::fmt::{self, Write};

use crate::model::{Column, Model};
use crate::project::Project;

/// The project as a Markdown page: every table with its columns, every audit, every source.
pub fn markdown(project: &Project) -> String {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = write_page(&mut page, project);
    page
}

fn write_page(page: &mut String, project: &Project) -> fmt::Result {
    writeln!(page, "# Models\n")?;
    writeln!(page, "Generated from `models/`. Each file there makes one of these tables or views.\n")?;
    writeln!(page, "| table | layer | kind | one row is | reads |\n|---|---|---|---|---|")?;
    for model in project.models().iter().chain(project.reader_views()) {
        let reads = model.depends_on.join(", ");
        let Model { name, layer, kind, description, .. } = model;
        let month = model.by_month.as_ref().map(|column| format!(", by month of {column}")).unwrap_or_default();
        writeln!(page, "| [{name}](#{}) | {layer} | {kind}{month} | {description} | {reads} |", anchor(model))?;
    }
    for model in project.models().iter().chain(project.reader_views()) {
        let suffix = if project.reader_views().iter().any(|view| view.path == model.path) { " (view)" } else { "" };
        writeln!(
            page,
            "\n## {}{suffix}\n\n{} Sorted and unique by {}.",
            model.name,
            model.description,
            model.grain.join(", ")
        )?;
        write_columns(page, &model.columns)?;
    }
    writeln!(page, "\n## Audits\n")?;
    writeln!(
        page,
        "A query that must return no rows. An error keeps the repository's published rows; a warning is reported.\n"
    )?;
    writeln!(page, "| audit | holds | severity | scope | reads |\n|---|---|---|---|---|")?;
    for audit in project.audits() {
        let reads = audit.depends_on.join(", ");
        writeln!(page, "| {} | {} | {} | {} | {reads} |", audit.name, audit.description, audit.severity, audit.scope)?;
    }
    writeln!(page, "\n## Sources\n\nWhat a run offers to the models.")?;
    for source in project.sources() {
        writeln!(page, "\n### {}\n\n{}", source.name, source.description)?;
        write_columns(page, &source.columns)?;
    }
    Ok(())
}

fn write_columns(page: &mut String, columns: &[Column]) -> fmt::Result {
    writeln!(page, "\n| column | type | |\n|---|---|---|")?;
    for column in columns {
        let sql_type = column.sql_type.replace('|', "\\|");
        writeln!(page, "| {} | `{sql_type}` | {} |", column.name, column.comment.replace('|', "\\|"))?;
    }
    Ok(())
}

/// The heading's anchor; a reader's view has the heading `name (view)`.
fn anchor(model: &Model) -> String {
    match model.path.starts_with("views/") {
        true => format!("{}-view", model.name),
        false => model.name.clone(),
    }
}
