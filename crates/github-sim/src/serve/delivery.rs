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
use super::{Shared, control, dispatch};
use crate::auth::Caller;
use crate::faults::FaultKind;
use crate::limits::{Account, Bucket, Standing, Verdict};
use crate::options::LimitClock;
use crate::stats::{Outcome, RequestRecord};

/// The longest body that is read.
const LONGEST_BODY: usize = 64 * 1024;
const VERSIONS: [&str; 2] = [DEFAULT_VERSION, "2026-03-10"];

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
    let (parts, body) = request.into_parts();
    let question = Question::read(&parts);
    let now = shared.world().now();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return send(Reply::free(Answer::error(413, "Payload too large")), now, None, DEFAULT_VERSION);
    };
    if question.path.starts_with("/_sim") {
        return send(Reply::free(control::answer(&shared, &question, &body)), now, None, DEFAULT_VERSION);
    }
    let number = shared.next_request();
    let route = Route::find(&question);
    let caller = Caller::identify(&question.headers, &shared.options, &shared.installations(), now);
    let account = caller.as_ref().unwrap_or(&Caller::Anonymous).account();
    let in_flight = InFlight::begin(&shared, account);
    let faults = shared.faults().strike(route.template(), &question.path);
    wait(shared.options.latency, &faults).await;
    let reply = reply(&shared, &question, &route, caller.as_ref(), &in_flight.account, &faults);
    shared.run_hooks(number);
    let is_dropped = faults.contains(&FaultKind::DropConnection);
    count(&shared, &question, &route, number, &reply, is_dropped);
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

/// What the request gets, from the state of this instant.
fn reply(
    shared: &Shared,
    question: &Question,
    route: &Route,
    caller: Option<&Caller>,
    account: &Account,
    faults: &[FaultKind],
) -> Reply {
    let world = shared.world();
    let now = match shared.options.limits.clock {
        LimitClock::World => world.now().timestamp(),
        LimitClock::System => Utc::now().timestamp(),
    };
    let standing = shared.limiter().standing(account, Bucket::Core, now);
    let with_standing = |answer| Reply { standing: Some(standing), ..Reply::free(answer) };
    if let Some(refusal) = refuse(shared, question) {
        return refusal;
    }
    let Some(caller) = caller else {
        return with_standing(Answer::error(401, "Bad credentials"));
    };
    for fault in faults {
        if let Some(reply) = faulty(*fault, standing) {
            return reply;
        }
    }
    if *route == Route::RateLimit {
        let with_rate = question.api_version() == DEFAULT_VERSION;
        let overview = shared.limiter().overview(account, now, with_rate);
        return with_standing(Answer::of_value(200, &overview));
    }
    let verdict = shared.limiter().charge(account, Bucket::Core, now, !question.is_read());
    let standing = match verdict {
        Verdict::Allowed(standing) => standing,
        Verdict::Exhausted(standing) => return exhausted(shared, account, standing),
        Verdict::Secondary(standing) => {
            let options = shared.limiter().options().secondary.clone().unwrap_or_default();
            return Reply {
                answer: secondary(options.status, options.retry_after),
                standing: Some(standing),
                is_charged: false,
                is_rejected: true,
            };
        }
    };
    let answer = dispatch::endpoint(shared, &world, route, Call { question, caller });
    if answer.status == 304 && account.is_authenticated {
        let standing = shared.limiter().refund(account, Bucket::Core, now);
        return Reply { answer, standing: Some(standing), is_charged: false, is_rejected: false };
    }
    Reply { answer, standing: Some(standing), is_charged: true, is_rejected: false }
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

fn faulty(fault: FaultKind, standing: Standing) -> Option<Reply> {
    let none_left = Standing { used: standing.limit, ..standing };
    let (answer, standing, is_rejected) = match fault {
        FaultKind::Status(status) => (Answer::error(status, "Server Error"), standing, false),
        FaultKind::SecondaryLimit { status, retry_after } => (secondary(status, retry_after), standing, true),
        FaultKind::PrimaryLimit { status } => {
            (Answer::error(status, "API rate limit exceeded for user ID 1."), none_left, true)
        }
        FaultKind::WrongShape => (Answer::error(200, "Server Error"), standing, false),
        FaultKind::Latency(_) | FaultKind::CutBody | FaultKind::DropConnection | FaultKind::WrongJson => {
            return None;
        }
    };
    Some(Reply { answer, standing: Some(standing), is_charged: false, is_rejected })
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
    let answer = Answer::error(shared.limiter().options().exhausted_status, message);
    Reply { answer, standing: Some(standing), is_charged: false, is_rejected: true }
}

fn count(shared: &Shared, question: &Question, route: &Route, number: u64, reply: &Reply, is_dropped: bool) {
    let record = RequestRecord {
        number,
        method: question.method.to_string(),
        target: question.target.clone(),
        status: if is_dropped { 0 } else { reply.answer.status },
    };
    shared.counters().add(Outcome {
        record,
        template: route.template(),
        charged: reply.is_charged.then_some(Bucket::Core.as_str()),
        is_rejected: reply.is_rejected,
        body_bytes: reply.answer.body.len(),
    });
}
