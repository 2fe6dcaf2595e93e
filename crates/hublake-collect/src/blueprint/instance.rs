//! What a Blueprint is made of.

use serde::Serialize;

/// What a service is, in the words of `dim_render_services`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceKind {
    /// `web`, unless its runtime is `static`.
    Web,
    /// `worker`.
    Worker,
    /// `cron`.
    Cron,
    /// `pserv`.
    Private,
    /// `web` with the runtime `static`.
    Static,
    /// A database.
    Postgres,
    /// `keyvalue`, of old `redis`.
    Redis,
    /// `workflow`.
    Workflow,
}

impl ServiceKind {
    /// The kind of a written type with its runtime; `None` where the type is not known.
    pub(super) fn of(written_type: &str, runtime: Option<&str>) -> Option<Self> {
        match written_type {
            "web" if runtime == Some("static") => Some(Self::Static),
            "web" => Some(Self::Web),
            "pserv" => Some(Self::Private),
            "worker" => Some(Self::Worker),
            "cron" => Some(Self::Cron),
            "keyvalue" | "redis" => Some(Self::Redis),
            "workflow" => Some(Self::Workflow),
            _ => None,
        }
    }

    /// As `dim_render_services` holds it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Worker => "worker",
            Self::Cron => "cron",
            Self::Private => "private",
            Self::Static => "static",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Workflow => "workflow",
        }
    }
}

/// One service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// `root`, `ungrouped`, or `PROJECT/ENVIRONMENT`.
    pub scope: String,
    /// Its name; `None` where it has none, which is a problem.
    pub name: Option<String>,
    /// What it is; `None` where the type is missing or not known.
    pub kind: Option<ServiceKind>,
    /// The type as the file has it.
    pub written_type: Option<String>,
    /// `runtime`, of old `env`; `None` for Key Value instances.
    pub runtime: Option<String>,
    /// The plan as the file has it, old names too.
    pub plan: Option<String>,
    /// When a cron job runs.
    pub schedule: Option<String>,
    /// The Dockerfile that it names: a path from the root of the repository; `None` where it names none or one
    /// outside of the repository.
    pub dockerfile_path: Option<String>,
    /// Its previews, where it says something about them.
    pub previews: Option<Generation>,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, in characters from 1.
    pub column: u64,
    /// What is wrong with it; several problems are parted by `; `.
    pub problem: Option<String>,
}

/// One PostgreSQL database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// As for a [`Service`].
    pub scope: String,
    /// Its name; `None` where it has none, which is a problem.
    pub name: Option<String>,
    /// The plan as the file has it, old names too.
    pub plan: Option<String>,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, in characters from 1.
    pub column: u64,
    /// As for a [`Service`].
    pub problem: Option<String>,
}

/// One group of variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvVarGroup {
    /// As for a [`Service`]; groups of a project as a whole have its name alone.
    pub scope: String,
    /// Its name.
    pub name: Option<String>,
    /// Its line, from 1.
    pub line: u64,
    /// Its column, in characters from 1.
    pub column: u64,
}

/// How previews come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// Not at all.
    Off,
    /// When someone asks for one.
    Manual,
    /// For every pull request.
    Automatic,
}

/// Preview environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Previews {
    /// How they come about.
    pub generation: Generation,
    /// Days without a change after which one goes away; `None` is never.
    pub expire_after_days: Option<u32>,
}
