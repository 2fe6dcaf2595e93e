//! Weeks that a notebook collected again and again, as arrays joined by `][`: those recorded of a user, or some like
//! them. The greatest value of each week stands, whatever came first.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::desk::{Desk, assert_tables, date, import_well, recorded};
use crate::scene::REPOSITORY_ID;
use crate::truth::Expected;

const OWNER: &str = "rafaelvp-db";

/// The texts of `views.json` and `clones.json`.
fn texts() -> [String; 2] {
    match recorded() {
        Some(folder) => ["views.json", "clones.json"].map(|name| {
            std::fs::read_to_string(folder.join("rafaelvp-db+github-stats").join(name)).expect("it is there")
        }),
        None => [generated(3), generated(8)],
    }
}

/// Eleven arrays of five weeks of twelve repositories each; a week is in up to five of them, with other values.
fn generated(step: u64) -> String {
    let row = |array: u64, week: u64, repo: u64| {
        let count = (array * 7 + week * 3 + repo * step) % 23 + 5;
        let monday = date("2024-01-01") + TimeDelta::weeks((array + week) as i64);
        json!({"repo": format!("tool-{repo}"), "uniques": count * (array % 3 + 1) / 4, "count": count,
            "timestamp": monday})
    };
    let array = |array: u64| {
        let rows: Vec<Value> = (0..5)
            .flat_map(|week| (0..12).map(move |repo| (week, repo)))
            .map(|(week, repo)| row(array, week, repo))
            .collect();
        json!(rows).to_string()
    };
    (0..11).map(array).collect()
}

/// The arrays of a text.
fn arrays(text: &str) -> Vec<Vec<Value>> {
    let text = text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']')).expect("arrays");
    text.split("][").map(|inner| serde_json::from_str(&format!("[{inner}]")).expect("an array")).collect()
}

/// The same arrays in another order, and their rows too; which order follows from the seed.
fn shuffled(text: &str, seed: u64) -> String {
    let mut arrays = arrays(text);
    let mut state = seed;
    let mut draw = |bound: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("31 bits") % bound
    };
    for array in &mut arrays {
        for place in (1..array.len()).rev() {
            array.swap(place, draw(place + 1));
        }
    }
    for place in (1..arrays.len()).rev() {
        arrays.swap(place, draw(place + 1));
    }
    arrays.iter().map(|array| json!(array).to_string()).collect()
}

/// Count, unique visitors, and whether the week was seen whole.
type Week = (u64, u64, bool);

/// The greatest values by repository and Monday. The first week of a repository may be cut short, and the last of all.
fn greatest(text: &str) -> BTreeMap<(String, NaiveDate), Week> {
    let mut weeks: BTreeMap<(String, NaiveDate), Week> = BTreeMap::new();
    for row in arrays(text).iter().flatten() {
        let key = (row["repo"].as_str().expect("a name").to_owned(), date(row["timestamp"].as_str().expect("a date")));
        let week = weeks.entry(key).or_default();
        week.0 = week.0.max(row["count"].as_u64().expect("a count"));
        week.1 = week.1.max(row["uniques"].as_u64().expect("a count"));
    }
    let last = weeks.keys().map(|(_, monday)| *monday).max();
    let mut begun = BTreeSet::new();
    for ((repo, monday), week) in &mut weeks {
        week.2 = !begun.insert(repo.clone()) && Some(*monday) != last;
    }
    weeks
}

/// The rows of `stg_traffic_weekly`; repositories are numbered in the order of their names.
fn expected(views: &str, clones: &str, names: &[String]) -> Vec<Value> {
    let (views, clones) = (greatest(views), greatest(clones));
    let keys: BTreeSet<&(String, NaiveDate)> = views.keys().chain(clones.keys()).collect();
    let row = |key: &(String, NaiveDate)| {
        let place = names.iter().position(|name| *name == key.0).expect("a name of the files");
        let (views, clones) = (views.get(key), clones.get(key));
        json!({
            "repo_id": REPOSITORY_ID + place as u64, "week_start": key.1,
            "views": views.map(|week| week.0), "view_uniques": views.map(|week| week.1),
            "clones": clones.map(|week| week.0), "clone_uniques": clones.map(|week| week.1),
            "are_views_whole": views.is_some_and(|week| week.2),
            "are_clones_whole": clones.is_some_and(|week| week.2),
        })
    };
    keys.into_iter().map(row).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_week_has_the_greatest_of_its_values_whatever_the_order_of_files_and_arrays() {
    let [views, clones] = texts();
    let keys: Vec<(String, NaiveDate)> = greatest(&views).into_keys().chain(greatest(&clones).into_keys()).collect();
    let names: BTreeSet<String> = keys.iter().map(|(repo, _)| repo.clone()).collect();
    let names: Vec<String> = names.into_iter().collect();
    let full_names: Vec<String> = names.iter().map(|name| format!("{OWNER}/{name}")).collect();
    let desk = Desk::new(&full_names.iter().map(String::as_str).collect::<Vec<_>>()).await;

    let rows = expected(&views, &clones, &names);
    if recorded().is_some() {
        let told = |column: &str| rows.iter().filter(|row| !row[column].is_null()).count();
        assert_eq!((told("views"), told("clones")), (542, 1_208));
    }
    let table = Expected::of("stg_traffic_weekly", &["repo_id", "week_start"], &rows);
    let tables = [table];
    let first = [desk.file("a/views.json", &views), desk.file("a/clones.json", &clones)];
    desk.import_well(&["--owner", OWNER, &first[0], &first[1]]);
    desk.assert_tables(&tables);

    // Each file in a run of its own, the other one first.
    let other = desk.another();
    let second = [desk.file("b/clones.json", shuffled(&clones, 3)), desk.file("b/views.json", shuffled(&views, 4))];
    import_well(&other, &["--owner", OWNER, &second[0]]);
    import_well(&other, &["--owner", OWNER, &second[1]]);
    assert_tables(&other, &tables);

    // All of it once more, over what is there.
    desk.import_well(&["--owner", OWNER, &second[0], &second[1]]);
    desk.assert_tables(&tables);
}
