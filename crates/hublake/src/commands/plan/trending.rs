//! About what a run of trending will ask: told from the settings, without asking for any of it.

use anyhow::{Result, bail};
use comfy_table::CellAlignment;
use hublake_collect::events::Api;
use hublake_github::Resource;
use serde::Serialize;

use super::forecast::{Budget, Limits};
use super::terminal::{limits, shortage};
use crate::cli::PlanArgs;
use crate::home::Home;
use crate::output::new_table;
use crate::pipeline::trending;
use crate::report::terminal::count;
use crate::settings::Settings;

/// About what a first run of trending will take; later ones take less.
#[derive(Serialize)]
pub struct TrendingForecast {
    /// Repositories that can be found.
    repositories: u32,
    /// Requests of all kinds.
    requests: u32,
    /// Searches for repositories.
    searches: u32,
    /// Searches for files.
    code_searches: u32,
    /// GraphQL.
    queries: u32,
    /// Histories of stars.
    star_histories: u32,
    /// Other requests by REST.
    rest_requests: u32,
    /// How details are asked for.
    api: &'static str,
    /// The limits of an hour that the run draws on; those of searches are of a minute, for which it waits.
    limits: Vec<Budget>,
}

/// Tells what a run would ask.
pub async fn forecast(settings: Settings, args: &PlanArgs) -> Result<TrendingForecast> {
    let passing = tempfile::tempdir()?;
    let settings = if settings.home.exists() { settings } else { super::settings_in(settings, passing.path()) };
    let home = Home::open(settings).await?;
    let client = home.hasty_client().await?;
    if !client.is_authorised() {
        bail!(
            "GitHub searches files for those alone who have a token\nhint: hublake auth, or set GITHUB_TOKEN; it needs no scope"
        );
    }
    let known = Limits::read(&client).await?;
    let expected = trending::expect(&home, args.api);
    let budget = |resource, needed: u32| known.budget(&home.settings, &client, resource, needed.into());
    Ok(TrendingForecast {
        repositories: expected.repositories,
        requests: expected.requests(),
        searches: expected.searches,
        code_searches: expected.code_searches,
        queries: expected.queries,
        star_histories: expected.star_histories,
        rest_requests: expected.rest,
        api: if args.api == Some(Api::Rest) { "rest" } else { "graphql" },
        limits: vec![
            budget(Resource::Core, expected.star_histories + expected.rest),
            budget(Resource::Graphql, expected.queries),
        ],
    })
}

/// The forecast as a person reads it.
pub fn told(forecast: &TrendingForecast) -> String {
    let mut table = new_table();
    table.set_header(["a first run asks for about", "requests", ""]);
    let row = |words: &str, requests: u32, note: &str| [words.to_owned(), count(requests.into()), note.to_owned()];
    table.add_row(row("searches for repositories", forecast.searches, "30 a minute"));
    table.add_row(row("searches for render.yaml", forecast.code_searches, "9 a minute"));
    match forecast.api {
        "rest" => table.add_row(row("details and files", forecast.rest_requests, "REST")),
        _ => table.add_row(row("details and files", forecast.queries, "GraphQL")),
    };
    table.add_row(row("histories of stars", forecast.star_histories, "only of what has no snapshot of seven days"));
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut lines = vec![table.to_string(), String::new(), limits(&forecast.limits), String::new()];
    lines.extend(forecast.limits.iter().filter_map(shortage));
    lines.push(format!(
        "About {} requests find up to {} repositories; an hour later most of it is known.",
        count(forecast.requests.into()),
        count(forecast.repositories.into())
    ));
    lines.join("\n")
}
