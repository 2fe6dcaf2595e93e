//! What the settings of a test say, for the program as a file and for the truth as it is.

use std::fmt::Write;

use serde_json::json;

/// `[trending]` of a test.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The lists.
    pub languages: Vec<Language>,
    /// Repositories of each language.
    pub limit: usize,
    /// Render repositories.
    pub render_limit: usize,
    /// Repositories whose details one query asks for.
    pub batch: usize,
    /// Hits of code search that are read.
    pub code_hits: usize,
    /// Topics of Render repositories.
    pub topics: Vec<&'static str>,
    /// Owners whose Render repositories are official.
    pub official_owners: Vec<&'static str>,
    /// Owners who work at Render.
    pub employee_owners: Vec<&'static str>,
    /// Owners whose repositories are left out.
    pub excluded_owners: Vec<&'static str>,
    /// How the score is made.
    pub momentum: Momentum,
}

/// A list of a language.
#[derive(Clone, Debug)]
pub struct Language {
    /// GitHub's name.
    pub name: &'static str,
    /// Repositories that ask for an older Next.js are left out.
    pub minimum_next_major: Option<u64>,
}

/// How the score is made.
#[derive(Clone, Debug)]
pub struct Momentum {
    /// `promised`, `recent` or `own`.
    pub name: &'static str,
    /// 0 to 1.
    pub star_weight: f64,
    /// 0 to 1.
    pub recency_weight: f64,
    /// Age in days up to which a score holds.
    pub steps: Vec<(i64, f64)>,
    /// The score of what is older.
    pub after: f64,
}

impl Language {
    /// A list without a rule.
    pub fn of(name: &'static str) -> Self {
        Self { name, minimum_next_major: None }
    }
}

impl Momentum {
    /// Half stars, half age.
    pub fn promised() -> Self {
        let steps = vec![(30, 1.0), (60, 0.75), (90, 0.5)];
        Self { name: "promised", star_weight: 0.5, recency_weight: 0.5, steps, after: 0.0 }
    }

    /// 30 % stars, 70 % age.
    pub fn recent() -> Self {
        let steps = vec![(14, 1.0), (30, 0.85), (60, 0.6), (90, 0.35), (180, 0.15), (365, 0.05)];
        Self { name: "recent", star_weight: 0.3, recency_weight: 0.7, steps, after: 0.01 }
    }

    fn toml(&self) -> String {
        if self.name != "own" {
            return format!("\"{}\"", self.name);
        }
        let steps: Vec<String> = self.steps.iter().map(|(days, score)| format!("[{days}, {score:?}]")).collect();
        let Self { star_weight, recency_weight, after, .. } = self;
        let steps = steps.join(", ");
        format!(
            "{{ star_weight = {star_weight:?}, recency_weight = {recency_weight:?}, steps = [{steps}], after = {after:?} }}"
        )
    }
}

impl Rules {
    /// What holds where nothing is set.
    pub fn of_default() -> Self {
        let next = Language { name: "TypeScript", minimum_next_major: Some(16) };
        Self {
            languages: vec![Language::of("Python"), next, Language::of("Go")],
            limit: 50,
            render_limit: 50,
            batch: 10,
            code_hits: 100,
            topics: vec!["render-blueprints", "render-blueprint"],
            official_owners: vec!["render-examples", "render", "renderinc", "render-oss"],
            employee_owners: Vec::new(),
            excluded_owners: Vec::new(),
            momentum: Momentum::promised(),
        }
    }

    /// The file of settings.
    pub fn toml(&self) -> String {
        let mut languages = Vec::new();
        for Language { name, minimum_next_major } in &self.languages {
            languages.push(match minimum_next_major {
                None => format!("\"{name}\""),
                Some(major) => format!("{{ name = \"{name}\", minimum_next_major = {major} }}"),
            });
        }
        let mut text = String::from("[trending]\n");
        let mut line = |key: &str, value: &str| {
            let _ = writeln!(text, "{key} = {value}");
        };
        line("languages", &format!("[{}]", languages.join(", ")));
        line("limit", &self.limit.to_string());
        line("render_limit", &self.render_limit.to_string());
        line("batch", &self.batch.to_string());
        line("code_hits", &self.code_hits.to_string());
        for (key, words) in [
            ("topics", &self.topics),
            ("official_owners", &self.official_owners),
            ("employee_owners", &self.employee_owners),
            ("excluded_owners", &self.excluded_owners),
        ] {
            line(key, &json!(words).to_string());
        }
        line("momentum", &self.momentum.toml());
        text
    }
}
