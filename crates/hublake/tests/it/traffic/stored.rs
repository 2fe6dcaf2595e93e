//! Every row of every stored table of traffic.

use arrow::datatypes::{DataType, Field};
use hublake_models::Project;

use crate::program::Hublake;

/// What a second run at the same instant may have differently: it has looked twice, and finds that nothing changed.
pub const OF_THE_RUN: &[&str] = &["record_loaded_at", "observation_count", "is_unchanged", "last_status"];

/// A text a row, without some columns.
pub fn stored(hublake: &Hublake, lacking: &[&str]) -> Vec<String> {
    try_stored(hublake, lacking).unwrap_or_else(|text| panic!("{text}"))
}

/// [`stored`], or why there is nothing.
pub fn try_stored(hublake: &Hublake, lacking: &[&str]) -> Result<Vec<String>, String> {
    let project = Project::embedded().expect("the models are sound");
    let mut parts = Vec::new();
    for model in project.stored().filter(|model| model.pipeline == "traffic") {
        let schema = model.schema();
        let fields = schema.fields().iter().filter(|field| !lacking.contains(&field.name().as_str()));
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
