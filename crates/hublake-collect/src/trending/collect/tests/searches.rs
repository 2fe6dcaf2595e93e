use serde_json::{Value, json};

use super::server::{Asked, Server};
use super::*;

/// Repositories by id, with their stars and the days before the run on which they were created.
type World = Vec<(i64, i64, i64)>;

/// Those of every third id have another owner.
fn item(id: i64, stars: i64) -> Value {
    let owner = if id % 3 == 0 { "Vercel" } else { "acme" };
    json!({
        "id": id, "node_id": format!("R_{id}"), "name": format!("t{id}"), "full_name": format!("{owner}/t{id}"),
        "owner": {"login": owner}, "html_url": format!("https://github.com/{owner}/t{id}"),
        "language": if id % 50 == 0 { Value::Null } else { "Go".into() }, "description": null,
        "stargazers_count": stars, "forks_count": 0, "open_issues_count": 0, "created_at": "2026-10-01T00:00:00Z",
        "updated_at": "2026-10-01T00:00:00Z", "pushed_at": "2026-10-02T00:00:00Z", "topics": [], "archived": false,
    })
}

/// Answers a search as GitHub does: by its words, a thousand results at most.
fn answer(world: &World, asked: &Asked) -> (u16, Value) {
    if asked.path != "/search/repositories" {
        return (404, json!({"message": "Not Found"}));
    }
    let today: chrono::NaiveDate = "2026-11-01".parse().unwrap();
    let mut found: Vec<_> = world.clone();
    for word in asked.parameter("q").split(' ') {
        match word.split_once(':') {
            Some(("stars", range)) => match range.strip_prefix("<=") {
                Some(most) => found.retain(|(_, stars, _)| *stars <= most.parse::<i64>().unwrap()),
                None => found.retain(|(_, stars, _)| *stars == range.parse::<i64>().unwrap()),
            },
            Some(("created", range)) => {
                let (first, last) = match range.strip_prefix(">=") {
                    Some(first) => (first, "2999-01-01"),
                    None => range.split_once("..").unwrap(),
                };
                let days = first.parse::<chrono::NaiveDate>().unwrap()..=last.parse().unwrap();
                found.retain(|(.., age)| days.contains(&(today - chrono::Days::new(u64::try_from(*age).unwrap()))));
            }
            _ => {}
        }
    }
    found.sort_by_key(|(id, stars, _)| (-stars, *id));
    let (per_page, page) = (asked.number("per_page"), asked.number("page"));
    if per_page > 100 || (page - 1) * per_page >= 1_000 {
        return (422, json!({"message": "Only the first 1000 search results are available"}));
    }
    let total = found.len();
    let items: Vec<_> = found
        .iter()
        .take(1_000)
        .skip((page - 1) * per_page)
        .take(per_page)
        .map(|(id, stars, _)| item(*id, *stars))
        .collect();
    (200, json!({"total_count": total, "incomplete_results": false, "items": items}))
}

/// Of what is found next to nothing is asked: it is in batches of a hundred, and no details come.
fn search_only(limit: usize) -> Options {
    let language = Language { name: "Go".to_owned(), query: "language:Go".to_owned(), limit, needs_next: false };
    Options { languages: vec![language], render: None, batch: 100, ..options() }
}

/// How the stars of a world grow is known.
fn known(world: &World) -> HashMap<i64, Known> {
    world.iter().map(|(id, ..)| (*id, Known { has_velocity: true, ..Known::default() })).collect()
}

/// Runs with a limit, where owners are excluded.
async fn ran(world: World, limit: usize, excluded: &[&str]) -> (Ran, usize) {
    let known = known(&world);
    let server = Server::start(move |asked| answer(&world, asked)).await;
    let excluded_owners = excluded.iter().map(|owner| (*owner).to_owned()).collect();
    let ran = run(&server, &Options { excluded_owners, ..search_only(limit) }, known).await;
    (ran, server.count("/search/repositories"))
}

/// The ids that are taken, each as often as it is, and the number of searches.
async fn taken(world: World, limit: usize) -> (Vec<i64>, usize) {
    taken_without(world, limit, &[]).await
}

/// [`taken`], where owners are excluded.
async fn taken_without(world: World, limit: usize, excluded: &[&str]) -> (Vec<i64>, usize) {
    let (ran, searches) = ran(world, limit, excluded).await;
    assert_eq!(ran.collection.branches[0].failure, None);
    let rows = ran.rows("raw_github_repos", "CASE WHEN is_taken = 1 THEN repo_id ELSE 0 END").await;
    let mut ids: Vec<i64> = rows.iter().map(|id| id.parse().unwrap()).filter(|id| *id > 0).collect();
    ids.sort_unstable();
    assert_eq!(ran.collection.branches[0].found, ids.len());
    (ids, searches)
}

/// What should be taken: those with the most stars, without those without a language.
fn expected(world: &World, limit: usize) -> Vec<i64> {
    let mut world = world.clone();
    world.sort_by_key(|(id, stars, _)| (-stars, *id));
    let mut ids: Vec<i64> = world.iter().take(limit).map(|(id, ..)| *id).filter(|id| id % 50 != 0).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn one_page_is_one_search() {
    let world: World = (1..=400).map(|id| (id, id, 3)).collect();
    assert_eq!(taken(world.clone(), 50).await, (expected(&world, 50), 1));
}

#[tokio::test]
async fn as_many_pages_are_asked_for_as_the_limit_needs() {
    let world: World = (1..=400).map(|id| (id, id, 3)).collect();
    assert_eq!(taken(world.clone(), 250).await, (expected(&world, 250), 3));
    assert_eq!(taken(world.clone(), 900).await, (expected(&world, 900), 4), "there are no more");
}

#[tokio::test]
async fn past_a_thousand_the_search_goes_on_by_stars() {
    let world: World = (1..=2_600).map(|id| (id, id / 3, 3)).collect();
    let (ids, searches) = taken(world.clone(), 2_500).await;
    assert_eq!(ids, expected(&world, 2_500));
    assert!(searches <= 26, "{searches}");
}

#[tokio::test]
async fn a_number_of_stars_that_too_many_have_is_divided_by_days() {
    // 300 with more stars, 1,700 with seven of which 900 were created on one day, 200 with fewer.
    let mut world: World = (1..=300).map(|id| (id, 1_000 + id, 3)).collect();
    world.extend((301..=2_000).map(|id| (id, 7, if id <= 1_200 { 20 } else { id % 170 })));
    world.extend((2_001..=2_200).map(|id| (id, 3, 3)));
    assert_eq!(taken(world.clone(), 2_200).await.0, expected(&world, 2_200));
}

#[tokio::test]
async fn more_than_a_search_gives_of_one_day_and_number_of_stars_are_told_as_incomplete() {
    // 1,700 with seven stars of which 1,100 were created on one day: a hundred of these cannot be had.
    let mut world: World = (1..=1_100).map(|id| (id, 7, 20)).collect();
    world.extend((1_101..=1_700).map(|id| (id, 7, 30 + id % 100)));
    world.extend((1_701..=1_800).map(|id| (id, 3, 3)));
    let discovery = |ran: Ran| async move {
        let tasks = ran.rows("raw_run_tasks", "task, status, is_incomplete").await;
        (ran.collection.branches[0].is_incomplete, tasks.into_iter().find(|task| task.starts_with("discover")).unwrap())
    };
    let (incomplete, _) = ran(world.clone(), 1_800, &[]).await;
    assert_eq!(discovery(incomplete).await, (true, "discover success 1".to_owned()));
    // Where no more are wanted, nothing is missed.
    let (complete, _) = ran(world, 900, &[]).await;
    assert_eq!(discovery(complete).await, (false, "discover success 0".to_owned()));
}

#[tokio::test]
async fn owners_that_are_excluded_use_up_nothing_of_the_limit() {
    let world: World = (1..=400).map(|id| (id, id, 3)).collect();
    let others: World = world.iter().copied().filter(|(id, ..)| id % 3 != 0).collect();
    let (ids, searches) = taken_without(world.clone(), 50, &["VERCEL"]).await;
    assert_eq!(ids, expected(&others, 50));
    assert!((2..=5).contains(&searches), "{searches}");
    // Where nobody of them is among the first, nothing is asked more.
    let first: World = (1..=400).map(|id| (id, if id % 3 == 0 { 1 } else { 1_000 + id }, 3)).collect();
    assert_eq!(taken_without(first, 50, &["vercel"]).await.1, 1);
    // All of a search may be theirs, and the list ends where there is nothing more.
    assert_eq!(taken_without(world.clone(), 50, &["vercel", "acme"]).await.0, Vec::<i64>::new());
    assert_eq!(taken_without(world, 300, &["vercel"]).await.0, expected(&others, 300));
}

#[tokio::test]
async fn excluded_owners_among_equals_are_made_up_for_by_a_page_more() {
    let world: World = (1..=400).map(|id| (id, 9, 3)).collect();
    let (ids, searches) = taken_without(world, 50, &["vercel"]).await;
    assert_eq!(ids.len(), 49, "1 to 74 without every third, and 50 is without a language");
    assert_eq!(ids.last(), Some(&74));
    assert!((2..=6).contains(&searches), "{searches}");
}

#[tokio::test]
async fn incomplete_results_are_asked_for_again_and_then_told() {
    let world: World = (1..=10).map(|id| (id, id, 3)).collect();
    let server = Server::start(move |asked| {
        let (status, mut body) = answer(&world, asked);
        body["incomplete_results"] = true.into();
        (status, body)
    })
    .await;
    let ran = run(&server, &search_only(50), HashMap::new()).await;
    assert_eq!(server.count("/search/repositories"), 3);
    assert!(ran.collection.branches[0].is_incomplete);
    assert_eq!(ran.rows("raw_github_repos", "is_taken").await.len(), 10, "one of the three answers counts");
    let tasks = ran.rows("raw_run_tasks", "task, status, retried, is_incomplete").await;
    assert!(tasks.contains(&"discover success 2 1".to_owned()), "{tasks:?}");
}

#[tokio::test]
async fn a_search_that_is_refused_fails_its_branch_with_the_next_step() {
    let server = Server::start(|_| (422, json!({"message": "Validation Failed"}))).await;
    let ran = run(&server, &search_only(50), HashMap::new()).await;
    let failure = ran.collection.branches[0].failure.clone().unwrap();
    assert!(failure.contains("Validation Failed") && failure.contains("\nhint: "), "{failure}");
    assert!(!ran.collection.is_complete);
    assert_eq!(ran.rows("raw_run_tasks", "branch, task, status").await, ["Go discover failed"]);
}
