//! A GitHub that runs on this machine: for tests, demonstrations and benchmarks.
//!
//! A [`World`] holds repositories, issues with their events, users and a clock. A [`Sim`] serves it as GitHub's REST
//! API would, on a port of 127.0.0.1:
//!
//! ```
//! # async fn example() -> Result<(), github_sim::Error> {
//! use github_sim::{GenerateOptions, Sim, SimOptions, World};
//!
//! let now = "2026-08-01T00:00:00Z".parse().unwrap_or_default();
//! let mut world = World::new(now);
//! world.generate(&GenerateOptions { repos: 3, issues: 1_000, seed: 7, ..GenerateOptions::default() });
//! let sim = Sim::start(world, SimOptions::default()).await?;
//! // GET {sim.url()}repos/sim-org-00/repo-0000/issues?state=all&sort=updated&direction=asc&per_page=100
//! sim.world_mut().close_issue("sim-org-00/repo-0000", 1)?;
//! sim.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Where a world comes from
//!
//! - [`World::generate`]: issues that live realistically, the same for the same seed. They are kept as a few facts
//!   each and their JSON is written at each request, so a million of them fit into half a gigabyte;
//!   [`World::generate_with_events`] gives each about as many state events as are wanted.
//! - [`World::load_recorded`]: real histories; kept and served as bytes.
//! - [`World::generate_traffic`], [`World::load_recorded_traffic`], [`World::set_daily_traffic`] and
//!   [`World::set_visits`]: visitors, from a seed, from recordings, or one by one; [`World::star`] and
//!   [`World::unstar`]: stars.
//! - [`World::generate_trending`]: repositories for discovery, with files, commits and topics; or one by one with
//!   [`World::set_file`], [`World::add_commit`], [`World::set_topics`] and the like. They are in no list of the caller's
//!   own repositories.
//! - [`World::upsert_issue`] and the other helpers: single issues and what people do to them.
//!
//! Tests read the truth from [`World::issues`] and [`World::departures`] and hold tables against it;
//! [`IssueTruth::state_at`] is an issue's state at any instant, [`TrafficTruth::between`] counts the visits and
//! the distinct visitors of any stretch of time, and [`TrendingTruth`] the commits, their authors and the closed issues.
//!
//! # What is served
//!
//! `/repos/{owner}/{repo}` and `/repositories/{id}`, below both: `/issues`, `/issues/{n}`, `/issues/{n}/events`,
//! `/issues/{n}/timeline`, `/issues/events`, `/labels`, `/installation`, `/traffic/views`, `/traffic/clones`,
//! `/traffic/popular/referrers`, `/traffic/popular/paths`, `/stargazers/count`, `/stargazers/history`, `/contents/{path}`,
//! `/readme`, `/git/blobs/{sha}`, `/commits`, `/topics`; `/search/repositories`, `/search/code`, `/user`,
//! `/user/repos`, `/users/{login}`, `/users/{login}/repos`, `/orgs/{org}/repos`, `/rate_limit`, `/app`,
//! `/app/installations` with access tokens, and `/installation/repositories`. The same API lies under `/api/v3/`, as on
//! GitHub Enterprise. Addresses inside payloads name `api.github.com`, as in recorded data; only `Link` and `Location`
//! name the simulator.
//! GraphQL is at `POST /graphql`, and at `/api/graphql` as on GitHub Enterprise.
//!
//! - **Lists of issues** are computed from the state of the moment, so items move between pages while a client
//!   reads. `Link: rel="next"` is an opaque address by numeric id with a cursor; there is no `rel="last"`; from
//!   10,000 items on, page numbers answer 422 and cursors go on. They are filtered by state, `since`, labels,
//!   creator, assignee and milestone; GitHub's other filters answer 422. The events of a whole repository end at
//!   [`LimitOptions::repository_events`].
//! - **Traffic** is that of the fourteen days before the world's now: on 15 UTC dates, of which the first is cut short
//!   and the last still grows; days and weeks (from Monday) without visits are left out, and the total's `uniques` are
//!   the distinct visitors of the whole window. Who may not push gets the 403 that goes with the kind of token
//!   ([`World::set_push`], [`Token::push_access`], [`Token::reads_administration`]).
//! - **Stars** by day are those that are left: who takes a star back takes it from the day on which it was given.
//!   Watchers are counted, but not named, neither by REST (`subscribers_count`) nor by GraphQL.
//! - **Searches** know the qualifiers that are named in their errors; others answer 422, where GitHub would look for them
//!   as words. The best match is what has most stars; hits in code come in no such order. A name of a file is found in
//!   any folder and within longer names, and never in files of 384 KB or more. Results end at 1,000.
//! - **Git**: there is one branch without history of its files: a commit says who made it and when, and has the tree of
//!   now. Ids of blobs and trees are those of Git. Blobs stay when their files change. Contents have content up to 1 MB,
//!   `Blob.text` has up to 512,000 bytes, with signs of replacement where bytes are no UTF-8.
//! - **Lists of repositories** hold what a token sees; `type`, `visibility`, `affiliation`, `sort`, `direction`, `since`
//!   and `before` are honoured. Whoever asks is a member of all organisations.
//! - **ETags** are weak and change exactly when the content does. A match answers 304, which costs an authorised
//!   caller nothing. They are made from ids and revisions, not from the body.
//! - **Limits** are counted per token and bucket, over windows of the world's clock. Secondary limits are off
//!   until [`LimitOptions::secondary`] is set.
//! - **GraphQL** holds the part of GitHub's schema that lies in `src/graphql/schema.graphql`; operations are held
//!   against it before they run, so what it lacks is an error as on GitHub. Its node ids are REST's. An operation costs
//!   a point for every hundred times that it asks for a connection, every page taken as full; an object of several
//!   types is taken as the dearest of them. `nodeCount` counts the items of connections and of `nodes`. Ids beyond 32
//!   bits are null as `databaseId`. A bot's login ends in `[bot]` in REST only. What takes too long is set by
//!   [`LimitOptions::graphql_clock_nodes`], counted in items that are really served, and by
//!   [`SimOptions::history_latency`] for each repository whose commits are asked for; it costs its points.
//! - **Standing**: 301 after a rename or transfer, 404, 410 (issues disabled, issue deleted or made a discussion), 451
//!   (blocked), 401.
//! - **Faults** ([`Fault`]) strike the next, the k-th or random requests of an endpoint.
//! - **Hooks**: [`Sim::on_request`] changes the world between two requests of a client.
//!
//! # From outside
//!
//! - `GET /_sim/stats`, `POST /_sim/stats/reset`
//! - `GET|POST /_sim/clock` (`?set=RFC3339` or `?advance_seconds=N`)
//! - `POST /_sim/generate?repos=N&issues=M&seed=S&events_per_issue=E`, or `?trending=N&seed=S`
//! - `POST /_sim/change?issues=N&repos=M&seed=S` for some changes of issues, or with a JSON array of changes such as
//!   `{"change": "file", "repository": "a/b", "path": "README.md", "text": "..."}` (`serve/steps.rs` has them all)
//! - `GET /_sim/trending?repository=OWNER/NAME&since=T&until=T`: the truth about a repository, with counts
//! - `POST /_sim/limits?core=N&graphql=N&graphql_clock_nodes=N&repository_events=N`
//! - `POST /_sim/faults` with a JSON array of faults as text

mod auth;
mod cursor;
mod error;
mod faults;
mod generate;
mod graphql;
mod limits;
mod options;
mod payload;
mod random;
mod recorded;
mod render;
mod serve;
mod stats;
pub mod world;

pub use error::Error;
pub use faults::{Fault, FaultKind, When};
pub use generate::{GenerateOptions, TrendingOptions};
pub use limits::Bucket;
pub use options::{
    ExhaustedSpelling, LimitClock, LimitOptions, PrivateAccess, PushAccess, SecondaryLimits, SimOptions, Token,
};
pub use serve::{Sim, serve_forever};
pub use stats::{EndpointStats, Refusal, RequestRecord, Stats};
pub use world::{
    Access, AuthorTruth, BurstOptions, ClockMode, CommitTruth, DailyTraffic, Departure, DepartureReason, EventKind,
    IssueState, IssueTruth, NewCommit, Popular, PopularKind, Regulars, Repository, RepositoryRef, StateEvent,
    TrafficCount, TrafficKind, TrafficOptions, TrafficTruth, TrendingTruth, Visit, World,
};
