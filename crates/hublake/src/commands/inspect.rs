//! `hublake inspect`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Result;
use hublake_collect::blueprint::{self, Blueprint, Dockerfiles, Problem};
use serde::Serialize;

use super::Ended;
use crate::clean::clean;
use crate::cli::{AnswerFormat, InspectCommand, InspectRenderYamlArgs};
use crate::output::{new_table, print_json};

/// Looks at files; nothing is asked of GitHub, and no home is needed.
pub fn inspect(command: InspectCommand) -> Result<Ended> {
    match command {
        InspectCommand::RenderYaml(args) => render_yaml(&args),
    }
}

/// One file.
#[derive(Serialize)]
struct Inspected {
    file: String,
    services: Vec<Instance>,
    databases: Vec<Instance>,
    /// Services and databases; null where the file cannot be understood, as for the scores.
    service_count: Option<usize>,
    complexity: Option<u8>,
    quality: Option<u8>,
    warning_count: u64,
    warnings: Vec<Note>,
    errors: Vec<Note>,
}

/// One service or database.
#[derive(Serialize)]
struct Instance {
    name: Option<String>,
    /// As `dim_render_services` has it; null where it is not known.
    r#type: Option<&'static str>,
    written_type: Option<String>,
    runtime: Option<String>,
    plan: Option<String>,
    scope: String,
    line: u64,
    column: u64,
    problem: Option<String>,
}

/// What is wrong, and where; a file that cannot be read has no place.
#[derive(Serialize)]
struct Note {
    message: String,
    line: Option<u64>,
    column: Option<u64>,
}

impl From<Problem> for Note {
    fn from(problem: Problem) -> Self {
        Self { message: problem.message, line: Some(problem.line), column: Some(problem.column) }
    }
}

fn render_yaml(args: &InspectRenderYamlArgs) -> Result<Ended> {
    let inspected: Vec<Inspected> = args.files.iter().map(|path| inspect_file(path)).collect();
    match args.format {
        AnswerFormat::Json => print_json(&inspected)?,
        AnswerFormat::Table => {
            for (index, file) in inspected.iter().enumerate() {
                if index > 0 {
                    say!("");
                }
                print(file);
            }
        }
    }
    let understood = inspected.iter().filter(|file| file.service_count.is_some()).count();
    Ok(match understood {
        0 => Ended::Failed,
        _ if understood == inspected.len() => Ended::Done,
        _ => Ended::Partly,
    })
}

fn inspect_file(path: &Path) -> Inspected {
    let file = path.display().to_string();
    match read(path) {
        Ok(bytes) => inspected(file, blueprint::parse_bytes(&bytes)),
        Err(error) => {
            let note = Note { message: format!("cannot read the file: {error}"), line: None, column: None };
            Inspected { errors: vec![note], ..inspected(file, Blueprint::default()) }.without_figures()
        }
    }
}

/// The file, or just more of it than is read.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(blueprint::MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn inspected(file: String, blueprint: Blueprint) -> Inspected {
    let complexity = blueprint::complexity(&blueprint, Dockerfiles::default());
    Inspected {
        file,
        service_count: (!blueprint.is_broken()).then(|| blueprint.service_count()),
        complexity,
        quality: blueprint::quality(&blueprint, complexity),
        warning_count: blueprint.warning_count,
        warnings: blueprint.warnings.into_iter().map(Note::from).collect(),
        errors: blueprint.error.into_iter().chain(blueprint.errors).map(Note::from).collect(),
        services: blueprint
            .services
            .into_iter()
            .map(|service| Instance {
                name: service.name,
                r#type: service.kind.map(|kind| kind.as_str()),
                written_type: service.written_type,
                runtime: service.runtime,
                plan: service.plan,
                scope: service.scope,
                line: service.line,
                column: service.column,
                problem: service.problem,
            })
            .collect(),
        databases: blueprint
            .databases
            .into_iter()
            .map(|database| Instance {
                name: database.name,
                r#type: Some(blueprint::ServiceKind::Postgres.as_str()),
                written_type: None,
                runtime: None,
                plan: database.plan,
                scope: database.scope,
                line: database.line,
                column: database.column,
                problem: database.problem,
            })
            .collect(),
    }
}

impl Inspected {
    fn without_figures(self) -> Self {
        Self { service_count: None, complexity: None, quality: None, ..self }
    }
}

fn print(file: &Inspected) {
    let name = clean(&file.file);
    match (file.complexity, file.quality) {
        (Some(complexity), Some(quality)) => {
            let (services, databases) = (file.services.len(), file.databases.len());
            let services = format!("{services} {}", if services == 1 { "service" } else { "services" });
            let databases = format!("{databases} {}", if databases == 1 { "database" } else { "databases" });
            say!("{name}: {services}, {databases}, complexity {complexity} of 10, quality {quality} of 10");
        }
        _ => say!("{name}: cannot be understood"),
    }
    if !file.services.is_empty() || !file.databases.is_empty() {
        let mut table = new_table();
        table.set_header(["name", "type", "runtime", "scope", "line"]);
        if let Some(column) = table.column_mut(4) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
        for instance in file.services.iter().chain(&file.databases) {
            let unknown = instance.written_type.as_deref().map(|written| format!("{written}?"));
            let kind = instance.r#type.map(str::to_owned).or(unknown).unwrap_or_else(|| "?".to_owned());
            let runtime = instance.runtime.as_deref().unwrap_or_default();
            let name = instance.name.as_deref().unwrap_or("?");
            let line = instance.line.to_string();
            table.add_row([name, &kind, runtime, &instance.scope, &line].map(clean));
        }
        say!("{table}");
    }
    for (severity, notes) in [("error", &file.errors), ("warning", &file.warnings)] {
        for note in notes {
            let place = match (note.line, note.column) {
                (Some(line), Some(column)) => format!("{line}:{column}:"),
                _ => String::new(),
            };
            say!("{name}:{place} {severity}: {}", clean(&note.message));
        }
    }
    let left_out = file.warning_count.saturating_sub(file.warnings.len() as u64);
    if left_out > 0 {
        say!("and {left_out} more warnings");
    }
}
