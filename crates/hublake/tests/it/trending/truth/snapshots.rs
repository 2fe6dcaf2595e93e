//! The numbers of each day: velocity, score, ranks, and what is deployed.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::{Chronicle, Sighting, day_number};
use crate::trending::rules::Momentum;
use crate::truth::Expected;

/// Trender's seven types and one more, by their numbers.
const TYPES: [&str; 8] = ["web", "worker", "cron", "private", "static", "postgres", "redis", "workflow"];

/// The last sightings of each day, by repository.
type Days<'s, 'a> = BTreeMap<NaiveDate, BTreeMap<u64, &'s Sighting<'a>>>;

/// A repository on a day.
pub struct Snapshot<'s, 'a> {
    /// Its last sighting of the day.
    pub sighting: &'s Sighting<'a>,
    /// The version that held then.
    pub key: u64,
    /// Stars gained.
    pub velocity: Velocity,
    /// 0.4 commits + 0.3 closed issues + 0.3 people.
    pub activity: Option<f64>,
    /// The most stars of its kind that day.
    pub stars_most: u64,
    /// The score of its age.
    pub recency: f64,
    /// 0 to 1.
    pub momentum: f64,
    /// From 1.
    pub rank_overall: usize,
    /// From 1.
    pub rank_in_language: usize,
}

/// Stars gained in a time.
#[derive(Clone, Copy)]
pub struct Velocity {
    /// Stars.
    pub gained: i64,
    /// The time.
    pub in_days: f64,
    /// What that was read from.
    pub from: &'static str,
}

impl Velocity {
    /// Stars a day.
    pub fn per_day(&self) -> f64 {
        self.gained as f64 / self.in_days
    }
}

impl Momentum {
    fn recency(&self, age_days: i64) -> f64 {
        self.steps.iter().find(|(days, _)| age_days <= *days).map_or(self.after, |(_, score)| *score)
    }
}

impl<'a> Chronicle<'a> {
    /// The snapshots of each day.
    pub fn snapshots(&self) -> BTreeMap<NaiveDate, Vec<Snapshot<'_, 'a>>> {
        let mut days: Days<'_, 'a> = BTreeMap::new();
        for (id, sighting) in self.runs.iter().flatten() {
            days.entry(sighting.day()).or_default().insert(*id, sighting);
        }
        let ranked = |day: &NaiveDate| {
            let mut snapshots: Vec<Snapshot<'_, 'a>> =
                days[day].values().map(|sighting| self.scored(sighting, &days)).collect();
            rank(&mut snapshots);
            (*day, snapshots)
        };
        days.keys().map(ranked).collect()
    }

    fn scored<'s>(&self, sighting: &'s Sighting<'a>, days: &Days<'s, 'a>) -> Snapshot<'s, 'a> {
        let of_kind = days[&sighting.day()].values().filter(|other| other.is_render() == sighting.is_render());
        let stars_most = of_kind.map(|other| other.seen.truth.stars).max().unwrap_or_default();
        let rules = &self.rules.momentum;
        let recency = rules.recency(sighting.age_days());
        let share = sighting.seen.truth.stars as f64 / stars_most as f64;
        let activity = sighting.activity.map(|activity| {
            0.4 * activity.commits as f64 + 0.3 * activity.closed as f64 + 0.3 * activity.people as f64
        });
        Snapshot {
            sighting,
            key: self.key_at(sighting.id(), sighting.at),
            velocity: self.velocity(sighting, days),
            activity,
            stars_most,
            recency,
            momentum: rules.star_weight * share + rules.recency_weight * recency,
            rank_overall: 0,
            rank_in_language: 0,
        }
    }

    /// By our own snapshots of the seven days before, else by the days on which the stars were given.
    fn velocity(&self, sighting: &Sighting<'a>, days: &Days<'_, 'a>) -> Velocity {
        let (id, today) = (sighting.id(), sighting.day());
        let first = today - TimeDelta::days(7);
        let before = days.range(first..today).filter_map(|(_, seen)| seen.get(&id));
        let stars = sighting.seen.truth.stars as i64;
        for own in before {
            let between = sighting.at - own.at;
            if between >= TimeDelta::hours(12) {
                return Velocity {
                    gained: stars - own.seen.truth.stars as i64,
                    in_days: between.num_seconds() as f64 / 86_400.0,
                    from: "snapshots",
                };
            }
        }
        // The days of the stars are asked for once a day.
        let of_today = self.runs.iter().filter_map(|run| run.get(&id)).find(|other| other.day() == today);
        let asked = of_today.unwrap_or(sighting);
        let created_at = asked.seen.truth.created_at;
        let is_young = created_at.date_naive() >= first;
        let counts = |day: &NaiveDate| is_young || (first..today).contains(day);
        let given: u64 = asked.seen.stars.iter().filter(|(day, _)| counts(day)).map(|(_, count)| count).sum();
        let life = (asked.at - created_at).num_seconds() as f64 / 86_400.0;
        let in_days = if is_young { life.max(1.0) } else { 7.0 };
        Velocity { gained: given as i64, in_days, from: "star history" }
    }

    /// `fact_repo_snapshots` and `fact_render_usage`.
    pub fn fact_tables(&self) -> Vec<Expected> {
        let (mut snapshots, mut usages) = (Vec::new(), Vec::new());
        for (day, of_day) in self.snapshots() {
            for snapshot in of_day {
                usages.extend(usage_rows(&snapshot, day));
                snapshots.push(self.snapshot_row(&snapshot, day));
            }
        }
        let named = "(SELECT f.*, l.language_name FROM stored.fact_repo_snapshots f
            JOIN dim_languages l ON l.language_key = f.language_key)";
        vec![
            Expected::of(named, &["snapshot_id"], &snapshots),
            Expected::of("stored.fact_render_usage", &["usage_id"], &usages),
        ]
    }

    fn snapshot_row(&self, snapshot: &Snapshot<'_, '_>, day: NaiveDate) -> Value {
        let Snapshot { sighting, velocity, .. } = snapshot;
        let truth = &sighting.seen.truth;
        let activity = sighting.activity;
        let rules = &self.rules.momentum;
        json!({
            "snapshot_id": truth.id as i64 * 100_000 + day_number(day), "repo_id": truth.id, "repo_key": snapshot.key,
            "language_name": sighting.shown_language(), "snapshot_date": day, "seen_at": sighting.at,
            "stars": truth.stars, "forks": truth.forks,
            "commits_last_7_days": activity.map(|activity| activity.commits),
            "issues_closed_last_7_days": activity.map(|activity| activity.closed),
            "active_contributors": activity.map(|activity| activity.people),
            "star_velocity": velocity.per_day(), "star_velocity_from": velocity.from, "stars_gained": velocity.gained,
            "stars_gained_in_days": velocity.in_days,
            "activity_score": snapshot.activity, "momentum_score": snapshot.momentum,
            "momentum_name": rules.name, "star_weight": rules.star_weight, "recency_weight": rules.recency_weight,
            "age_days": sighting.age_days(), "recency_score": snapshot.recency, "stars_most": snapshot.stars_most,
            "stars_normalised": truth.stars as f64 / snapshot.stars_most as f64, "is_render": sighting.is_render(),
            "rank_overall": snapshot.rank_overall, "rank_in_language": snapshot.rank_in_language,
        })
    }
}

/// Equals have the same rank, and the next after them one that is higher by their number.
fn rank(snapshots: &mut [Snapshot<'_, '_>]) {
    let score = |one: &Snapshot<'_, '_>| (one.momentum, one.sighting.seen.truth.stars);
    let places: Vec<(usize, usize)> = snapshots
        .iter()
        .map(|one| {
            let better = |other: &&Snapshot<'_, '_>| score(other) > score(one);
            let language = one.sighting.shown_language();
            let all = snapshots.iter().filter(better).count();
            let same = snapshots.iter().filter(better).filter(|other| other.sighting.shown_language() == language);
            (all + 1, same.count() + 1)
        })
        .collect();
    for (snapshot, (overall, in_language)) in snapshots.iter_mut().zip(places) {
        (snapshot.rank_overall, snapshot.rank_in_language) = (overall, in_language);
    }
}

fn usage_rows(snapshot: &Snapshot<'_, '_>, day: NaiveDate) -> Vec<Value> {
    let sighting = snapshot.sighting;
    let mut rows = Vec::new();
    let Some(deployment) = sighting.analysis.blueprint.as_ref().filter(|_| sighting.is_render()) else {
        return rows;
    };
    for (place, kind) in TYPES.iter().enumerate() {
        let (service_key, count) = (place as i64 + 1, deployment.instances(kind));
        if count == 0 {
            continue;
        }
        let has_button = sighting.analysis.readme.as_ref().is_some_and(|readme| readme.button.is_some());
        rows.push(json!({
            "usage_id": sighting.id() as i64 * 10_000_000 + day_number(day) * 100 + service_key,
            "repo_id": sighting.id(), "repo_key": snapshot.key, "service_key": service_key, "snapshot_date": day,
            "service_count": count, "complexity_score": deployment.complexity, "has_blueprint": has_button,
        }));
    }
    rows
}
