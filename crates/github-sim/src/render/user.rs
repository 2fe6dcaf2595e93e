//! Users, written once and shared by everything they did.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::ordered::{self, USER_KEYS};
use super::{API, SITE};
use crate::world::default_kind;
use crate::world::event::NOBODY;

/// All users of a world; events and sketches name them by index.
#[derive(Debug, Clone, Default)]
pub(crate) struct Users {
    by_login: HashMap<String, u32>,
    json: Vec<Arc<str>>,
    /// Those of whom only the login is real: a recording replaces them.
    made_up: HashSet<u32>,
}

impl Users {
    /// A user's JSON, `null` for one that is gone.
    pub(crate) fn json(&self, index: u32) -> &str {
        if index == NOBODY {
            return "null";
        }
        usize::try_from(index).ok().and_then(|index| self.json.get(index)).map_or("null", |json| json)
    }

    /// The JSON of the user with this login (GitHub ignores case).
    pub(crate) fn find(&self, login: &str) -> Option<&str> {
        self.index(login).map(|index| self.json(index))
    }

    /// What a login is: `Organization` or `User`; a guess from the login where nobody has it.
    pub(crate) fn kind(&self, login: &str) -> &'static str {
        match self.find(login) {
            Some(json) if json.contains("\"type\":\"Organization\"") => "Organization",
            Some(_) => "User",
            None => default_kind(login),
        }
    }

    /// The index of the user with this login (GitHub ignores case).
    pub(crate) fn index(&self, login: &str) -> Option<u32> {
        self.by_login.get(&login.to_ascii_lowercase()).copied()
    }

    /// A login as its account writes it; as it is given where nobody has it.
    pub(crate) fn spelled(&self, login: &str) -> String {
        let user: Option<Value> = self.find(login).and_then(|json| json.parse().ok());
        let own = user.as_ref().and_then(|user| user.get("login")).and_then(Value::as_str);
        own.unwrap_or(login).to_owned()
    }

    /// The index of a user of this login, made up if there is none.
    pub(crate) fn ensure(&mut self, login: &str, kind: &str) -> u32 {
        if let Some(index) = self.by_login.get(&login.to_ascii_lowercase()) {
            return *index;
        }
        let json = user_json(login, 50_000_000 + self.json.len() as u64, kind);
        let index = self.push(login, json);
        self.made_up.insert(index);
        index
    }

    /// The index of a recorded user; the first recording of a login stays. Who was made up before keeps writing the
    /// login in the same way, as the names of what is theirs do.
    pub(crate) fn intern(&mut self, user: &Map<String, Value>) -> u32 {
        let Some(login) = user.get("login").and_then(Value::as_str) else {
            return NOBODY;
        };
        let old = self.index(login);
        if let Some(index) = old.filter(|index| !self.made_up.contains(index) || !user.contains_key("node_id")) {
            return index;
        }
        let mut known: Map<String, Value> = USER_KEYS
            .iter()
            .map(|key| ((*key).to_owned(), user.get(*key).cloned().unwrap_or_else(|| default_value(key))))
            .collect();
        known.insert("login".to_owned(), Value::from(self.spelled(login)));
        let json = ordered::object(&known, &USER_KEYS);
        match old.and_then(|index| Some((index, self.json.get_mut(index as usize)?))) {
            Some((index, place)) => {
                *place = json.into();
                self.made_up.remove(&index);
                index
            }
            None => self.push(login, json),
        }
    }

    fn push(&mut self, login: &str, json: String) -> u32 {
        let index = u32::try_from(self.json.len()).unwrap_or(NOBODY);
        self.by_login.insert(login.to_ascii_lowercase(), index);
        self.json.push(json.into());
        index
    }
}

fn default_value(key: &str) -> Value {
    match key {
        "user_view_type" => Value::from("public"),
        "site_admin" => Value::from(false),
        "gravatar_id" => Value::from(""),
        _ => Value::Null,
    }
}

/// A user or organisation that is only a login and an id.
pub(crate) fn user_json(login: &str, id: u64, kind: &str) -> String {
    let node = match kind {
        "Organization" => "O_kgDO",
        "Bot" => "BOT_kgDO",
        _ => "U_kgDO",
    };
    let page = login.strip_suffix("[bot]").map_or_else(|| login.to_owned(), |name| format!("apps/{name}"));
    let path = login.replace('[', "%5B").replace(']', "%5D");
    let mut text = format!(
        "{{\"login\":\"{login}\",\"id\":{id},\"node_id\":\"{node}{id}\",\
         \"avatar_url\":\"https://avatars.githubusercontent.com/u/{id}?v=4\",\"gravatar_id\":\"\",\
         \"url\":\"{API}/users/{path}\",\"html_url\":\"{SITE}/{page}\""
    );
    for (key, end) in [
        ("followers_url", "/followers"),
        ("following_url", "/following{/other_user}"),
        ("gists_url", "/gists{/gist_id}"),
        ("starred_url", "/starred{/owner}{/repo}"),
        ("subscriptions_url", "/subscriptions"),
        ("organizations_url", "/orgs"),
        ("repos_url", "/repos"),
        ("events_url", "/events{/privacy}"),
        ("received_events_url", "/received_events"),
    ] {
        text.push_str(&format!(",\"{key}\":\"{API}/users/{path}{end}\""));
    }
    text.push_str(&format!(",\"type\":\"{kind}\",\"user_view_type\":\"public\",\"site_admin\":false}}"));
    text
}
