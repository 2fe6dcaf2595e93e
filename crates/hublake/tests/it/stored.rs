//! Every row of every stored table of a pipeline.

use arrow::datatypes::{DataType, Field};
use hublake_models::Project;

use crate::program::Hublake;

/// A text a row, of the columns that are taken by table and name; or why there is nothing.
pub fn rows(hublake: &Hublake, pipeline: &str, is_taken: impl Fn(&str, &str) -> bool) -> Result<Vec<String>, String> {
    let project = Project::embedded().expect("the models are sound");
    let mut parts = Vec::new();
    for model in project.stored().filter(|model| model.pipeline == pipeline) {
        let name = &model.name;
        let schema = model.schema();
        let fields = schema.fields().iter().filter(|field| is_taken(name, field.name()));
        let columns: Vec<String> = fields.map(|field| as_text(field)).collect();
        parts.push(format!("SELECT concat_ws('|', '{name}', {}) AS row FROM stored.{name}", columns.join(", ")));
    }
    let rows = hublake.try_query(&format!("{} ORDER BY row", parts.join(" UNION ALL ")))?;
    Ok(rows.iter().map(|row| row["row"].as_str().unwrap_or_default().to_owned()).collect())
}

fn as_text(field: &Field) -> String {
    match field.data_type() {
        DataType::List(_) => format!("coalesce(array_to_string(\"{}\", ','), '-')", field.name()),
        _ => format!("coalesce(CAST(\"{}\" AS VARCHAR), '-')", field.name()),
    }
}
