//! Settings: flags over environment over `.env` over `hublake.toml` over defaults.

mod trending;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use url::Url;

pub use self::trending::{TRENDING_KEYS, TrendingKey, TrendingSettings};

const FILE: &str = "hublake.toml";
/// The table of the file that has keys of its own.
const TRENDING: &str = "trending";

/// One setting: its environment variable, its key in `hublake.toml`, its default and what it means.
pub struct Setting {
    /// The environment variable.
    pub variable: &'static str,
    /// The key in `hublake.toml`; none where a secret does not belong in a file of settings.
    pub key: Option<&'static str>,
    /// In words.
    pub default: &'static str,
    /// In words.
    pub meaning: &'static str,
}

const GITHUB_TOKEN: &str = "GITHUB_TOKEN";
const GITHUB_ACCESS_TOKEN: &str = "GITHUB_ACCESS_TOKEN";
const GITHUB_API_URL: &str = "GITHUB_API_URL";
const HUBLAKE_HOME: &str = "HUBLAKE_HOME";
const HUBLAKE_LAKE_URL: &str = "HUBLAKE_LAKE_URL";
const HUBLAKE_SECRET_KEY: &str = "HUBLAKE_SECRET_KEY";
const HUBLAKE_NOW: &str = "HUBLAKE_NOW";
const HUBLAKE_MEMORY_MB: &str = "HUBLAKE_MEMORY_MB";
const HUBLAKE_CONCURRENCY: &str = "HUBLAKE_CONCURRENCY";
const HUBLAKE_QUOTA_FLOOR: &str = "HUBLAKE_QUOTA_FLOOR";
const HUBLAKE_POINTS_PER_MINUTE: &str = "HUBLAKE_POINTS_PER_MINUTE";
const HUBLAKE_MAX_WAIT_SECONDS: &str = "HUBLAKE_MAX_WAIT_SECONDS";

/// Every setting there is.
pub const SETTINGS: &[Setting] = &[
    Setting {
        variable: GITHUB_TOKEN,
        key: None,
        default: "the credential saved by `hublake auth`, else none",
        meaning: "The token with which GitHub is asked.",
    },
    Setting { variable: GITHUB_ACCESS_TOKEN, key: None, default: "", meaning: "Another name for `GITHUB_TOKEN`." },
    Setting {
        variable: GITHUB_API_URL,
        key: Some("github_api_url"),
        default: "https://api.github.com/",
        meaning: "Root of the REST API; for GitHub Enterprise `https://HOST/api/v3/`.",
    },
    Setting {
        variable: HUBLAKE_HOME,
        key: None,
        default: "./hublake-data",
        meaning: "The folder of control store and lake.",
    },
    Setting {
        variable: HUBLAKE_LAKE_URL,
        key: Some("lake_url"),
        default: "the folder `lake` in the home",
        meaning: "Where the tables lie: a path or a `file://` URL.",
    },
    Setting {
        variable: HUBLAKE_SECRET_KEY,
        key: None,
        default: "a key file in the home that only its owner can read",
        meaning: "The key that seals saved credentials: 64 hexadecimal digits.",
    },
    Setting {
        variable: HUBLAKE_NOW,
        key: None,
        default: "the clock",
        meaning: "An RFC 3339 instant that a run calls the present, for replays and tests. Waits, locks and tokens go by the real clock.",
    },
    Setting {
        variable: HUBLAKE_MEMORY_MB,
        key: Some("memory_mb"),
        default: "512",
        meaning: "Memory for queries and models, in MiB; what exceeds it goes to disk where it can.",
    },
    Setting {
        variable: HUBLAKE_CONCURRENCY,
        key: Some("concurrency"),
        default: "8",
        meaning: "Repositories collected side by side.",
    },
    Setting {
        variable: HUBLAKE_QUOTA_FLOOR,
        key: Some("quota_floor"),
        default: "0.10",
        meaning: "Part of every rate limit that is left for other programs, 0 to 1.",
    },
    Setting {
        variable: HUBLAKE_POINTS_PER_MINUTE,
        key: Some("points_per_minute"),
        default: "900",
        meaning: "Requests sent a minute at most; 0 for no pace of our own.",
    },
    Setting {
        variable: HUBLAKE_MAX_WAIT_SECONDS,
        key: Some("max_wait_seconds"),
        default: "3900",
        meaning: "How long a run waits for a rate limit before it leaves a repository for the next run.",
    },
];

/// What the program goes by.
#[derive(Clone, Debug)]
pub struct Settings {
    /// See `HUBLAKE_HOME`.
    pub home: PathBuf,
    /// See `HUBLAKE_LAKE_URL`.
    pub lake_url: String,
    /// See `GITHUB_API_URL`.
    pub api_url: Url,
    /// See `GITHUB_TOKEN`.
    pub token: Option<SecretString>,
    /// See `HUBLAKE_SECRET_KEY`.
    pub secret_key: Option<SecretString>,
    /// See `HUBLAKE_NOW`.
    pub now: Option<DateTime<Utc>>,
    /// See `HUBLAKE_MEMORY_MB`, in bytes.
    pub memory_bytes: usize,
    /// See `HUBLAKE_CONCURRENCY`.
    pub concurrency: usize,
    /// See `HUBLAKE_QUOTA_FLOOR`.
    pub quota_floor: f64,
    /// See `HUBLAKE_POINTS_PER_MINUTE`.
    pub points_per_minute: u32,
    /// See `HUBLAKE_MAX_WAIT_SECONDS`.
    pub max_wait_seconds: u64,
    /// See [`TRENDING_KEYS`].
    pub trending: TrendingSettings,
}

/// What a file of settings says.
#[derive(Default)]
struct File {
    values: BTreeMap<String, String>,
    trending: TrendingSettings,
}

impl Settings {
    /// Reads environment, `.env` and `hublake.toml` of the current folder.
    pub fn read() -> Result<Self> {
        match dotenvy::dotenv() {
            Ok(_) => {}
            Err(error) if error.not_found() => {}
            Err(error) => bail!(".env: {error}\nhint: one NAME=value a line"),
        }
        let file = read_file(Path::new(FILE))?;
        let environment = |variable: &str| std::env::var(variable).ok().filter(|value| !value.is_empty());
        Self::from(&environment, file)
    }

    fn from(environment: &dyn Fn(&str) -> Option<String>, file: File) -> Result<Self> {
        let text = |variable: &str| {
            environment(variable).or_else(|| {
                let setting = SETTINGS.iter().find(|setting| setting.variable == variable)?;
                file.values.get(setting.key?).cloned()
            })
        };
        let home = PathBuf::from(text(HUBLAKE_HOME).unwrap_or_else(|| "hublake-data".to_owned()));
        let lake_url = text(HUBLAKE_LAKE_URL).unwrap_or_else(|| home.join("lake").display().to_string());
        let api_url = text(GITHUB_API_URL).unwrap_or_else(|| "https://api.github.com/".to_owned());
        let now = match text(HUBLAKE_NOW) {
            None => None,
            Some(value) => Some(
                DateTime::parse_from_rfc3339(&value)
                    .with_context(|| {
                        format!("{HUBLAKE_NOW}={value}: not an RFC 3339 instant\nhint: 2026-01-31T12:00:00Z")
                    })?
                    .to_utc(),
            ),
        };
        let quota_floor: f64 = number(&text, HUBLAKE_QUOTA_FLOOR, 0.10)?;
        if !(0.0..1.0).contains(&quota_floor) {
            bail!("{HUBLAKE_QUOTA_FLOOR}={quota_floor}: not between 0 and 1");
        }
        Ok(Self {
            lake_url,
            home,
            api_url: api_url
                .parse()
                .with_context(|| format!("{GITHUB_API_URL}={api_url}: not a URL\nhint: https://HOST/api/v3/"))?,
            token: text(GITHUB_TOKEN).or_else(|| text(GITHUB_ACCESS_TOKEN)).map(SecretString::from),
            secret_key: text(HUBLAKE_SECRET_KEY).map(SecretString::from),
            now,
            memory_bytes: number::<usize>(&text, HUBLAKE_MEMORY_MB, 512)?.saturating_mul(1024 * 1024),
            concurrency: number(&text, HUBLAKE_CONCURRENCY, 8)?,
            quota_floor,
            points_per_minute: number(&text, HUBLAKE_POINTS_PER_MINUTE, 900)?,
            max_wait_seconds: number(&text, HUBLAKE_MAX_WAIT_SECONDS, 3900)?,
            trending: file.trending,
        })
    }

    /// The instant that stands for the present.
    pub fn present(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(Utc::now)
    }
}

fn number<T: std::str::FromStr>(text: &dyn Fn(&str) -> Option<String>, variable: &str, default: T) -> Result<T> {
    match text(variable) {
        None => Ok(default),
        Some(value) => match value.parse() {
            Ok(number) => Ok(number),
            Err(_) => bail!("{variable}={value}: not a number that fits"),
        },
    }
}

fn read_file(path: &Path) -> Result<File> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(File::default()),
        Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    };
    let table: toml::Table = text.parse().with_context(|| format!("{}: not TOML", path.display()))?;
    let mut file = File::default();
    for (key, value) in table {
        if key == TRENDING {
            file.trending = TrendingSettings::read(value).with_context(|| path.display().to_string())?;
            continue;
        }
        if !SETTINGS.iter().any(|setting| setting.key == Some(key.as_str())) {
            let known: Vec<_> = SETTINGS.iter().filter_map(|setting| setting.key).chain([TRENDING]).collect();
            bail!("{}: unknown key {key:?}\nhint: known are {}", path.display(), known.join(", "));
        }
        let text = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Float(number) => number.to_string(),
            other => bail!("{}: {key} is a {}, not a text or number", path.display(), other.type_str()),
        };
        file.values.insert(key, text);
    }
    Ok(file)
}

/// The settings as `hublake --help` lists them.
pub fn help() -> String {
    let mut text = String::from("Settings (from the environment, .env, or hublake.toml in the current folder):\n");
    for setting in SETTINGS {
        let default =
            if setting.default.is_empty() { String::new() } else { format!(" [default: {}]", setting.default) };
        text.push_str(&format!("  {}\n      {}{default}\n", setting.variable, setting.meaning));
    }
    text.push_str("\nWhat is trending, [trending] in hublake.toml:\n");
    for TrendingKey { key, default, meaning } in TRENDING_KEYS {
        text.push_str(&format!("  {key}\n      {meaning} [default: {default}]\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(environment: &[(&str, &str)], file: &[(&str, &str)]) -> Result<Settings> {
        let pairs = |list: &[(&str, &str)]| -> BTreeMap<String, String> {
            list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let variables = pairs(environment);
        let file = File { values: pairs(file), trending: TrendingSettings::default() };
        Settings::from(&|name| variables.get(name).cloned(), file)
    }

    #[test]
    fn the_environment_wins_over_the_file() {
        let read = settings(&[(HUBLAKE_CONCURRENCY, "3")], &[("concurrency", "5"), ("memory_mb", "64")]).unwrap();
        assert_eq!(read.concurrency, 3);
        assert_eq!(read.memory_bytes, 64 * 1024 * 1024);
    }

    #[test]
    fn a_bad_value_names_its_variable() {
        for (variable, value) in [(HUBLAKE_NOW, "today"), (HUBLAKE_CONCURRENCY, "many"), (HUBLAKE_QUOTA_FLOOR, "2")] {
            let error = settings(&[(variable, value)], &[]).unwrap_err().to_string();
            assert!(error.contains(variable) && error.contains(value), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_in_the_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "concurency = 3\n").unwrap();
        let error = read_file(&path).err().unwrap().to_string();
        assert!(error.contains("concurency") && error.contains("concurrency"), "{error}");
    }
}
