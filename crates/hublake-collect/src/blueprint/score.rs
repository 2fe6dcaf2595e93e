//! Scores of a Render repository, each from 0 to 10.

use std::collections::BTreeSet;

use super::{Blueprint, Dockerfiles, ServiceKind};

/// How much there is to run: services and databases of all scopes (up to 5), kinds of services (up to 3; databases
/// and types that are not known are none), 1 for a variable of Render's and 1 for a domain of Render's in a
/// Dockerfile. `None` for a broken file; an empty one has the points of its Dockerfiles.
///
/// Copies in several environments count separately, and so do entries with a problem.
pub fn complexity(blueprint: &Blueprint, dockerfiles: Dockerfiles) -> Option<u8> {
    if blueprint.is_broken() {
        return None;
    }
    let points = up_to(blueprint.service_count(), 5)
        + up_to(kinds(blueprint).len(), 3)
        + u8::from(dockerfiles.uses_render_env)
        + u8::from(dockerfiles.uses_render_domain);
    Some(points.min(10))
}

/// How good an example the Blueprint is: 3 for being there, one for each service (up to 3, without databases), 2 for
/// services of more than one kind, 2 for a complexity of 5 or more. `None` for a broken file.
pub fn quality(blueprint: &Blueprint, complexity: Option<u8>) -> Option<u8> {
    let complexity = complexity?;
    if blueprint.is_broken() {
        return None;
    }
    let several_kinds = if kinds(blueprint).len() > 1 { 2 } else { 0 };
    let complex = if complexity >= 5 { 2 } else { 0 };
    Some(3 + up_to(blueprint.services.len(), 3) + several_kinds + complex)
}

/// How well the repository tells about itself: 2 for a description, 3 for a README, 2 where that mentions Render, 3
/// where it has a deploy button. What a README says counts only where there is one.
pub fn documentation(has_description: bool, readme: Option<&super::readme::Mentions>) -> u8 {
    let description = if has_description { 2 } else { 0 };
    let Some(mentions) = readme else { return description };
    let mention = if mentions.mentions_render { 2 } else { 0 };
    let button = if mentions.has_blueprint_button { 3 } else { 0 };
    description + 3 + mention + button
}

fn kinds(blueprint: &Blueprint) -> BTreeSet<ServiceKind> {
    blueprint.services.iter().filter_map(|service| service.kind).collect()
}

fn up_to(count: usize, most: u8) -> u8 {
    u8::try_from(count).unwrap_or(most).min(most)
}
