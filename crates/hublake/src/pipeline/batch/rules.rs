//! What the settings say of trending, as the models read it.

use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use datafusion::prelude::SessionContext;

use super::register;
use crate::settings::TrendingSettings;

/// Registers the rules of the score, the owners of note and the languages.
pub(super) fn register_rules(context: &SessionContext, settings: &TrendingSettings) -> Result<()> {
    let momentum = &settings.momentum;
    let number = |value: f64| -> ArrayRef { Arc::new(Float64Array::from(vec![value])) };
    let minimum_next_major = settings.minimum_next_major();
    let rules = RecordBatch::try_from_iter_with_nullable([
        ("momentum_name", Arc::new(StringArray::from(vec![momentum.name.as_str()])) as ArrayRef, true),
        ("star_weight", number(momentum.star_weight), true),
        ("recency_weight", number(momentum.recency_weight), true),
        ("recency_after", number(momentum.after), true),
        ("minimum_next_major", Arc::new(Int64Array::from(vec![minimum_next_major.map(i64::from)])), true),
    ])?;
    register(context, "trending_rules", vec![rules])?;

    let days = momentum.steps.iter().map(|(days, _)| i64::from(*days));
    let scores = momentum.steps.iter().map(|(_, score)| *score);
    let steps = RecordBatch::try_from_iter_with_nullable([
        ("up_to_days", Arc::new(Int64Array::from_iter_values(days)) as ArrayRef, true),
        ("score", Arc::new(Float64Array::from_iter_values(scores)), true),
    ])?;
    register(context, "trending_recency_steps", vec![steps])?;

    let lists = [
        ("official", &settings.official_owners),
        ("employee", &settings.employee_owners),
        ("excluded", &settings.excluded_owners),
    ];
    let owners = lists.iter().flat_map(|(kind, owners)| owners.iter().map(move |owner| (*kind, owner.to_lowercase())));
    let (kinds, owners): (Vec<&str>, Vec<String>) = owners.unzip();
    let owners = RecordBatch::try_from_iter_with_nullable([
        ("kind", Arc::new(StringArray::from(kinds)) as ArrayRef, true),
        ("owner", Arc::new(StringArray::from(owners)), true),
    ])?;
    register(context, "trending_owners", vec![owners])?;

    let names = settings.languages.iter().map(|language| language.name.as_str());
    let needs_next = settings.languages.iter().map(|language| Some(language.minimum_next_major.is_some()));
    let languages = RecordBatch::try_from_iter_with_nullable([
        ("language", Arc::new(StringArray::from_iter_values(names)) as ArrayRef, true),
        ("needs_next", Arc::new(needs_next.collect::<BooleanArray>()), true),
    ])?;
    register(context, "trending_languages", vec![languages])
}
