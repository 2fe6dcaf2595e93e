//! The streams of traffic: what is asked for, and where it is kept.

use crate::tables;

/// One kind of answer about a repository's traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stream {
    /// Views of fourteen days, by day.
    Views,
    /// Clones of fourteen days, by day.
    Clones,
    /// Sites that visitors came from.
    Referrers,
    /// Pages that visitors saw.
    Paths,
    /// Views of the same fourteen days, by ISO week.
    ViewsWeekly,
    /// Clones of the same fourteen days, by ISO week.
    ClonesWeekly,
    /// Stars, forks, watchers, size, and what is open.
    RepositoryStats,
    /// The days on which the stars that are there were given.
    StarHistory,
}

impl Stream {
    /// All streams.
    pub const ALL: [Self; 8] = [
        Self::Views,
        Self::Clones,
        Self::Referrers,
        Self::Paths,
        Self::ViewsWeekly,
        Self::ClonesWeekly,
        Self::RepositoryStats,
        Self::StarHistory,
    ];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Views => "traffic_views",
            Self::Clones => "traffic_clones",
            Self::Referrers => "traffic_referrers",
            Self::Paths => "traffic_paths",
            Self::ViewsWeekly => "traffic_views_weekly",
            Self::ClonesWeekly => "traffic_clones_weekly",
            Self::RepositoryStats => "repository_stats",
            Self::StarHistory => "star_history",
        }
    }

    /// The stream of a name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stream| stream.name() == name)
    }

    /// The raw table that keeps its answers.
    pub fn table(self) -> &'static str {
        match self {
            Self::Views | Self::ViewsWeekly => tables::RAW_TRAFFIC_VIEWS,
            Self::Clones | Self::ClonesWeekly => tables::RAW_TRAFFIC_CLONES,
            Self::Referrers => tables::RAW_TRAFFIC_REFERRERS,
            Self::Paths => tables::RAW_TRAFFIC_PATHS,
            Self::RepositoryStats => tables::RAW_REPOSITORY_STATS,
            Self::StarHistory => tables::RAW_STAR_HISTORY,
        }
    }

    /// What is asked for below a repository's address, and how; [`Stream::RepositoryStats`] is asked for by GraphQL.
    pub(super) fn place(self) -> (&'static str, &'static [(&'static str, &'static str)]) {
        match self {
            Self::Views => ("traffic/views", &[("per", "day")]),
            Self::Clones => ("traffic/clones", &[("per", "day")]),
            Self::Referrers => ("traffic/popular/referrers", &[]),
            Self::Paths => ("traffic/popular/paths", &[]),
            Self::ViewsWeekly => ("traffic/views", &[("per", "week")]),
            Self::ClonesWeekly => ("traffic/clones", &[("per", "week")]),
            Self::StarHistory => ("stargazers/history", &[("per_page", "30")]),
            Self::RepositoryStats => ("", &[]),
        }
    }
}
