//! GraphQL. The documents lie in `tests/graphql/`, where they are held against GitHub's published schema.

mod answers;
mod errors;
mod events;
mod git;
mod limits;
mod pages;
mod vanished;

const FACTS: &str = include_str!("../graphql/repository.graphql");
const ISSUES: &str = include_str!("../graphql/issues.graphql");
const PULL_REQUESTS: &str = include_str!("../graphql/pull_requests.graphql");
const TIMELINES: &str = include_str!("../graphql/timelines.graphql");
