//! The whole program against a GitHub that runs here, judged by figures computed without it.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod apis;
#[cfg(test)]
mod backlog;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod campaign;
#[cfg(test)]
mod costs;
#[cfg(test)]
mod departures;
#[cfg(test)]
mod github;
#[cfg(test)]
mod history;
#[cfg(test)]
mod imports;
#[cfg(test)]
mod incremental;
#[cfg(test)]
mod inspect;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod places;
#[cfg(test)]
mod plan;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod program;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod scene;
#[cfg(test)]
mod selections;
#[cfg(test)]
#[path = "../../../hublake-postgres/tests/it/server.rs"]
mod server;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod timeline;
#[cfg(test)]
mod traffic;
#[cfg(test)]
mod trending;
#[cfg(test)]
mod truth;
#[cfg(test)]
mod versions;
