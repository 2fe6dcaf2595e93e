//! A client without any knowledge of GitHub.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use github_sim::{GenerateOptions, Sim, SimOptions, World};
use reqwest::Method;
use reqwest::redirect::Policy;
use serde_json::{Value, json};

pub const REPOSITORY: &str = "sim-org-00/repo-0000";
pub const ISSUES: &str = "repos/sim-org-00/repo-0000/issues";
pub const TOKEN: &str = "ghp_0123456789";

pub fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn generated(issues: u64) -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    world.generate(&GenerateOptions { repos: 1, issues, seed: 5, ..GenerateOptions::default() });
    world
}

/// One repository `a/b` with issues 1 to `count`, created a minute apart and updated then.
pub fn plain(count: u32) -> World {
    let mut world = World::new(time("2026-08-01T00:00:00Z"));
    world.add_repository("a/b").unwrap();
    for number in 1..=count {
        let at = time("2026-01-01T00:00:00Z") + chrono::TimeDelta::minutes(i64::from(number));
        let issue = json!({"number": number, "title": format!("issue {number}"), "created_at": at, "updated_at": at});
        world.upsert_issue("a/b", issue).unwrap();
    }
    world
}

pub async fn serve(world: World) -> Sim {
    Sim::start(world, SimOptions::default()).await.unwrap()
}

#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn number(&self, name: &str) -> u64 {
        self.header(name).parse().unwrap()
    }

    pub fn link(&self, relation: &str) -> Option<String> {
        let wanted = format!("rel=\"{relation}\"");
        let part = self.header("link").split(", ").find(|part| part.ends_with(&wanted))?.to_owned();
        Some(part.split(['<', '>']).nth(1).unwrap().to_owned())
    }

    pub fn numbers(&self) -> Vec<u64> {
        let json = self.json();
        let list = json.as_array().unwrap_or_else(|| panic!("not a list: {json}"));
        list.iter().map(|issue| issue["number"].as_u64().unwrap()).collect()
    }
}

/// `target` is a path under the API or a whole address; headers replace the usual ones.
pub async fn send(sim: &Sim, method: Method, target: &str, headers: &[(&str, &str)]) -> reqwest::Result<Reply> {
    send_body(sim, method, target, headers, String::new()).await
}

pub async fn send_body(
    sim: &Sim,
    method: Method,
    target: &str,
    headers: &[(&str, &str)],
    body: String,
) -> reqwest::Result<Reply> {
    let client = reqwest::Client::builder().redirect(Policy::none()).build()?;
    let url = sim.url().join(target).unwrap();
    let mut request = client.request(method, url);
    let usual = [("user-agent", "test"), ("authorization", "Bearer ghp_0123456789")];
    for (name, value) in usual.iter().chain(headers) {
        let is_replaced = headers.iter().any(|(other, _)| other == name);
        if !value.is_empty() && (!is_replaced || headers.contains(&(name, value))) {
            request = request.header(*name, *value);
        }
    }
    let response = request.body(body).send().await?;
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let body = response.bytes().await?.to_vec();
    Ok(Reply { status, headers, body })
}

pub async fn get_with(sim: &Sim, target: &str, headers: &[(&str, &str)]) -> Reply {
    send(sim, Method::GET, target, headers).await.unwrap()
}

pub async fn get(sim: &Sim, target: &str) -> Reply {
    get_with(sim, target, &[]).await
}

pub async fn post(sim: &Sim, target: &str, headers: &[(&str, &str)]) -> Reply {
    send(sim, Method::POST, target, headers).await.unwrap()
}

/// Every page of a list, by its `next` links.
pub async fn all_pages(sim: &Sim, target: &str) -> Vec<Reply> {
    let mut pages = vec![get(sim, target).await];
    while let Some(next) = pages.last().and_then(|page| page.link("next")) {
        pages.push(get(sim, &next).await);
    }
    pages
}

/// A query with its variables, asked of `/graphql`.
pub async fn query(sim: &Sim, text: &str, variables: Value) -> Reply {
    try_query(sim, text, variables).await.unwrap()
}

pub async fn try_query(sim: &Sim, text: &str, variables: Value) -> reqwest::Result<Reply> {
    let body = json!({"query": text, "variables": variables}).to_string();
    send_body(sim, Method::POST, "graphql", &[], body).await
}

/// The data of a query that has no errors.
pub async fn data(sim: &Sim, text: &str, variables: Value) -> Value {
    let reply = query(sim, text, variables).await;
    let mut json = reply.json();
    assert_eq!((reply.status, json.get("errors")), (200, None), "{json}");
    json["data"].take()
}
