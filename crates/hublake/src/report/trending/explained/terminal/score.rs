//! A score as a sum that anybody can check by hand.

use crate::clean::cut;
use crate::report::grid::wrapped;
use crate::report::terminal::count;
use crate::report::trending::explained::{Activity, Explained, Velocity};
use crate::report::trending::words::{UNKNOWN, counted, days, exact, velocity};

/// Where the text behind a label begins.
const LABEL: usize = 12;
const NAME_WIDTH: usize = 48;

/// The score, its parts, and what is known besides.
pub(super) fn score(found: &Explained, width: usize) -> Vec<String> {
    let texts = [
        ("momentum", momentum(found)),
        ("  stars", stars(found)),
        ("  recency", recency(found)),
        ("velocity", gained(&found.velocity, found.stars)),
        ("activity", done(&found.activity)),
    ];
    texts.iter().flat_map(|(label, text)| wrapped(&format!("  {label:<10}{text}"), width, LABEL)).collect()
}

fn momentum(found: &Explained) -> String {
    let momentum = &found.momentum;
    let name = momentum.momentum_name.as_deref().map(|name| format!("  ({})", cut(name, NAME_WIDTH)));
    format!(
        "{} = {} × {} + {} × {}{}",
        exact(momentum.momentum_score),
        exact(momentum.star_weight),
        exact(momentum.stars_normalised),
        exact(momentum.recency_weight),
        exact(momentum.recency_score),
        name.unwrap_or_default()
    )
}

fn stars(found: &Explained) -> String {
    let momentum = &found.momentum;
    let group = if found.is_render { "among those for Render" } else { "outside of Render" };
    let whose = match &momentum.most_starred {
        Some(name) if *name == found.repository => ", itself".to_owned(),
        Some(name) => format!(" of {},", cut(name, NAME_WIDTH)),
        None => ",".to_owned(),
    };
    format!(
        "{} = {} / {}{whose} the most that day {group}",
        exact(momentum.stars_normalised),
        count(found.stars),
        count(momentum.stars_most)
    )
}

fn recency(found: &Explained) -> String {
    let momentum = &found.momentum;
    let age = counted(momentum.age_days, "day", "days");
    let step = momentum.recency_step.as_ref().map(|step| format!(" ({step})")).unwrap_or_default();
    format!("{} for {age} of age{step}", exact(momentum.recency_score))
}

fn gained(found: &Velocity, stars: i64) -> String {
    let per_day = velocity(found.star_velocity);
    let Some((gained, in_days)) = found.stars_gained.zip(found.stars_gained_in_days) else {
        return if found.star_velocity.is_some() { format!("{per_day} stars a day") } else { "not known".to_owned() };
    };
    let in_days = days(in_days);
    match found.star_velocity_from.as_deref() {
        Some("snapshots") => format!(
            "{per_day} stars a day = ({} - {}) / {in_days}, since our snapshot {in_days} days before",
            count(stars),
            count(stars - gained)
        ),
        from => {
            let from = from.map(|from| format!(", by {}", cut(from, NAME_WIDTH))).unwrap_or_default();
            format!("{per_day} stars a day = {} / {in_days}, gained in {in_days} days{from}", count(gained))
        }
    }
}

fn done(found: &Activity) -> String {
    let of = |number: Option<i64>| number.map_or(UNKNOWN.to_owned(), count);
    let commits = of(found.commits_last_7_days);
    let closed = of(found.issues_closed_last_7_days);
    let people = of(found.active_contributors);
    match found.activity_score {
        Some(score) => format!(
            "{} = 0.4 × {commits} commits + 0.3 × {closed} issues closed + 0.3 × {people} active contributors, of the last 7 days",
            exact(score)
        ),
        None if [found.commits_last_7_days, found.issues_closed_last_7_days, found.active_contributors]
            == [None; 3] =>
        {
            "not known".to_owned()
        }
        None => format!("not known: {commits} commits, {closed} issues closed, {people} active contributors"),
    }
}
