//! `POST /graphql`: a query's way from JSON to JSON, with its points.

use std::sync::atomic::Ordering;
use std::time::Duration;

use http::HeaderName;
use serde_json::{Map, Value, json};

use super::Shared;
use super::answer::Answer;
use super::delivery::over_secondary;
use super::sending::Reply;
use crate::auth::Caller;
use crate::graphql::{Context, Query, QueryError, RateFacts, execute};
use crate::limits::{Account, Bucket, Charge, Standing, Verdict};
use crate::options::ExhaustedSpelling;
use crate::world::World;

const MEDIA_TYPE: HeaderName = HeaderName::from_static("x-github-media-type");
const ANONYMOUS: &str = "This endpoint requires you to be authenticated.";
const NO_QUERY: &str = "A query attribute must be specified and must be a string.";
const EXHAUSTED: &str = "API rate limit already exceeded for user ID 1.";
const TIMEOUT: &str = "Something went wrong while executing your query. This may be the result of a timeout, \
                       or it could be a GitHub bug.";

/// A request as it came.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) caller: &'a Caller,
    pub(crate) account: &'a Account,
    /// Seconds since 1970 on the clock of the limits.
    pub(crate) now: i64,
}

/// The answer to a query.
pub(crate) fn reply(shared: &Shared, world: &World, request: Request<'_>) -> Reply {
    let standing = shared.limiter().standing(request.account, Bucket::Graphql, request.now);
    if request.caller.token().is_none() {
        return Reply::uncharged(Answer::error(401, ANONYMOUS), standing);
    }
    let Ok(Value::Object(asked)) = serde_json::from_slice(request.body) else {
        return Reply::uncharged(Answer::error(400, "Problems parsing JSON"), standing);
    };
    let name = asked.get("operationName").and_then(Value::as_str);
    let query = match asked.get("query").and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Query::read(text).map_err(|error| vec![error]),
        _ => Err(vec![QueryError::new(NO_QUERY)]),
    };
    let no_variables = Map::new();
    let variables = match asked.get("variables") {
        Some(Value::Object(variables)) => variables,
        _ => &no_variables,
    };
    let plan = match &query {
        Ok(query) => query.plan(name, variables),
        Err(errors) => Err(errors.clone()),
    };
    let cost = plan.as_ref().map(|plan| plan.cost).unwrap_or_default();
    let operation = plan.as_ref().ok().and_then(|plan| plan.operation.name.clone());
    let charge = Charge { bucket: Bucket::Graphql, points: cost.points(), points_of_minute: 1 };
    let verdict = shared.limiter().charge(request.account, request.now, charge);
    let standing = match verdict {
        Verdict::Allowed(standing) => standing,
        Verdict::Exhausted(standing) => return Reply { operation, ..exhausted(shared, standing) },
        Verdict::Secondary(standing) => return Reply { operation, ..over_secondary(shared, standing) },
    };
    let mut delay = Duration::ZERO;
    let answer = match plan {
        Ok(plan) => {
            let rate = RateFacts { standing, cost: cost.points(), nodes: cost.nodes };
            let context = Context::new(world, request.caller, rate);
            let body = execute(&plan, &context);
            delay = history_delay(shared, context.histories());
            in_time(shared, context.served(), delay).unwrap_or_else(|| answer(200, &body))
        }
        Err(errors) => answer(200, &json!({"errors": errors.iter().map(QueryError::to_json).collect::<Vec<_>>()})),
    };
    let delay = delay.min(shared.limiter().options().graphql_clock.saturating_sub(shared.options.latency));
    Reply { charged: charge.points, operation, delay, ..Reply::uncharged(answer, standing) }
}

/// The refusal when no points are left: a success with an error in it.
pub(crate) fn exhausted(shared: &Shared, standing: Standing) -> Reply {
    let spelling = shared.limiter().options().graphql_exhausted;
    let is_short = match spelling {
        ExhaustedSpelling::RateLimit => true,
        ExhaustedSpelling::RateLimited => false,
        ExhaustedSpelling::Alternating => shared.graphql_refusals.fetch_add(1, Ordering::SeqCst) % 2 == 1,
    };
    let kind = if is_short { "RATE_LIMIT" } else { "RATE_LIMITED" };
    let body = json!({"errors": [{"type": kind, "code": "graphql_rate_limit", "message": EXHAUSTED}]});
    Reply::rejected(answer(200, &body), standing)
}

/// How much longer a query takes that walks the commits of so many repositories.
fn history_delay(shared: &Shared, repositories: usize) -> Duration {
    shared.options.history_latency.saturating_mul(u32::try_from(repositories).unwrap_or(u32::MAX))
}

/// What a query gets that took too long.
fn in_time(shared: &Shared, served: u64, delay: Duration) -> Option<Answer> {
    let (most, status, clock) = {
        let limiter = shared.limiter();
        let options = limiter.options();
        (options.graphql_clock_nodes, options.graphql_clock_status, options.graphql_clock)
    };
    let is_late = most.is_some_and(|most| served > most) || shared.options.latency + delay > clock;
    is_late.then(|| answer(status, &json!({"data": null, "errors": [{"message": TIMEOUT}]})))
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer::of_value(status, body).with(MEDIA_TYPE, "github.v4; format=json".to_owned())
}
