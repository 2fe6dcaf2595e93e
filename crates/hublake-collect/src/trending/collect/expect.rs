//! What a run will ask for, before it asks.

use super::Options;
use super::search::PER_PAGE;
use crate::events::Api;

/// Files of a query that are new in a repository of which nothing is known: its README and, in some, two more.
const NEW_FILES: f64 = 1.4;
/// Requests about each repository by REST: itself, its root folder, issues, and in some of them commits.
const REST_REQUESTS: f64 = 3.7;

/// About what a run will ask for, where nothing is known of what it will find; a run after others asks for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Repositories that can be found.
    pub repositories: u32,
    /// Searches for repositories.
    pub searches: u32,
    /// Searches for code.
    pub code_searches: u32,
    /// Queries for details, files and the repositories behind hits of code search.
    pub queries: u32,
    /// Requests for the days on which stars were given.
    pub star_histories: u32,
    /// Other requests by REST.
    pub rest: u32,
}

impl Expected {
    /// All of them.
    pub fn requests(&self) -> u32 {
        self.searches + self.code_searches + self.queries + self.star_histories + self.rest
    }
}

/// Tells about what a run of these options will ask for.
pub fn expect(options: &Options) -> Expected {
    let limits: Vec<usize> = options.languages.iter().map(|language| language.limit).collect();
    let render = options.render.as_ref();
    let pages = |results: usize| results.div_ceil(PER_PAGE);
    let topics = render.map_or(0, |render| render.topics.len() * pages(render.limit));
    let hits = render.map_or(0, |render| render.code_hits);
    let limits: Vec<usize> = limits.into_iter().chain(render.map(|render| render.limit)).collect();
    let repositories: usize = limits.iter().sum();
    let searches: usize = options.languages.iter().map(|language| pages(language.limit)).sum::<usize>() + topics;
    let files = |limit: usize| (limit as f64 * NEW_FILES / 50.0).ceil() as usize;
    let (queries, rest) = match options.api {
        Api::Graphql => {
            let of_branches = limits.iter().map(|limit| limit.div_ceil(options.batch.max(1)) + files(*limit));
            (of_branches.sum::<usize>() + pages(hits), 0)
        }
        Api::Rest => (0, hits + (repositories as f64 * (REST_REQUESTS + NEW_FILES)).ceil() as usize),
    };
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Expected {
        repositories: count(repositories),
        searches: count(searches),
        code_searches: count(pages(hits)),
        queries: count(queries),
        star_histories: count(repositories),
        rest: count(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trending::collect::tests::options;

    #[test]
    fn a_first_run_of_the_defaults_asks_for_less_than_260() {
        let expected = expect(&options());
        assert_eq!((expected.repositories, expected.searches, expected.code_searches), (200, 5, 1));
        assert_eq!(expected.queries, 20 + 8 + 1);
        assert_eq!(expected.requests(), 235);
    }

    #[test]
    fn by_rest_there_are_no_queries() {
        let expected = expect(&Options { api: Api::Rest, ..options() });
        assert_eq!((expected.queries, expected.rest), (0, 100 + 1_020));
    }
}
