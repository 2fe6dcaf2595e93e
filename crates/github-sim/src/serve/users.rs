//! People.

use http::HeaderName;
use serde_json::{Value, json};

use super::answer::Answer;
use super::request::Call;
use crate::auth::{Caller, NOT_FOR_INTEGRATION};
use crate::render::user::user_json;
use crate::world::World;

const SCOPES: HeaderName = HeaderName::from_static("x-oauth-scopes");

/// `GET /user`
pub(crate) fn viewer(world: &World, call: Call<'_>) -> Answer {
    let token = match call.caller {
        Caller::Anonymous => return Answer::error(401, "Requires authentication"),
        Caller::App => return Answer::error(403, NOT_FOR_INTEGRATION),
        Caller::Token(token) => token,
    };
    if token.text.starts_with("ghs_") {
        return Answer::error(403, NOT_FOR_INTEGRATION);
    }
    let known = world.users.find(&token.login).map(str::to_owned);
    let user = known.unwrap_or_else(|| user_json(&token.login, 49_000_000, "User"));
    let answer = Answer::json(call.question, full(&user));
    let has_scopes = token.text.starts_with("ghp_") || token.text.starts_with("gho_");
    if has_scopes { answer.with(SCOPES, token.scopes.join(", ")) } else { answer }
}

/// `GET /users/{login}`
pub(crate) fn single(world: &World, login: &str, call: Call<'_>) -> Answer {
    match world.users.find(login) {
        Some(user) => Answer::json(call.question, full(user)),
        None => Answer::not_found(),
    }
}

// What a user's own path has beyond the user in a list.
fn full(user: &str) -> String {
    let Ok(Value::Object(mut map)) = user.parse::<Value>() else {
        return user.to_owned();
    };
    let login = map.get("login").cloned().unwrap_or_default();
    map.insert("name".to_owned(), login);
    for key in ["company", "location", "email", "hireable", "bio", "twitter_username"] {
        map.insert(key.to_owned(), Value::Null);
    }
    map.insert("blog".to_owned(), json!(""));
    for key in ["public_repos", "public_gists", "followers", "following"] {
        map.insert(key.to_owned(), json!(0));
    }
    for key in ["created_at", "updated_at"] {
        map.insert(key.to_owned(), json!("2010-01-01T00:00:00Z"));
    }
    Value::Object(map).to_string()
}
