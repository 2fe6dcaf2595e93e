//! The pipelines as data.

use std::time::Duration;

/// What a step of a pipeline does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks GitHub and puts its answers into the raw tables.
    Collect,
    /// Decodes, builds the models, audits, and moves what readers see.
    Publish,
}

/// A step of a pipeline.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// Unique in its pipeline.
    pub name: &'static str,
    /// What it does.
    pub action: Action,
    /// Steps that come before it.
    pub needs: &'static [&'static str],
    /// How often it is tried again after an error.
    pub retries: u32,
    /// How long one try may take.
    pub timeout: Duration,
    /// In words, for `hublake plan`.
    pub description: &'static str,
}

/// Steps that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Pipeline {
    /// Its name on the command line.
    pub name: &'static str,
    /// Under whose names it is kept how far collecting is; what the first has complete is published.
    pub streams: &'static [&'static str],
    /// The stored table whose rows say how much work publishing a repository is ...
    pub weighed_by: &'static str,
    /// ... and what it is at least.
    pub base_weight: i64,
    /// Whether numbers of one repository depend on those of the others, so that everything that its runs found is one
    /// batch, under the cursor of repository 0.
    pub is_whole: bool,
    /// What to do where whole tables do not pass their audits.
    pub way_out: &'static str,
    /// Each after what it needs.
    pub steps: &'static [Step],
}

const PUBLISH: Step = Step {
    name: "publish",
    action: Action::Publish,
    needs: &["collect"],
    retries: 1,
    timeout: Duration::from_secs(6 * 60 * 60),
    description: "decode, build the models, audit each repository, publish those that pass",
};

/// Collecting issues and building the issue marts.
pub const ISSUES: Pipeline = Pipeline {
    name: hublake_collect::issues::PIPELINE,
    streams: &[hublake_collect::issues::STREAM, hublake_collect::events::STREAM],
    weighed_by: "stg_issue_current",
    base_weight: 0,
    is_whole: false,
    way_out: "hublake run issues --full collects the repositories again",
    steps: &[
        Step {
            name: "collect",
            action: Action::Collect,
            needs: &[],
            // Requests are retried one by one; a step that failed goes on where the lake ends.
            retries: 0,
            timeout: Duration::from_secs(24 * 60 * 60),
            description: "ask GitHub for each repository's changed issues; keep every answer as it came",
        },
        PUBLISH,
    ],
};

/// Collecting traffic and building its marts.
pub const TRAFFIC: Pipeline = Pipeline {
    name: hublake_collect::traffic::PIPELINE,
    streams: &[hublake_collect::traffic::STREAM],
    weighed_by: "stg_traffic_state",
    // Some hundred days in each of the tables that hold days, but no issue's many columns.
    base_weight: 70,
    is_whole: false,
    way_out: "what is published stays; look into it before the days that it names are forgotten",
    steps: &[
        Step {
            name: "collect",
            action: Action::Collect,
            needs: &[],
            retries: 0,
            timeout: Duration::from_secs(24 * 60 * 60),
            description: "ask GitHub for each repository's views, clones, referrers, paths and figures; keep every answer",
        },
        PUBLISH,
    ],
};

/// Taking what others collected of traffic, in place of asking GitHub.
pub const TRAFFIC_IMPORT: Pipeline = Pipeline {
    steps: &[
        Step {
            name: "import",
            action: Action::Collect,
            needs: &[],
            retries: 0,
            timeout: Duration::from_secs(24 * 60 * 60),
            description: "read the files; keep every value with where it is from",
        },
        Step { needs: &["import"], ..PUBLISH },
    ],
    ..TRAFFIC
};

/// Finding what is trending, and building the dimensional model.
pub const TRENDING: Pipeline = Pipeline {
    name: hublake_collect::trending::PIPELINE,
    streams: &[hublake_collect::trending::STREAM],
    weighed_by: "stg_repos_validated",
    base_weight: 0,
    is_whole: true,
    way_out: "what is published stays; hublake run trending looks again",
    steps: &[
        Step {
            name: "collect",
            action: Action::Collect,
            needs: &[],
            retries: 0,
            timeout: Duration::from_secs(6 * 60 * 60),
            description: "search GitHub for each language and for Render; ask for details; keep every answer",
        },
        PUBLISH,
    ],
};

/// All pipelines.
pub const PIPELINES: [&Pipeline; 3] = [&ISSUES, &TRAFFIC, &TRENDING];
