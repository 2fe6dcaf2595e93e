//! The whole program against a GitHub that runs here, judged by figures computed without it.

#[cfg(test)]
mod github;
#[cfg(test)]
mod history;
#[cfg(test)]
mod program;
#[cfg(test)]
mod recorded;
#[cfg(test)]
mod truth;
