//! Nine repositories of three lists, and what a run left of them.

use serde_json::json;

use super::tables::{Seen, Tables};

/// Words that would clear the screen, turn the writing round and never end.
pub const HOSTILE: &str =
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}evil\u{9b}31m\r\n火箭 🚀\u{200b} שלום a\u{301}\u{301}\u{301}\u{301}";
pub const BUTTON: &str = "https://render.com/deploy?repo=https://github.com/render-examples/flask";
const LONG: &str = "web/a-panel-of-controls-whose-name-is-rather-long-even-for-a-panel";

pub const ROCKET: Seen = Seen {
    repo_id: 1,
    name: "acme/rocket",
    description: "A rocket that flies itself",
    language: "Python",
    is_render: false,
    stars: 1250,
    stars_most: 2000,
    age_days: 12,
    normalised: 0.625,
    recency: 1.0,
    momentum: 0.8125,
    rank_overall: 3,
    rank_in_language: 2,
    velocity: Some((12.5, 75, 6.0, "snapshots")),
    activity: Some((7, 3, 2, 4.3)),
};
const MOST: Seen = Seen {
    repo_id: 2,
    name: "acme/most",
    stars: 2000,
    age_days: 45,
    normalised: 1.0,
    recency: 0.75,
    momentum: 0.875,
    rank_overall: 2,
    rank_in_language: 1,
    velocity: Some((140.0, 980, 7.0, "star history")),
    ..ROCKET
};
const VETERAN: Seen = Seen {
    repo_id: 3,
    name: "acme/veteran",
    stars: 500,
    age_days: 1500,
    normalised: 0.25,
    recency: 0.0,
    momentum: 0.125,
    rank_overall: 9,
    rank_in_language: 3,
    velocity: Some((-0.5, -1, 2.0, "snapshots")),
    ..ROCKET
};
const PANEL: Seen = Seen {
    repo_id: 4,
    name: LONG,
    language: "TypeScript",
    description: HOSTILE,
    stars: 1000,
    age_days: 30,
    normalised: 0.5,
    momentum: 0.75,
    rank_overall: 4,
    rank_in_language: 1,
    ..ROCKET
};
const TWIN: Seen = Seen {
    repo_id: 5,
    name: "web/twin-a",
    language: "TypeScript",
    description: "",
    stars: 200,
    age_days: 61,
    normalised: 0.1,
    recency: 0.5,
    momentum: 0.3,
    rank_overall: 7,
    rank_in_language: 2,
    velocity: None,
    activity: None,
    ..ROCKET
};
const FLASK: Seen = Seen {
    repo_id: 7,
    name: "render-examples/flask",
    is_render: true,
    stars: 400,
    stars_most: 400,
    age_days: 10,
    normalised: 1.0,
    momentum: 1.0,
    rank_overall: 1,
    rank_in_language: 1,
    ..ROCKET
};
const SHOP: Seen = Seen {
    repo_id: 8,
    name: "ann/shop",
    language: "Go",
    is_render: true,
    stars: 100,
    stars_most: 400,
    normalised: 0.25,
    momentum: 0.375,
    rank_overall: 6,
    rank_in_language: 3,
    ..TWIN
};
const BROKEN: Seen = Seen {
    repo_id: 9,
    name: "bob/broken",
    language: "Python",
    stars: 40,
    age_days: 5,
    normalised: 0.1,
    recency: 1.0,
    momentum: 0.55,
    rank_overall: 5,
    rank_in_language: 2,
    ..SHOP
};

/// Three lists, and one whose branch failed.
pub fn rich() -> Tables {
    let mut tables = Tables::default();
    for seen in
        [ROCKET, MOST, VETERAN, PANEL, TWIN, Seen { repo_id: 6, name: "web/twin-b", ..TWIN }, FLASK, SHOP, BROKEN]
    {
        tables.seen(seen);
    }
    for (day, stars) in [("14", 1100), ("15", 1110), ("16", 1175), ("17", 1180), ("19", 1200), ("21", 1240)] {
        let seen = Seen { stars, velocity: None, momentum: 0.9, ..ROCKET };
        tables.on(&format!("2026-11-{day}"), seen);
    }
    tables.row(
        "dim_repositories",
        json!({
            "repo_id": 1, "repo_full_name": "acme/firework", "repo_owner": "acme", "repo_name": "firework",
            "repo_key": 1_000_001, "language_key": 1, "shown_language": "Python", "is_render": false,
            "valid_from": "2026-10-01T00:00:00Z", "valid_to": "2026-11-01T00:00:00Z", "is_current": false,
        }),
    );
    gone(&mut tables);
    blueprints(&mut tables);
    run(&mut tables);
    tables
}

/// Of a language of which nothing was seen on the newest day.
fn gone(tables: &mut Tables) {
    let gone =
        Seen { repo_id: 10, name: "old/gopher", language: "Go", stars: 77, stars_most: 77, normalised: 1.0, ..ROCKET };
    tables.on("2026-11-20", Seen { momentum: 1.0, rank_overall: 1, rank_in_language: 1, velocity: None, ..gone });
    tables.row(
        "dim_repositories",
        json!({
            "repo_id": 10, "repo_full_name": "old/gopher", "repo_owner": "old", "repo_name": "gopher",
            "repo_key": 10_000_002, "language": "Go", "shown_language": "Go", "language_key": 3, "is_render": false,
            "created_at": "2026-11-08T09:00:00Z", "valid_from": "2026-11-20T11:00:00Z", "is_current": true,
        }),
    );
}

fn blueprints(tables: &mut Tables) {
    let all = ["cron", "postgres", "private", "redis", "web", "worker"];
    tables
        .row(
            "stg_render_enrichment",
            json!({
                "repo_id": 7, "is_render": true, "render_category": "official", "render_services": ["postgres", "web"],
                "has_blueprint_button": true, "deploy_button_url": BUTTON, "render_complexity_score": 5,
                "service_count": 3, "blueprint_quality_score": 7, "documentation_score": 10, "warning_count": 1,
            }),
        )
        .row(
            "stg_render_enrichment",
            json!({
                "repo_id": 8, "is_render": true, "render_category": "community", "render_services": all,
                "has_blueprint_button": false, "render_complexity_score": 8, "service_count": 9,
                "blueprint_quality_score": 10, "documentation_score": 3, "warning_count": 0,
            }),
        )
        .row(
            "stg_render_enrichment",
            json!({
                "repo_id": 9, "is_render": true, "render_category": "community", "render_services": [],
                "has_blueprint_button": false, "documentation_score": 5,
                "parse_error": "did not find the expected key", "error_line": 3, "error_column": 14,
            }),
        );
    // Keys: web 1, worker 2, cron 3, private 4, postgres 6, redis 7.
    tables.usage(7, &[(1, 2), (6, 1)], 5, true);
    tables.usage(8, &[(1, 2), (2, 3), (3, 1), (4, 1), (6, 1), (7, 1)], 8, false);
    let declared = [
        json!({"scope": "root", "service_name": "flask", "service_type": "web", "written_type": "web",
            "runtime": "python", "plan": "free", "line": 2}),
        json!({"scope": "shop/production", "service_name": "job", "written_type": "wroker", "runtime": "python",
            "line": 9, "problem": "unknown type wroker"}),
        json!({"scope": "root", "service_name": "store", "service_type": "postgres", "plan": "basic-256mb", "line": 15}),
    ];
    for (position, mut service) in declared.into_iter().enumerate() {
        service["repo_id"] = json!(7);
        service["position"] = json!(position + 1);
        tables.row("stg_render_services", service);
    }
}

fn run(tables: &mut Tables) {
    tables
        .task("Python", "discover", 3, 1, json!({}))
        .task("TypeScript", "discover", 3, 1, json!({}))
        .task("Python", "details", 3, 1, json!({}))
        .task("TypeScript", "details", 3, 1, json!({}))
        .task(
            "Go",
            "discover",
            0,
            3,
            json!({"status": "failed", "message": "GitHub answered 502 Bad Gateway\u{1b}[31m", "retried": 2,
                "finished_at": "2026-11-22T10:59:55Z"}),
        )
        .task("render", "discover", 3, 4, json!({"is_incomplete": 1, "finished_at": "2026-11-22T10:59:53Z"}))
        .task(
            "render",
            "details",
            3,
            2,
            json!({"message": "ann/shop: 404 Not Found", "failed": 1, "retried": 1,
                "started_at": "2026-11-22T10:59:53Z", "finished_at": "2026-11-22T11:00:02.4Z"}),
        )
        // Of a run that is older, and of one that died.
        .task("Rust", "discover", 3, 400, json!({"run_id": "run-6", "run_seq": 6}))
        .task("Java", "discover", 3, 400, json!({"run_id": "run-8", "run_seq": 8}));
}
