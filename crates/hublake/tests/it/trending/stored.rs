//! Every row of every stored table of trending.

use arrow::datatypes::{DataType, Field};
use hublake_models::Project;

use crate::program::Hublake;

/// What two runs that saw the same may have differently.
const OF_THE_RUN: &[&str] = &["loaded_at", "record_loaded_at", "source_run_id", "source_run_seq"];

/// A text a row, without what tells of the run.
pub fn stored(hublake: &Hublake) -> Vec<String> {
    try_stored(hublake).unwrap_or_else(|text| panic!("{text}"))
}

/// [`stored`], or why there is nothing.
pub fn try_stored(hublake: &Hublake) -> Result<Vec<String>, String> {
    let project = Project::embedded().expect("the models are sound");
    let mut parts = Vec::new();
    for model in project.stored().filter(|model| model.pipeline == "trending") {
        let schema = model.schema();
        let fields = schema.fields().iter().filter(|field| !OF_THE_RUN.contains(&field.name().as_str()));
        let columns: Vec<String> = fields.map(|field| as_text(field)).collect();
        let name = &model.name;
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
