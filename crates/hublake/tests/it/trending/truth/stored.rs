//! What is known of each repository now.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Chronicle, Sighting, found};
use crate::truth::Expected;

impl Chronicle<'_> {
    /// The tables of staging.
    pub fn stored_tables(&self) -> Vec<Expected> {
        let (lives, newest) = (self.lives(), self.newest());
        let (mut validated, mut readmes, mut files) = (Vec::new(), Vec::new(), Vec::new());
        let (mut enrichment, mut services) = (Vec::new(), Vec::new());
        let mut texts = BTreeSet::new();
        let all = self.runs.iter().zip(&self.left_out).flat_map(|(run, left_out)| run.iter().chain(left_out));
        for (id, sighting) in all {
            let Some(readme) = &sighting.analysis.readme else { continue };
            if texts.insert((id, &readme.sha256)) {
                readmes.push(json!({
                    "repo_id": id, "readme_sha256": readme.sha256, "path": readme.path,
                    "readme_content": readme.content, "mentions_render": readme.mentions_render,
                    "has_blueprint_button": readme.button.is_some(), "deploy_button_url": readme.button,
                    "first_seen_on": sighting.day(), "first_seen_at": sighting.at,
                }));
            }
        }
        let mut listed: BTreeMap<u64, &Sighting<'_>> = BTreeMap::new();
        for (run, left_out) in self.runs.iter().zip(&self.left_out) {
            listed.extend(run.iter().chain(left_out).filter(|(_, one)| one.seen.has_files).map(|(id, one)| (*id, one)));
        }
        files.extend(listed.into_values().flat_map(file_rows));
        for sighting in newest {
            let first = &lives[&sighting.id()][0];
            validated.push(validated_row(sighting, first));
            if sighting.is_render() || sighting.analysis.blueprint.is_some() {
                enrichment.push(enrichment_row(sighting));
                services.extend(service_rows(sighting));
            }
        }
        vec![
            Expected::of("stored.stg_repos_validated", &["repo_id"], &validated),
            Expected::of("stored.stg_readmes", &["repo_id", "readme_sha256"], &readmes),
            Expected::of("stored.stg_repo_files", &["repo_id", "role", "path"], &files),
            Expected::of("stored.stg_render_enrichment", &["repo_id"], &enrichment),
            Expected::of(
                "stored.stg_render_services",
                &["repo_id", "scope", "service_name", "service_type"],
                &services,
            ),
        ]
    }
}

fn validated_row(sighting: &Sighting<'_>, first: &Sighting<'_>) -> Value {
    let truth = &sighting.seen.truth;
    let (owner, name) = sighting.names();
    let activity = sighting.activity;
    json!({
        "repo_id": truth.id, "repo_full_name": truth.full_name, "repo_owner": owner, "repo_name": name,
        "repo_url": sighting.url(), "language": truth.language, "shown_language": sighting.shown_language(),
        "is_render": sighting.is_render(), "branches": sighting.branches, "description": truth.description,
        "stars": truth.stars, "forks": truth.forks, "open_issues": sighting.seen.open_issues,
        "created_at": truth.created_at, "updated_at": truth.updated_at, "pushed_at": truth.pushed_at,
        "topics": truth.topics, "readme_sha256": sighting.analysis.readme.as_ref().map(|readme| &readme.sha256),
        "commits_last_7_days": activity.map(|activity| activity.commits),
        "issues_closed_last_7_days": activity.map(|activity| activity.closed),
        "active_contributors": activity.map(|activity| activity.people),
        "active_bots": activity.map(|activity| activity.bots),
        "data_quality_score": quality(sighting), "first_seen_at": first.at, "last_seen_at": sighting.at,
    })
}

/// 0.4 completeness + 0.3 freshness + 0.3 validity.
fn quality(sighting: &Sighting<'_>) -> f64 {
    let truth = &sighting.seen.truth;
    // Name, page, stars and two times are always there, the language is not.
    let required = if truth.language.is_some() { 1.0 } else { 5.0 / 6.0 };
    let has_readme = sighting.analysis.listing.iter().any(|(role, ..)| *role == "readme");
    let counts = if sighting.activity.is_some() { 3 } else { 0 };
    let optional = counts
        + usize::from(truth.description.as_deref().is_some_and(|text| !text.is_empty()))
        + usize::from(has_readme);
    let completeness = 0.7 * required + 0.3 * optional as f64 / 5.0;
    let idle = (sighting.at - truth.updated_at).num_seconds() as f64 / 86_400.0;
    let steps = [(1.0, 1.0), (7.0, 0.9), (30.0, 0.7), (90.0, 0.5)];
    let freshness = steps.iter().find(|(days, _)| idle <= *days).map_or(0.3, |(_, score)| *score);
    let known = ["Python", "TypeScript", "JavaScript", "Go", "Rust", "Java", "Kotlin", "C", "C++", "C#", "Ruby", "PHP"];
    let is_known = truth.language.as_deref().is_some_and(|language| known.contains(&language));
    let penalties =
        [(truth.forks > 2 * truth.stars, 0.1), (truth.created_at > truth.updated_at, 0.2), (!is_known, 0.1)];
    let lost: f64 = penalties.iter().filter(|(holds, _)| *holds).map(|(_, penalty)| penalty).sum();
    0.4 * completeness + 0.3 * freshness + 0.3 * (1.0 - lost)
}

fn file_rows(sighting: &Sighting<'_>) -> Vec<Value> {
    let row = |(role, path, blob): &(&str, String, String)| {
        let is_package = *role == "package_json" && sighting.found_by.contains("TypeScript");
        let next_major = if is_package { found::next_major(sighting.seen) } else { None };
        json!({"repo_id": sighting.id(), "role": role, "path": path, "blob_sha": blob, "next_major": next_major})
    };
    sighting.analysis.listing.iter().map(row).collect()
}

/// 0 to 10: a description, a README, one that speaks of Render, and a button in it.
fn documentation(sighting: &Sighting<'_>) -> usize {
    let readme = sighting.analysis.readme.as_ref();
    let points = |is_there: bool, points: usize| if is_there { points } else { 0 };
    points(sighting.seen.truth.description.as_deref().is_some_and(|text| !text.is_empty()), 2)
        + points(sighting.analysis.listing.iter().any(|(role, ..)| *role == "readme"), 3)
        + points(readme.is_some_and(|readme| readme.mentions_render), 2)
        + points(readme.is_some_and(|readme| readme.button.is_some()), 3)
}

fn enrichment_row(sighting: &Sighting<'_>) -> Value {
    let readme = sighting.analysis.readme.as_ref();
    let blueprint = sighting.analysis.blueprint.as_ref();
    let whole = blueprint.filter(|blueprint| !blueprint.counted.is_broken);
    let button = readme.and_then(|readme| readme.button.as_ref());
    json!({
        "repo_id": sighting.id(), "is_render": sighting.is_render(), "render_category": sighting.category,
        "render_services": whole.map(super::files::Deployment::types).unwrap_or_default(),
        "has_blueprint_button": button.is_some(), "deploy_button_url": button,
        "render_complexity_score": blueprint.and_then(|blueprint| blueprint.complexity),
        "service_count": whole.map(|blueprint| blueprint.counted.count()),
        "blueprint_quality_score": blueprint.and_then(|blueprint| blueprint.quality),
        "documentation_score": documentation(sighting),
        "blob_sha": sighting.listed.and_then(|seen| seen.truth.files.get("render.yaml")),
    })
}

fn service_rows(sighting: &Sighting<'_>) -> Vec<Value> {
    let Some(blueprint) = &sighting.analysis.blueprint else { return Vec::new() };
    let row = |scope: &str, name: &str, kind: &str| {
        let kind = Some(kind).filter(|kind| !kind.is_empty());
        json!({"repo_id": sighting.id(), "scope": scope, "service_name": name, "service_type": kind})
    };
    let services = blueprint.counted.services.iter().map(|(scope, name, kind)| row(scope, name, kind));
    let databases = blueprint.counted.databases.iter().map(|(scope, name)| row(scope, name, "postgres"));
    services.chain(databases).collect()
}
