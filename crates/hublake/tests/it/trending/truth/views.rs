//! The six views of Trender, with its columns.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::snapshots::Snapshot;
use super::{Chronicle, Sighting};
use crate::truth::Expected;

/// How many of each language are in the rankings.
const RANKED: usize = 50;

/// Trender's services with their numbers of repositories, instances and buttons, and their complexities.
type Adoption = BTreeMap<&'static str, (usize, usize, usize, Vec<usize>)>;

impl<'a> Chronicle<'a> {
    /// All six.
    pub fn views(&self) -> Vec<Expected> {
        let snapshots = self.snapshots();
        let Some((_, today)) = snapshots.last_key_value() else { return Vec::new() };
        let current: Vec<Value> = today.iter().map(current_row).collect();
        let render = || today.iter().filter(|one| one.sighting.is_render());
        let showcase: Vec<Value> = render().map(showcase_row).collect();
        let rankings: Vec<Value> = today.iter().filter_map(|one| ranking_row(one, today)).collect();
        let mut history = Vec::new();
        let names: BTreeMap<u64, &Sighting<'a>> =
            self.newest().into_iter().map(|sighting| (sighting.id(), sighting)).collect();
        for (day, of_day) in &snapshots {
            for one in of_day {
                let now = names[&one.sighting.id()];
                history.push(json!({
                    "repo_full_name": now.seen.truth.full_name, "language": one.sighting.shown_language(),
                    "snapshot_date": day, "stars": one.sighting.seen.truth.stars, "star_velocity": one.velocity.per_day(),
                    "momentum_score": one.momentum, "activity_score": one.activity,
                    "rank_overall": one.rank_overall, "rank_in_language": one.rank_in_language,
                }));
            }
        }
        vec![
            Expected::of("analytics_trending_repos_current", &["repo_full_name"], &current),
            Expected::of("analytics_render_showcase", &["repo_full_name"], &showcase),
            Expected::of("analytics_language_rankings", &["repo_full_name"], &rankings),
            Expected::of("analytics_render_services_adoption", &["service_type"], &adoption_rows(today)),
            Expected::of("analytics_language_trends", &["language_name"], &self.trend_rows(today)),
            Expected::of("analytics_repo_history", &["repo_full_name", "snapshot_date"], &history),
        ]
    }
}

fn current_row(one: &Snapshot<'_, '_>) -> Value {
    let truth = &one.sighting.seen.truth;
    json!({
        "repo_full_name": truth.full_name, "repo_url": one.sighting.url(), "language": one.sighting.shown_language(),
        "description": truth.description,
        "readme_content": one.sighting.analysis.readme.as_ref().map(|readme| &readme.content),
        "render_category": one.sighting.category, "stars": truth.stars, "star_velocity": one.velocity.per_day(),
        "activity_score": one.activity, "momentum_score": one.momentum, "rank_overall": one.rank_overall,
        "rank_in_language": one.rank_in_language, "snapshot_date": one.sighting.day(),
        "last_updated": one.sighting.day(),
    })
}

fn showcase_row(one: &Snapshot<'_, '_>) -> Value {
    let blueprint = one.sighting.analysis.blueprint.as_ref();
    let whole = blueprint.filter(|blueprint| !blueprint.counted.is_broken);
    let button = one.sighting.analysis.readme.as_ref().and_then(|readme| readme.button.as_ref());
    let more = json!({
        "render_services": whole.map(super::files::Deployment::types).unwrap_or_default(),
        "service_count": whole.map(|blueprint| blueprint.counted.count()),
        "render_complexity_score": blueprint.and_then(|blueprint| blueprint.complexity),
        "has_blueprint_button": button.is_some(), "deploy_button_url": button,
    });
    joined(current_row(one), more)
}

fn joined(row: Value, more: Value) -> Value {
    let parts = [row, more].into_iter().filter_map(|part| match part {
        Value::Object(object) => Some(object),
        _ => None,
    });
    Value::Object(parts.flatten().collect::<Map<String, Value>>())
}

/// Whether a repository counts for a language in what is told of Render: it is written in it, or is Render's.
fn counts_for(one: &Snapshot<'_, '_>, shown: &str) -> bool {
    let language = one.sighting.seen.truth.language.as_deref();
    language == Some(shown) || shown == "render" && one.sighting.is_render()
}

fn render_count(today: &[Snapshot<'_, '_>], shown: &str) -> usize {
    today.iter().filter(|one| one.sighting.is_render() && counts_for(one, shown)).count()
}

fn ranking_row(one: &Snapshot<'_, '_>, today: &[Snapshot<'_, '_>]) -> Option<Value> {
    let truth = &one.sighting.seen.truth;
    let row = json!({
        "language_name": one.sighting.shown_language(), "repo_full_name": truth.full_name,
        "repo_url": one.sighting.url(), "description": truth.description,
        "readme_content": one.sighting.analysis.readme.as_ref().map(|readme| &readme.content),
        "render_category": one.sighting.category, "stars": truth.stars, "momentum_score": one.momentum,
        "star_velocity": one.velocity.per_day(), "rank_in_language": one.rank_in_language,
        "snapshot_date": one.sighting.day(),
        "render_adoption_count": render_count(today, one.sighting.shown_language()),
    });
    (one.rank_in_language <= RANKED).then_some(row)
}

fn adoption_rows(today: &[Snapshot<'_, '_>]) -> Vec<Value> {
    let mut adoption: Adoption = ["web", "worker", "cron", "private", "static", "postgres", "redis", "workflow"]
        .into_iter()
        .map(|kind| (kind, (0, 0, 0, Vec::new())))
        .collect();
    for one in today.iter().filter(|one| one.sighting.is_render()) {
        let Some(blueprint) = &one.sighting.analysis.blueprint else { continue };
        let has_button = one.sighting.analysis.readme.as_ref().is_some_and(|readme| readme.button.is_some());
        for (kind, (repositories, instances, buttons, complexities)) in &mut adoption {
            let count = blueprint.instances(kind);
            if count > 0 {
                *repositories += 1;
                *instances += count;
                *buttons += usize::from(has_button);
                complexities.extend(blueprint.complexity);
            }
        }
    }
    let row = |(kind, (repositories, instances, buttons, complexities)): (&str, (usize, usize, usize, Vec<usize>))| {
        let sum: usize = complexities.iter().sum();
        let mean = (!complexities.is_empty()).then(|| sum as f64 / complexities.len() as f64);
        json!({
            "service_type": kind, "repos_using_service": repositories, "total_service_instances": instances,
            "avg_complexity_score": mean, "blueprints_with_service": buttons,
        })
    };
    adoption.into_iter().map(row).collect()
}

impl Chronicle<'_> {
    /// A row for each language under which anything was ever shown, and for Trender's four.
    fn trend_rows(&self, today: &[Snapshot<'_, '_>]) -> Vec<Value> {
        let mut names: BTreeSet<String> = ["Python", "TypeScript", "Go", "render"].map(str::to_owned).into();
        for versions in self.versions().into_values() {
            names.extend(versions.iter().map(|version| version.last.shown_language().to_owned()));
        }
        let row = |name: String| {
            let shown: Vec<_> = today.iter().filter(|one| one.sighting.shown_language() == name).collect();
            let stars: u64 = shown.iter().map(|one| one.sighting.seen.truth.stars).sum();
            let momentum: f64 = shown.iter().map(|one| one.momentum).sum();
            let mean = |sum: f64| (!shown.is_empty()).then(|| sum / shown.len() as f64);
            let written = today.iter().filter(|one| counts_for(one, &name)).count();
            let render = render_count(today, &name);
            let percentage = (written > 0).then(|| (render as f64 / written as f64 * 10_000.0).round() / 100.0);
            json!({
                "language_name": name, "total_repos": shown.len(), "total_stars": stars,
                "avg_stars": mean(stars as f64), "avg_momentum": mean(momentum), "render_projects": render,
                "render_adoption_percentage": percentage,
            })
        };
        names.into_iter().map(row).collect()
    }
}
