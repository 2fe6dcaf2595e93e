//! `[trending]` of `hublake.toml`: what is looked for, and how it is scored.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// Repositories of a list, which several searches give.
const MOST_REPOSITORIES: u32 = 100_000;
/// Hits that code search gives; by stars or days it cannot be divided as searches for repositories are
/// (<https://docs.github.com/rest/search/search#about-search>).
const MOST_CODE_HITS: u32 = 1_000;
/// The name of the group of Render repositories, which no language may have.
const RENDER: &str = "render";

/// One key of `[trending]`, for the page of settings.
pub struct TrendingKey {
    /// The key.
    pub key: &'static str,
    /// As it is written in the file.
    pub default: &'static str,
    /// In words.
    pub meaning: &'static str,
}

/// Every key of `[trending]`.
pub const TRENDING_KEYS: &[TrendingKey] = &[
    TrendingKey {
        key: "languages",
        default: r#"["Python", { name = "TypeScript", minimum_next_major = 16 }, "Go"]"#,
        meaning: "The lists. Another language is one word more; a table has `name`, `query` (GitHub's search words, by default `language:NAME`; days and `is:public` are added), `limit`, and `minimum_next_major`: repositories that ask for an older Next.js are left out.",
    },
    TrendingKey {
        key: "limit",
        default: "50",
        meaning: "Repositories of each language, those with the most stars first. Those of excluded owners make room for others; those that `minimum_next_major` leaves out do not, because that is known only once their files are read.",
    },
    TrendingKey {
        key: "render_limit",
        default: "50",
        meaning: "Render repositories, those with the most stars first.",
    },
    TrendingKey {
        key: "code_hits",
        default: "100",
        meaning: "Hits that are read of the search for files named render.yaml; GitHub gives 1,000 at most.",
    },
    TrendingKey {
        key: "topics",
        default: r#"["render-blueprints", "render-blueprint"]"#,
        meaning: "Topics that Render repositories are found by as well.",
    },
    TrendingKey {
        key: "pushed_within_days",
        default: "30",
        meaning: "Only what was pushed to in these days; 0 for any.",
    },
    TrendingKey {
        key: "created_within_days",
        default: "180",
        meaning: "Only what was created in these days; 0 for any.",
    },
    TrendingKey { key: "batch", default: "10", meaning: "Repositories whose details one query asks for." },
    TrendingKey {
        key: "official_owners",
        default: r#"["render-examples", "render", "renderinc", "render-oss"]"#,
        meaning: "Owners whose Render repositories are official.",
    },
    TrendingKey { key: "employee_owners", default: "[]", meaning: "Owners who work at Render." },
    TrendingKey {
        key: "excluded_owners",
        default: "[]",
        meaning: "Owners whose repositories are left out; whole names, not beginnings.",
    },
    TrendingKey {
        key: "momentum",
        default: r#""promised""#,
        meaning: "How the score is made: `\"promised\"` (half stars, half age up to 90 days), `\"recent\"` (30 % stars, 70 % age up to a year), or a table with `star_weight`, `recency_weight`, `steps` (pairs of days and score) and `after` (the score of what is older).",
    },
];

/// See [`TRENDING_KEYS`].
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrendingSettings {
    /// The lists.
    pub languages: Vec<Language>,
    /// Repositories of each language.
    pub limit: u32,
    /// Render repositories.
    pub render_limit: u32,
    /// Hits of code search that are read.
    pub code_hits: u32,
    /// Topics of Render repositories.
    pub topics: Vec<String>,
    /// 0 for any.
    pub pushed_within_days: u32,
    /// 0 for any.
    pub created_within_days: u32,
    /// Repositories of a query for details.
    pub batch: usize,
    /// Owners whose Render repositories are official.
    pub official_owners: Vec<String>,
    /// Owners who work at Render.
    pub employee_owners: Vec<String>,
    /// Owners whose repositories are left out.
    pub excluded_owners: Vec<String>,
    /// How the score is made.
    pub momentum: Momentum,
}

/// A language that is looked for.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Language {
    /// As GitHub calls it; the name of the list.
    pub name: String,
    /// GitHub's search words.
    pub query: String,
    /// Repositories, where it differs from the others' limit.
    pub limit: Option<u32>,
    /// Repositories that ask for an older Next.js are left out.
    pub minimum_next_major: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageTable {
    name: String,
    query: Option<String>,
    limit: Option<u32>,
    minimum_next_major: Option<u32>,
}

impl TryFrom<toml::Value> for Language {
    type Error = String;

    fn try_from(written: toml::Value) -> Result<Self, String> {
        let table = match written {
            toml::Value::String(name) => LanguageTable { name, query: None, limit: None, minimum_next_major: None },
            table => table.try_into().map_err(|error| format!("languages: {error}"))?,
        };
        let LanguageTable { name, query, limit, minimum_next_major } = table;
        let query = query.unwrap_or_else(|| match name.contains(' ') {
            true => format!("language:\"{name}\""),
            false => format!("language:{name}"),
        });
        Ok(Self { name, query, limit, minimum_next_major })
    }
}

/// How the momentum of a repository is made: `star_weight` times its share of the greatest number of stars, and
/// `recency_weight` times the score of its age.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "toml::Value")]
pub struct Momentum {
    /// `promised`, `recent` or `own`.
    pub name: String,
    /// 0 to 1.
    pub star_weight: f64,
    /// 0 to 1.
    pub recency_weight: f64,
    /// Age in days up to which a score holds, ascending.
    pub steps: Vec<(u32, f64)>,
    /// The score of what is older than the last step.
    pub after: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnMomentum {
    star_weight: f64,
    recency_weight: f64,
    steps: Vec<(u32, f64)>,
    #[serde(default)]
    after: f64,
}

impl Momentum {
    fn promised() -> Self {
        Self {
            name: "promised".to_owned(),
            star_weight: 0.5,
            recency_weight: 0.5,
            steps: vec![(30, 1.0), (60, 0.75), (90, 0.5)],
            after: 0.0,
        }
    }

    fn recent() -> Self {
        Self {
            name: "recent".to_owned(),
            star_weight: 0.3,
            recency_weight: 0.7,
            steps: vec![(14, 1.0), (30, 0.85), (60, 0.6), (90, 0.35), (180, 0.15), (365, 0.05)],
            after: 0.01,
        }
    }
}

impl TryFrom<toml::Value> for Momentum {
    type Error = String;

    fn try_from(written: toml::Value) -> Result<Self, String> {
        let own: OwnMomentum = match written {
            toml::Value::String(name) => {
                return match name.as_str() {
                    "promised" => Ok(Self::promised()),
                    "recent" => Ok(Self::recent()),
                    _ => Err(format!("momentum {name:?} is unknown: \"promised\", \"recent\" or a table")),
                };
            }
            table => table.try_into().map_err(|error| format!("momentum: {error}"))?,
        };
        let OwnMomentum { star_weight, recency_weight, steps, after } = own;
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        if !is_share(star_weight) || !is_share(recency_weight) || (star_weight + recency_weight - 1.0).abs() > 1e-9 {
            return Err(format!("star_weight {star_weight} and recency_weight {recency_weight} do not make up 1"));
        }
        if !steps.is_sorted_by(|left, right| left.0 < right.0) {
            return Err("the days of the steps do not ascend".to_owned());
        }
        if let Some((days, score)) = steps.iter().find(|(_, score)| !is_share(*score)) {
            return Err(format!("the score {score} of {days} days is not between 0 and 1"));
        }
        if !is_share(after) {
            return Err(format!("after = {after} is not between 0 and 1"));
        }
        Ok(Self { name: "own".to_owned(), star_weight, recency_weight, steps, after })
    }
}

impl Default for TrendingSettings {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect();
        let language = |name: &str, minimum_next_major| Language {
            name: name.to_owned(),
            query: format!("language:{name}"),
            limit: None,
            minimum_next_major,
        };
        Self {
            languages: vec![language("Python", None), language("TypeScript", Some(16)), language("Go", None)],
            limit: 50,
            render_limit: 50,
            code_hits: 100,
            topics: words(&["render-blueprints", "render-blueprint"]),
            pushed_within_days: 30,
            created_within_days: 180,
            batch: 10,
            official_owners: words(&["render-examples", "render", "renderinc", "render-oss"]),
            employee_owners: Vec::new(),
            excluded_owners: Vec::new(),
            momentum: Momentum::promised(),
        }
    }
}

impl TrendingSettings {
    /// Reads the table of the file.
    pub(super) fn read(value: toml::Value) -> Result<Self> {
        let keys = || TRENDING_KEYS.iter().map(|one| one.key).collect::<Vec<_>>().join(", ");
        let read: Self =
            value.try_into().with_context(|| format!("[trending] cannot be read\nhint: known keys are {}", keys()))?;
        read.check()?;
        Ok(read)
    }

    /// The version of Next.js below which repositories are left out, the same in every list that has one.
    pub fn minimum_next_major(&self) -> Option<u32> {
        self.languages.iter().find_map(|language| language.minimum_next_major)
    }

    fn check(&self) -> Result<()> {
        let mut names = BTreeSet::from([RENDER.to_owned()]);
        for language in &self.languages {
            if language.name.trim().is_empty() || !names.insert(language.name.to_lowercase()) {
                bail!(
                    "[trending] languages: {:?} is there twice, empty, or the name of the Render list\nhint: each language has one list",
                    language.name
                );
            }
        }
        let mut majors: Vec<u32> = self.languages.iter().filter_map(|language| language.minimum_next_major).collect();
        majors.dedup();
        if majors.len() > 1 {
            bail!(
                "[trending] languages: minimum_next_major is {} and {}\nhint: it is one for all lists",
                majors[0],
                majors[1]
            );
        }
        let limits = self.languages.iter().filter_map(|language| language.limit);
        for limit in limits.chain([self.limit, self.render_limit]) {
            if limit > MOST_REPOSITORIES {
                bail!("[trending] a limit of {limit} is more than {MOST_REPOSITORIES}");
            }
        }
        if self.code_hits > MOST_CODE_HITS {
            bail!(
                "[trending] code_hits = {}: GitHub gives the first {MOST_CODE_HITS} hits of a search for files, and no others\nhint: set {MOST_CODE_HITS} or less; topics finds Render repositories as well",
                self.code_hits
            );
        }
        if !(1..=100).contains(&self.batch) {
            bail!("[trending] batch = {}: not between 1 and 100", self.batch);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<TrendingSettings> {
        TrendingSettings::read(toml::Value::Table(text.parse().unwrap()))
    }

    #[test]
    fn another_language_is_one_word() {
        let settings = read(r#"languages = ["Python", "Rust", { name = "Jupyter Notebook", limit = 5 }]"#).unwrap();
        let queries: Vec<_> = settings.languages.iter().map(|language| language.query.as_str()).collect();
        assert_eq!(queries, ["language:Python", "language:Rust", "language:\"Jupyter Notebook\""]);
        assert_eq!(settings.languages[2].limit, Some(5));
        assert_eq!(settings.limit, 50);
    }

    #[test]
    fn the_documented_defaults_are_the_defaults() {
        let lines: Vec<String> = TRENDING_KEYS.iter().map(|one| format!("{} = {}", one.key, one.default)).collect();
        assert_eq!(read(&lines.join("\n")).unwrap(), TrendingSettings::default());
    }

    #[test]
    fn scores_of_ones_own_are_taken_as_written() {
        let settings = read("momentum = { star_weight = 0.2, recency_weight = 0.8, steps = [[7, 1.0], [70, 0.25]] }");
        let momentum = settings.unwrap().momentum;
        assert_eq!((momentum.name.as_str(), momentum.after), ("own", 0.0));
        assert_eq!(momentum.steps, [(7, 1.0), (70, 0.25)]);
    }

    #[test]
    fn as_many_hits_can_be_read_as_code_search_gives() {
        assert_eq!(read("code_hits = 1000").unwrap().code_hits, 1_000);
        let error = format!("{:#}", read("code_hits = 2000").unwrap_err());
        assert!(error.contains("first 1000 hits") && error.contains("\nhint: set 1000 or less"), "{error}");
    }

    #[rstest]
    #[case::unknown_key("limits = 5", "limits")]
    #[case::unknown_preset(r#"momentum = "hot""#, "hot")]
    #[case::weights("momentum = { star_weight = 0.5, recency_weight = 0.6, steps = [] }", "make up 1")]
    #[case::steps("momentum = { star_weight = 0.5, recency_weight = 0.5, steps = [[9, 1.0], [9, 0.5]] }", "ascend")]
    #[case::key_of_a_language(r#"languages = [{ name = "Go", querry = "x" }]"#, "querry")]
    #[case::key_of_a_momentum("momentum = { stars = 1.0 }", "stars")]
    #[case::twice(r#"languages = ["Go", "go"]"#, "twice")]
    #[case::render(r#"languages = ["Render"]"#, "Render list")]
    #[case::majors(
        r#"languages = [{ name = "A", minimum_next_major = 15 }, { name = "B", minimum_next_major = 16 }]"#,
        "minimum_next_major"
    )]
    #[case::batch("batch = 0", "batch")]
    #[case::far_too_many("limit = 1000000", "1000000")]
    #[case::far_too_many_of_render("render_limit = 1000000", "1000000")]
    #[case::more_hits_than_there_are("code_hits = 1001", "code_hits = 1001")]
    fn a_bad_value_is_named(#[case] text: &str, #[case] named: &str) {
        let error = format!("{:#}", read(text).unwrap_err());
        assert!(error.contains(named), "{error}");
    }
}
