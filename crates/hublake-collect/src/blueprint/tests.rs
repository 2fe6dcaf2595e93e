//! Blueprints by hand, and the recorded ones. Expected places and scores are counted by hand from the texts.

mod bounds;
mod dockerfiles;
mod forms;
mod problems;
mod readmes;
mod recorded;
mod scores;

use super::*;

/// `scope name kind` of every service.
fn services(blueprint: &Blueprint) -> Vec<String> {
    let shown = |service: &Service| {
        let name = service.name.as_deref().unwrap_or("?");
        format!("{} {name} {}", service.scope, service.kind.map_or("?", ServiceKind::as_str))
    };
    blueprint.services.iter().map(shown).collect()
}

/// `scope name` of every database.
fn databases(blueprint: &Blueprint) -> Vec<String> {
    let shown = |database: &Database| format!("{} {}", database.scope, database.name.as_deref().unwrap_or("?"));
    blueprint.databases.iter().map(shown).collect()
}

/// `line:column message` of every problem.
fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|problem| format!("{}:{} {}", problem.line, problem.column, problem.message)).collect()
}

/// The Blueprint of a text in which nothing is odd.
fn sound(text: &str) -> Blueprint {
    let blueprint = parse(text);
    let problems = (&blueprint.warnings, &blueprint.errors, &blueprint.error);
    assert_eq!(problems, (&Vec::new(), &Vec::new(), &None));
    blueprint
}
