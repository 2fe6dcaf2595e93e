//! GitHub Apps: installations and their tokens, which live for one hour of the world's clock.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::Shared;
use super::answer::Answer;
use super::request::Call;
use crate::auth::Caller;
use crate::render::user::user_json;
use crate::render::{API, SITE, time_text};
use crate::world::shape::content_hash;
use crate::world::{Repository, World};

const NEEDS_APP: &str = "A JSON web token could not be decoded";
const APP_ID: u64 = 1_000_001;
/// Whose the App is.
const OWNER: &str = "sim-maintainer";

/// `GET /app`
pub(crate) fn app(world: &World, call: Call<'_>) -> Answer {
    if !is_app(call) {
        return Answer::error(401, NEEDS_APP);
    }
    let body = json!({
        "id": APP_ID, "slug": "sim-app", "node_id": "A_kwHO1", "client_id": "Iv1.0000000000000001",
        "owner": account(world, OWNER, 49_000_001, "User"), "name": "sim-app", "description": null, "external_url": SITE,
        "html_url": format!("{SITE}/apps/sim-app"), "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z", "permissions": permissions(), "events": [],
    });
    Answer::json(call.question, body.to_string())
}

/// `GET /app/installations`: one for every owner
pub(crate) fn list(world: &World, call: Call<'_>) -> Answer {
    if !is_app(call) {
        return Answer::error(401, NEEDS_APP);
    }
    let installations: Vec<Value> = owners(world).map(|owner| installation(world, owner)).collect();
    Answer::json(call.question, Value::from(installations).to_string())
}

/// `GET /app/installations/{id}`
pub(crate) fn single(world: &World, id: u64, call: Call<'_>) -> Answer {
    if !is_app(call) {
        return Answer::error(401, NEEDS_APP);
    }
    match owners(world).find(|owner| installation_id(owner) == id) {
        Some(owner) => Answer::json(call.question, installation(world, owner).to_string()),
        None => Answer::not_found(),
    }
}

/// `GET /repos/{owner}/{repo}/installation`
pub(crate) fn of_repository(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    if !is_app(call) {
        return Answer::error(401, NEEDS_APP);
    }
    Answer::json(call.question, installation(world, repository.owner()).to_string())
}

/// `POST /app/installations/{id}/access_tokens`
pub(crate) fn new_token(shared: &Shared, world: &World, id: u64, call: Call<'_>) -> Answer {
    if !is_app(call) {
        return Answer::error(401, NEEDS_APP);
    }
    let Some(owner) = owners(world).find(|owner| installation_id(owner) == id) else {
        return Answer::not_found();
    };
    let expires_at = world.now() + TimeDelta::hours(1);
    let token = shared.installations().issue(owner, expires_at);
    let body = json!({
        "token": token, "expires_at": time_text(expires_at.timestamp()), "permissions": permissions(),
        "repository_selection": "all",
    });
    Answer::of_value(201, &body)
}

fn is_app(call: Call<'_>) -> bool {
    matches!(call.caller, Caller::App)
}

fn permissions() -> Value {
    json!({"issues": "read", "metadata": "read", "administration": "read"})
}

fn owners(world: &World) -> impl Iterator<Item = &str> {
    let names: std::collections::BTreeSet<&str> =
        world.repositories().filter(|repository| !repository.is_foreign).map(Repository::owner).collect();
    names.into_iter()
}

// From the owner's name, so that it stays the same whatever else is in the world.
fn installation_id(owner: &str) -> u64 {
    10_000_000 + content_hash(owner.to_ascii_lowercase().as_bytes()) % 80_000_000
}

// An App and an installation always have an account, whoever else is in the world.
fn account(world: &World, login: &str, id: u64, kind: &str) -> Value {
    let known = world.users.find(login).and_then(|user| user.parse().ok());
    known.or_else(|| user_json(login, id, kind).parse().ok()).unwrap_or_default()
}

fn installation(world: &World, owner: &str) -> Value {
    let id = installation_id(owner);
    let account = account(world, owner, 48_000_000 + id % 1_000_000, "Organization");
    let target_id = account.get("id").cloned().unwrap_or_default();
    let target_type = account.get("type").cloned().unwrap_or_default();
    json!({
        "id": id, "account": account, "repository_selection": "all",
        "access_tokens_url": format!("{API}/app/installations/{id}/access_tokens"),
        "repositories_url": format!("{API}/installation/repositories"),
        "html_url": format!("{SITE}/organizations/{owner}/settings/installations/{id}"),
        "app_id": APP_ID, "app_slug": "sim-app", "target_id": target_id, "target_type": target_type,
        "permissions": permissions(), "events": [], "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z", "single_file_name": null, "has_multiple_single_files": false,
        "single_file_paths": [], "suspended_by": null, "suspended_at": null,
    })
}
