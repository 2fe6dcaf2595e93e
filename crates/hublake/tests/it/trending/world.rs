//! A town of repositories, each there for a reason.

use chrono::{DateTime, TimeDelta, Utc};
use github_sim::{NewCommit, World};
use serde_json::json;

use super::blueprints::{BROKEN, DOCKERED, EVERY_TYPE, PROJECTS, WEB_AND_DATABASE};
use crate::scene::text;

/// A repository to be.
pub struct Plot<'a> {
    /// GitHub's numeric id.
    pub id: u64,
    /// `owner/name`
    pub name: &'a str,
    /// What most of it is written in.
    pub language: Option<&'a str>,
    /// Whole days.
    pub age: i64,
    /// How many days ago it was pushed to.
    pub pushed: i64,
    /// Stars that came in its first days, and those of two days ago.
    pub stars: [u32; 2],
}

/// Puts a repository into a world whose clock is at the time of its first run.
pub fn build(world: &mut World, plot: &Plot<'_>) {
    let Plot { id, name, language, age, pushed, stars } = *plot;
    let ago = |days| world.now() - TimeDelta::days(days);
    let (created_at, pushed_at, changed_at) = (ago(age), ago(pushed), ago(1));
    let days = [(created_at + TimeDelta::days(1), stars[0]), (ago(2), stars[1])];
    let days = days.map(|(at, count)| (at.date_naive(), count));
    world.add_repository_with_id(name, id).expect("a new repository");
    world.set_created_at(id, created_at).expect("it is there");
    world.set_language(id, language).expect("it is there");
    world.set_description(id, Some(&format!("What {name} is for"))).expect("it is there");
    world.set_stars(id, &days).expect("it is there");
    world.set_forks(id, &[(created_at.date_naive(), id % 10)]).expect("it is there");
    world.set_pushed_at(id, pushed_at).expect("it is there");
    world.set_updated_at(id, changed_at).expect("it is there");
}

/// An issue or pull request that was closed some time ago, and updated since.
pub fn closed(world: &mut World, id: u64, number: u32, closed_ago: TimeDelta, updated_ago: TimeDelta, is_pull: bool) {
    let now = world.now();
    let mut issue = json!({
        "number": number, "title": format!("issue {number}"), "state": "closed",
        "created_at": text(now - TimeDelta::days(20)), "closed_at": text(now - closed_ago),
        "updated_at": text(now - updated_ago), "user": {"login": "ann", "id": 7, "type": "User"},
    });
    if is_pull {
        issue["pull_request"] = json!({"url": format!("https://api.github.com/repositories/{id}/pulls/{number}")});
    }
    world.upsert_issue(id, issue).expect("an issue object");
}

/// Commits of two people with accounts, one of them under two names, one by e-mail alone, one by a private e-mail, and
/// an App; and one that is too old.
pub fn mixed_commits(world: &mut World, id: u64) {
    let ago = |hours| world.now() - TimeDelta::hours(hours);
    let private = "4711+zoe@users.noreply.github.com";
    let commits = [
        NewCommit::by("ann", ago(30)),
        NewCommit { name: "Ann A.".to_owned(), ..NewCommit::by("ann", ago(31)) },
        NewCommit::by("bob", ago(100)),
        NewCommit::by_email("Cara", "Cara@Example.org", ago(60)),
        NewCommit::by_email("cara", "cara@example.org", ago(61)),
        NewCommit::by_email("Zoe", private, ago(62)),
        NewCommit::by_bot("dependabot", 49_699_333, ago(40)),
        NewCommit::by("dan", ago(24 * 8)),
    ];
    for commit in &commits {
        world.add_commit(id, commit).expect("it is there");
    }
}

fn file(world: &mut World, id: u64, path: &str, content: impl AsRef<[u8]>) {
    world.set_file(id, path, content).expect("a file");
}

/// Python, TypeScript with and without Next.js, Go, and what is deployed on Render, at `now`.
pub fn town(now: DateTime<Utc>) -> World {
    let mut world = World::new(now);
    for (id, name, language, age, pushed, stars) in [
        (701, "acme/flask-kit", Some("Python"), 20, 1, [400, 70]),
        (702, "acme/old-snake", Some("Python"), 120, 3, [900, 9]),
        (703, "acme/ancient", Some("Python"), 400, 3, [5_000, 5]),
        (704, "acme/asleep", Some("Python"), 50, 40, [3_000, 0]),
        (705, "render-examples/py-web", Some("Python"), 45, 2, [120, 7]),
        (706, "acme/next-new", Some("TypeScript"), 75, 2, [640, 14]),
        (707, "acme/next-old", Some("TypeScript"), 35, 2, [800, 1]),
        (708, "acme/ts-plain", Some("TypeScript"), 5, 1, [15, 3]),
        (709, "acme/ts-broken", Some("TypeScript"), 91, 2, [222, 2]),
        (710, "acme/next-render", Some("TypeScript"), 61, 4, [310, 10]),
        (711, "acme/busy", Some("Go"), 90, 1, [1_500, 21]),
        (712, "acme/quiet", Some("Go"), 31, 20, [77, 0]),
        (713, "acme/empty", Some("Go"), 2, 1, [3, 1]),
        (714, "bigco/blue", None, 200, 6, [450, 35]),
        (715, "staffer/tool", Some("Go"), 300, 60, [55, 1]),
        (716, "acme/sub", Some("Ruby"), 10, 1, [9_000, 9]),
        (717, "acme/topic-only", Some("Python"), 500, 100, [640, 0]),
        (718, "acme/broken-yaml", Some("Java"), 28, 3, [33, 4]),
        (719, "someone/docker", Some("Go"), 60, 1, [210, 28]),
    ] {
        build(&mut world, &Plot { id, name, language, age, pushed, stars });
    }
    languages(&mut world);
    render(&mut world);
    activity(&mut world);
    world
}

fn languages(world: &mut World) {
    let text = "# Flask kit\n\nRuns anywhere, also on Render.\n";
    file(world, 701, "README.md", text);
    file(world, 701, "app.py", "print()\n");
    file(world, 702, "readme.MD", format!("# Snake\n{}", "s\u{e9}\u{1f40d} ".repeat(3_000)));
    file(world, 706, "README.md", "# Next\n");
    let asks = |section: &str, range: &str| json!({section: {"next": range, "react": "19.0.0"}}).to_string();
    file(world, 706, "package.json", asks("dependencies", "^16.0.1"));
    file(world, 707, "package.json", asks("devDependencies", "15.1.0"));
    file(world, 708, "tsconfig.json", "{}\n");
    file(world, 709, "package.json", "{\"dependencies\": {\"next\": ");
    file(world, 710, "package.json", asks("dependencies", "~14.2"));
    file(world, 711, "README.md", "# Busy\n");
    file(world, 712, "Readme.rst", "Quiet\n=====\n");
    world.set_description(712u64, None).expect("it is there");
}

fn render(world: &mut World) {
    let topics = |world: &mut World, id: u64, topics: &[&str]| world.set_topics(id, topics).expect("it is there");
    let button = |link: &str| format!("# Deploy\n[![Deploy to Render](https://render.com/images/b.svg)]({link})\n");
    file(world, 705, "render.yaml", WEB_AND_DATABASE);
    file(world, 705, "README.md", button("https://render.com/deploy?repo=https://github.com/render-examples/py-web"));
    topics(world, 705, &["render-blueprints", "flask"]);
    file(world, 710, "render.yaml", EVERY_TYPE);
    file(world, 714, "render.yaml", PROJECTS);
    file(
        world,
        714,
        "README.md",
        button("https://dashboard.render.com/blueprint/new?repo=https://github.com/bigco/blue"),
    );
    topics(world, 714, &["blue", "render-blueprint"]);
    file(world, 715, "render.yaml", DOCKERED);
    file(world, 715, "docker/web.Dockerfile", "FROM scratch\nENV HOST=$RENDER_EXTERNAL_HOSTNAME\n");
    file(world, 715, "docker/worker.Dockerfile", "FROM scratch\n# SURRENDER_ALL is no variable of Render\n");
    file(world, 716, "deploy/render.yaml", WEB_AND_DATABASE);
    topics(world, 717, &["render-blueprints"]);
    file(world, 717, "README.md", "# A list of links\n");
    file(world, 718, "render.yaml", BROKEN);
    file(world, 719, "render.yaml", WEB_AND_DATABASE);
    file(world, 719, "Dockerfile", "FROM python:3\nENV SITE=https://site.onrender.com\nARG RENDER_GIT_COMMIT\n");
    file(world, 719, "README.md", "Deploy on render.com: https://render.com/docs/deploy\n");
}

fn activity(world: &mut World) {
    mixed_commits(world, 701);
    let hours = TimeDelta::hours;
    for (number, closed_ago, updated_ago, is_pull) in [
        (1, 10, 10, false),
        (2, 100, 5, false),
        // Closed before the week, and spoken of within it.
        (3, 24 * 9, 3, false),
        (4, 20, 20, true),
    ] {
        closed(world, 701, number, hours(closed_ago), hours(updated_ago), is_pull);
    }
    let now = world.now();
    for minute in 0..130 {
        let author = ["ann", "bob", "cara", "dan"][minute % 4];
        let at = now - TimeDelta::minutes(60 + 40 * i64::try_from(minute).expect("a small number"));
        world.add_commit(711u64, &NewCommit::by(author, at)).expect("it is there");
    }
    for number in 1..=120 {
        closed(world, 711, number, hours(i64::from(number)), hours(i64::from(number % 7)), number % 10 == 0);
    }
    world.add_commit(705u64, &NewCommit::by("eve", now - hours(50))).expect("it is there");
    world.add_commit(719u64, &NewCommit::by_bot("renovate", 29_139_614, now - hours(30))).expect("it is there");
}
