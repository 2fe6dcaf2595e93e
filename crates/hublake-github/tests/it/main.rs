//! The client against a server that says exactly what a test wants, and against the simulator.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod app;
mod graphql;
mod limits;
mod requests;
mod retries;
mod server;
mod simulator;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use hublake_github::{Auth, Client, Config, ManualClock, Outcome, Page, Request, Spent};
use secrecy::SecretString;

use crate::server::Server;

const TOKEN: &str = "ghp_secret0123456789";

/// A clock that stands still at the start of November 2026.
fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(start()))
}

fn start() -> DateTime<Utc> {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn config(server: &Server, clock: &Arc<ManualClock>) -> Config {
    Config {
        api_url: server.url.clone(),
        auth: Auth::Token(SecretString::from(TOKEN)),
        clock: Arc::clone(clock) as Arc<_>,
        request_timeout: Duration::from_secs(10),
        max_wait: Duration::from_secs(3_600),
        ..Config::default()
    }
}

fn client(server: &Server, clock: &Arc<ManualClock>) -> Client {
    Client::new(config(server, clock)).unwrap()
}

async fn get(client: &Client, path: &str) -> Outcome {
    client.get(Request::new(client.url(path, &[]))).await.unwrap()
}

fn page(outcome: Outcome) -> Page {
    match outcome {
        Outcome::Page(page) => *page,
        other => panic!("{other:?}"),
    }
}

fn spent(requests: u32, not_modified: u32, quota: u32) -> Spent {
    Spent { requests, not_modified, quota, ..Spent::default() }
}
