//! Actors: users, bots, organisations and who else acts.

use serde_json::{Value, json};

use super::{Resolved, int};

/// Somebody, as REST describes them.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) type_name: &'static str,
    login: String,
    id: Option<u64>,
    node_id: String,
    url: String,
}

impl Person {
    /// From REST's user object.
    pub(crate) fn read(user: &Value) -> Option<Self> {
        let text = |key: &str| user.get(key).and_then(Value::as_str);
        let type_name = match text("type") {
            Some("Bot") => "Bot",
            Some("Organization") => "Organization",
            Some("Mannequin") => "Mannequin",
            Some("EnterpriseUserAccount") => "EnterpriseUserAccount",
            _ => "User",
        };
        let login = text("login")?;
        // REST names a bot `dependabot[bot]`, GraphQL `dependabot`.
        let login = login.strip_suffix("[bot]").filter(|_| type_name == "Bot").unwrap_or(login);
        Some(Self {
            type_name,
            login: login.to_owned(),
            id: user.get("id").and_then(Value::as_u64),
            node_id: text("node_id").unwrap_or_default().to_owned(),
            url: text("html_url").unwrap_or_default().to_owned(),
        })
    }

    /// A login alone.
    pub(crate) fn nobody(login: &str) -> Self {
        Self { type_name: "User", login: login.to_owned(), id: None, node_id: String::new(), url: String::new() }
    }

    pub(crate) fn field<'w>(&self, field: &str) -> Resolved<'w> {
        Resolved::Leaf(match field {
            "login" => json!(self.login),
            "databaseId" => self.id.map_or(Value::Null, int),
            "id" => json!(self.node_id),
            "url" => json!(self.url),
            _ => Value::Null,
        })
    }
}
