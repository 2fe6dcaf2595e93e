//! What READMEs and Blueprints say.

use crate::blueprint::readme::Mentions;
use crate::blueprint::{self, Blueprint, Dockerfiles, ServiceKind};
use crate::decode::trending::files::RepositoryFiles;
use crate::raw_rows::sha256_hex;
use crate::trending::{Role, files_digest};

/// Characters of a README that are kept.
const README_CHARACTERS: usize = 5_000;

pub(super) struct ReadmeRow {
    pub(super) repo_id: i64,
    pub(super) seen_at: i64,
    pub(super) path: String,
    pub(super) blob_sha: String,
    pub(super) readme_sha256: String,
    /// None where it is no text that can be read.
    pub(super) content: Option<String>,
    pub(super) mentions: Mentions,
    pub(super) problem: Option<String>,
    pub(super) run_seq: i64,
}

impl ReadmeRow {
    pub(super) fn of(repo_id: i64, run_seq: i64, files: &RepositoryFiles, html_url: &str) -> Option<Self> {
        let readme = files.contents_of(Role::Readme).next()?;
        let text = readme.text.as_deref().ok();
        // Two that cannot be read are still two.
        let hashed = text.unwrap_or(&readme.file.blob_sha);
        Some(Self {
            repo_id,
            seen_at: readme.seen_at,
            path: readme.file.path.clone(),
            blob_sha: readme.file.blob_sha.clone(),
            readme_sha256: sha256_hex(hashed.as_bytes()),
            content: text.map(|text| text.chars().take(README_CHARACTERS).collect()),
            mentions: Mentions::find(text.unwrap_or_default(), html_url),
            problem: readme.text.as_ref().err().cloned(),
            run_seq,
        })
    }
}

pub(super) struct BlueprintRow {
    pub(super) repo_id: i64,
    pub(super) seen_at: i64,
    pub(super) blob_sha: String,
    pub(super) files_digest: String,
    pub(super) service_count: Option<i64>,
    pub(super) database_count: Option<i64>,
    pub(super) service_types: Vec<String>,
    pub(super) complexity: Option<i64>,
    pub(super) quality: Option<i64>,
    pub(super) dockerfiles: Dockerfiles,
    /// Those that it names, there or not.
    pub(super) dockerfile_paths: Vec<String>,
    pub(super) warning_count: i64,
    pub(super) error: Option<String>,
    pub(super) error_line: Option<i64>,
    pub(super) error_column: Option<i64>,
    pub(super) run_seq: i64,
}

pub(super) struct ServiceRow {
    pub(super) repo_id: i64,
    pub(super) blob_sha: String,
    pub(super) position: i64,
    pub(super) scope: String,
    pub(super) name: Option<String>,
    pub(super) kind: Option<ServiceKind>,
    pub(super) written_type: Option<String>,
    pub(super) runtime: Option<String>,
    pub(super) plan: Option<String>,
    pub(super) line: i64,
    pub(super) problem: Option<String>,
    pub(super) run_seq: i64,
}

impl BlueprintRow {
    /// The Blueprint whose content came, with its services and databases.
    pub(super) fn of(repo_id: i64, run_seq: i64, files: &RepositoryFiles) -> Option<(Self, Vec<ServiceRow>)> {
        let yaml = files.contents_of(Role::RenderYaml).next()?;
        let mut dockerfiles = Dockerfiles::default();
        for text in files.contents_of(Role::Dockerfile).filter_map(|content| content.text.as_deref().ok()) {
            dockerfiles.add(text);
        }
        let parts = files.contents_of(Role::RenderYaml).chain(files.contents_of(Role::Dockerfile));
        let parts = parts.map(|part| (part.file.role, part.file.path.as_str(), part.file.blob_sha.as_str()));
        let mut row = Self {
            repo_id,
            seen_at: yaml.seen_at,
            blob_sha: yaml.file.blob_sha.clone(),
            files_digest: files_digest(parts),
            service_count: None,
            database_count: None,
            service_types: Vec::new(),
            complexity: None,
            quality: None,
            dockerfiles,
            dockerfile_paths: Vec::new(),
            warning_count: 0,
            error: None,
            error_line: None,
            error_column: None,
            run_seq,
        };
        match &yaml.text {
            Ok(text) => {
                let read = blueprint::parse(text);
                row.fill(&read);
                let services = if read.is_broken() { Vec::new() } else { services(&row, read) };
                Some((row, services))
            }
            Err(problem) => Some((Self { error: Some(problem.clone()), ..row }, Vec::new())),
        }
    }

    fn fill(&mut self, read: &Blueprint) {
        self.dockerfile_paths = read.dockerfile_paths().into_iter().map(str::to_owned).collect();
        self.warning_count = i64::try_from(read.warning_count).unwrap_or(i64::MAX);
        if let Some(error) = &read.error {
            self.error = Some(error.message.clone());
            self.error_line = i64::try_from(error.line).ok();
            self.error_column = i64::try_from(error.column).ok();
            return;
        }
        let complexity = blueprint::complexity(read, self.dockerfiles);
        self.service_count = i64::try_from(read.service_count()).ok();
        self.database_count = i64::try_from(read.databases.len()).ok();
        self.service_types = read.types().into_iter().map(|kind| kind.as_str().to_owned()).collect();
        self.complexity = complexity.map(i64::from);
        self.quality = blueprint::quality(read, complexity).map(i64::from);
    }
}

fn services(row: &BlueprintRow, read: Blueprint) -> Vec<ServiceRow> {
    let line = |line: u64| i64::try_from(line).unwrap_or(i64::MAX);
    let (repo_id, run_seq) = (row.repo_id, row.run_seq);
    let of_services = read.services.into_iter().map(|service| ServiceRow {
        repo_id,
        blob_sha: row.blob_sha.clone(),
        position: 0,
        scope: service.scope,
        name: service.name,
        kind: service.kind,
        written_type: service.written_type,
        runtime: service.runtime,
        plan: service.plan,
        line: line(service.line),
        problem: service.problem,
        run_seq,
    });
    let of_databases = read.databases.into_iter().map(|database| ServiceRow {
        repo_id,
        blob_sha: row.blob_sha.clone(),
        position: 0,
        scope: database.scope,
        name: database.name,
        kind: Some(ServiceKind::Postgres),
        written_type: None,
        runtime: None,
        plan: database.plan,
        line: line(database.line),
        problem: database.problem,
        run_seq,
    });
    let numbered = (1..).zip(of_services.chain(of_databases));
    numbered.map(|(position, service)| ServiceRow { position, ..service }).collect()
}
