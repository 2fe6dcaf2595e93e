//! The way of a request through limits, faults, endpoints, conditional answers and counts.

use std::sync::Arc;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use chrono::Utc;
use http::header::RETRY_AFTER;

use super::answer::Answer;
use super::connection::Connection;
use super::request::{Call, DEFAULT_VERSION, Question};
use super::route::Route;
use super::sending::{Reply, send};
use super::{Shared, control, dispatch, graphql};
use crate::auth::Caller;
use crate::faults::FaultKind;
use crate::limits::{Account, Bucket, Charge, Standing, Verdict};
use crate::options::LimitClock;
use crate::stats::{Outcome, Refusal, RequestRecord};
use crate::world::World;

/// The longest body that is read.
const LONGEST_BODY: usize = 64 * 1024;
/// Changes bring files along.
const LONGEST_OWN_BODY: usize = 16 * 1024 * 1024;
const VERSIONS: [&str; 2] = [DEFAULT_VERSION, "2026-03-10"];

/// GitHub's documentation: after a secondary limit without `Retry-After` wait at least a minute.
const MINUTE_SECONDS: u64 = 60;

const SECONDARY: &str = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
const NO_AGENT: &str =
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent header";

/// Counts a request as under way until it ends, even when the client goes away.
struct InFlight {
    shared: Arc<Shared>,
    account: Account,
}

impl InFlight {
    fn begin(shared: &Arc<Shared>, account: Account) -> Self {
        shared.counters().begin();
        shared.limiter().begin(&account);
        Self { shared: Arc::clone(shared), account }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.shared.counters().end();
        self.shared.limiter().end(&self.account.key);
    }
}

/// Every request comes here.
pub(crate) async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    let came_at_ms = shared.elapsed_ms();
    let (parts, body) = request.into_parts();
    let question = Question::read(&parts);
    let now = shared.world().now();
    let is_own = question.path.starts_with("/_sim");
    let longest = if is_own { LONGEST_OWN_BODY } else { LONGEST_BODY };
    let Ok(body) = to_bytes(body, longest).await else {
        return send(Reply::free(Answer::error(413, "Payload too large")), now, None, DEFAULT_VERSION);
    };
    if is_own {
        return send(Reply::free(control::answer(&shared, &question, &body)), now, None, DEFAULT_VERSION);
    }
    let number = shared.next_request();
    let route = Route::find(&question);
    let caller = Caller::identify(&question.headers, &shared.options, &shared.installations(), now);
    let account = caller.as_ref().unwrap_or(&Caller::Anonymous).account();
    let in_flight = InFlight::begin(&shared, account);
    let faults = shared.faults().strike(route.template(), &question.path);
    wait(shared.options.latency, &faults).await;
    let asked = Asked { question: &question, body: &body, route: &route, account: &in_flight.account };
    let reply = reply(&shared, asked, caller.as_ref(), &faults);
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    shared.run_hooks(number);
    let is_dropped = faults.contains(&FaultKind::DropConnection);
    let came = Came { number, at_ms: came_at_ms };
    count(&shared, &question, &route, came, &reply, is_dropped);
    if is_dropped {
        connection.break_off();
    }
    let mangling = faults.into_iter().find(|kind| matches!(kind, FaultKind::CutBody | FaultKind::WrongJson));
    send(reply, now, mangling, question.api_version())
}

async fn wait(latency: Duration, faults: &[FaultKind]) {
    let of_fault = |kind: &FaultKind| match kind {
        FaultKind::Latency(duration) => *duration,
        _ => Duration::ZERO,
    };
    let whole = latency + faults.iter().map(of_fault).sum::<Duration>();
    if !whole.is_zero() {
        tokio::time::sleep(whole).await;
    }
}

/// A request that was read.
#[derive(Clone, Copy)]
struct Asked<'a> {
    question: &'a Question,
    body: &'a [u8],
    route: &'a Route,
    account: &'a Account,
}

/// What the request gets, from the state of this instant.
fn reply(shared: &Shared, asked: Asked<'_>, caller: Option<&Caller>, faults: &[FaultKind]) -> Reply {
    let Asked { question, body, route, account } = asked;
    let world = shared.world();
    let now = limit_clock(shared, &world);
    let bucket = route.bucket();
    let standing = shared.limiter().standing(account, bucket, now);
    if let Some(refusal) = refuse(shared, question) {
        return refusal;
    }
    let Some(caller) = caller else {
        return Reply::uncharged(Answer::error(401, "Bad credentials"), standing);
    };
    for fault in faults {
        if let Some(reply) = faulty(shared, *fault, standing) {
            return reply;
        }
    }
    if *route == Route::RateLimit {
        let with_rate = question.api_version() == DEFAULT_VERSION;
        let overview = shared.limiter().overview(account, now, with_rate);
        return Reply::uncharged(Answer::of_value(200, &overview), standing);
    }
    if *route == Route::Graphql {
        return graphql::reply(shared, &world, graphql::Request { body, caller, account, now });
    }
    if *route == Route::SearchCode && caller.token().is_none() {
        return Reply::uncharged(Answer::error(401, "Requires authentication"), standing);
    }
    let points_of_minute = if question.is_read() { 1 } else { 5 };
    let verdict = shared.limiter().charge(account, now, Charge { bucket, points: 1, points_of_minute });
    let standing = match verdict {
        Verdict::Allowed(standing) => standing,
        Verdict::Exhausted(standing) => return exhausted(shared, account, standing),
        Verdict::Secondary(standing) => return over_secondary(shared, standing),
    };
    let repository_events = shared.limiter().options().repository_events;
    let is_cut_short = faults.contains(&FaultKind::Incomplete);
    let call = Call { question, caller, repository_events, is_cut_short };
    let answer = dispatch::endpoint(shared, &world, route, call);
    if answer.status == 304 && account.is_authenticated {
        let standing = shared.limiter().refund(account, bucket, now);
        return Reply::uncharged(answer, standing);
    }
    Reply { charged: 1, ..Reply::uncharged(answer, standing) }
}

/// The refusal by a secondary limit.
pub(crate) fn over_secondary(shared: &Shared, standing: Standing) -> Reply {
    let options = shared.limiter().options().secondary.clone().unwrap_or_default();
    Reply::rejected(secondary(options.status, options.retry_after), standing)
}

fn refuse(shared: &Shared, question: &Question) -> Option<Reply> {
    if question.is_too_long {
        return Some(Reply::free(Answer::error(414, "URI Too Long")));
    }
    if shared.options.require_user_agent && !question.has_user_agent() {
        return Some(Reply::free(Answer::error(403, NO_AGENT)));
    }
    let version = question.api_version();
    if VERSIONS.contains(&version) {
        return None;
    }
    let message = format!("API version {version:?} is not supported, use one of {}", VERSIONS.join(", "));
    Some(Reply::free(Answer::error(400, &message)))
}

fn faulty(shared: &Shared, fault: FaultKind, standing: Standing) -> Option<Reply> {
    let none_left = Standing { used: standing.limit, ..standing };
    let (answer, standing, is_rejected) = match fault {
        FaultKind::GraphqlLimit if standing.bucket == Bucket::Graphql => {
            return Some(graphql::exhausted(shared, none_left));
        }
        FaultKind::Status(status) => (Answer::error(status, "Server Error"), standing, false),
        FaultKind::SecondaryLimit { status, retry_after } => (secondary(status, retry_after), standing, true),
        FaultKind::PrimaryLimit { status } => {
            (Answer::error(status, "API rate limit exceeded for user ID 1."), none_left, true)
        }
        FaultKind::WrongShape => (Answer::error(200, "Server Error"), standing, false),
        FaultKind::GraphqlLimit
        | FaultKind::Latency(_)
        | FaultKind::CutBody
        | FaultKind::Incomplete
        | FaultKind::DropConnection
        | FaultKind::WrongJson => return None,
    };
    Some(Reply { is_rejected, ..Reply::uncharged(answer, standing) })
}

fn secondary(status: u16, retry_after: Option<u64>) -> Answer {
    let answer = Answer::error(status, SECONDARY);
    match retry_after {
        Some(seconds) => answer.with(RETRY_AFTER, seconds.to_string()),
        None => answer,
    }
}

fn exhausted(shared: &Shared, account: &Account, standing: Standing) -> Reply {
    let message = if account.is_authenticated {
        "API rate limit exceeded for user ID 1. If you reach out to GitHub Support for help, please include the request ID."
    } else {
        "API rate limit exceeded for 127.0.0.1. (But here's the good news: Authenticated requests get a higher rate limit. Check out the documentation for more details.)"
    };
    Reply::rejected(Answer::error(shared.limiter().options().exhausted_status, message), standing)
}

/// A request's place in the order of requests and in time.
#[derive(Clone, Copy)]
struct Came {
    number: u64,
    at_ms: u64,
}

fn count(shared: &Shared, question: &Question, route: &Route, came: Came, reply: &Reply, is_dropped: bool) {
    let record = RequestRecord {
        number: came.number,
        method: question.method.to_string(),
        target: question.target.clone(),
        status: if is_dropped { 0 } else { reply.answer.status },
        charged: reply.charged,
        operation: reply.operation.clone(),
        came_at_ms: came.at_ms,
        answered_at_ms: shared.elapsed_ms(),
        refusal: reply.standing.filter(|_| reply.is_rejected).map(|standing| refusal(shared, reply, standing)),
    };
    shared.counters().add(Outcome {
        record,
        template: route.template(),
        bucket: route.bucket().as_str(),
        is_rejected: reply.is_rejected,
        body_bytes: reply.answer.body.len(),
    });
}

/// What a refusal tells a client that reads GitHub's documentation.
fn refusal(shared: &Shared, reply: &Reply, standing: Standing) -> Refusal {
    let told = reply.answer.headers.iter().find(|(name, _)| name == RETRY_AFTER);
    let told: Option<u64> = told.and_then(|(_, seconds)| seconds.parse().ok());
    let is_secondary = told.is_some() || standing.remaining() > 0;
    let to_reset = u64::try_from(standing.reset - limit_clock(shared, &shared.world())).unwrap_or_default();
    let seconds = told.unwrap_or(if is_secondary { MINUTE_SECONDS } else { to_reset });
    Refusal { wait_ms: seconds.saturating_mul(1_000), is_secondary }
}

/// The present on the clock of the limits, in seconds since 1970.
fn limit_clock(shared: &Shared, world: &World) -> i64 {
    match shared.options.limits.clock {
        LimitClock::World => world.now().timestamp(),
        LimitClock::System => Utc::now().timestamp(),
    }
}
