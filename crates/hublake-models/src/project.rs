//! All models, audits and sources, checked against each other.

mod header;
mod order;

use std::collections::BTreeMap;

use arrow::datatypes::DataType;
use datafusion::common::TableReference;
use include_dir::{Dir, include_dir};

use crate::Error;
use crate::model::{Audit, Kind, Layer, Model, REPOSITORY_NAMES, Scope};
use crate::source::{self, Source};
use crate::sql_file::{SqlFile, file_error};
use crate::statement;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../models");

/// The models of a folder.
#[derive(Clone, Debug)]
pub struct Project {
    models: Vec<Model>,
    reader_views: Vec<Model>,
    audits: Vec<Audit>,
    sources: Vec<Source>,
}

impl Project {
    /// The models that this program carries.
    ///
    /// Errors: as [`Project::parse`]; a test sees to it that there are none.
    pub fn embedded() -> Result<Self, Error> {
        let mut files = Vec::new();
        let mut folders = vec![&FILES];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files() {
                if let (Some(path), Some(text)) = (file.path().to_str(), file.contents_utf8()) {
                    files.push((path.replace('\\', "/"), text));
                }
            }
        }
        Self::parse(files.iter().map(|(path, text)| (path.as_str(), *text)))
    }

    /// Reads the files of a models folder; a path is relative to it, such as `staging/stg_sync_state.sql`.
    ///
    /// `sources.toml` and the `.sql` files count, others (tests, README) are passed over.
    ///
    /// Errors: [`Error::File`] with file and line for everything that is not as `models/README.md` says,
    /// [`Error::Circle`] for models that read each other.
    pub fn parse<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, Error> {
        let mut project =
            Self { models: Vec::new(), reader_views: Vec::new(), audits: Vec::new(), sources: Vec::new() };
        let mut sorted = files.collect::<Vec<_>>();
        sorted.sort_unstable();
        for (path, text) in &sorted {
            if *path == "sources.toml" {
                project.sources = source::parse(path, text)?;
            } else if path.ends_with(".sql") {
                project.add(&SqlFile::parse(path, text)?)?;
            }
        }
        project.reject_doubles()?;
        let texts = sorted.into_iter().collect::<BTreeMap<_, _>>();
        project.resolve(&texts)?;
        project.models = order::by_dependency(project.models)?;
        Ok(project)
    }

    /// Tables and views so that each comes after those it reads.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// Views that stand in for the stored table of their name when readers ask for it.
    pub fn reader_views(&self) -> &[Model] {
        &self.reader_views
    }

    /// Audits by name.
    pub fn audits(&self) -> &[Audit] {
        &self.audits
    }

    /// Tables that a batch session offers.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The table or view of a name; for a name that readers see through a view, the stored table.
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The tables that the lake holds, in order.
    pub fn stored(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(|model| model.is_stored())
    }

    fn add(&mut self, file: &SqlFile<'_>) -> Result<(), Error> {
        match file.folder {
            "staging" => self.models.push(header::model(file, Layer::Staging)?),
            "analytics" => self.models.push(header::model(file, Layer::Analytics)?),
            "views" => self.reader_views.push(header::model(file, Layer::Views)?),
            "audits" => self.audits.push(header::audit(file)?),
            _ => return Err(file.error(1, "unknown layer", "put it into staging, analytics, views or audits")),
        }
        Ok(())
    }

    fn reject_doubles(&self) -> Result<(), Error> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        let sources = self.sources.iter().map(|source| (source.name.as_str(), "sources.toml"));
        let models = self.models.iter().map(|model| (model.name.as_str(), model.path.as_str()));
        let audits = self.audits.iter().map(|audit| (audit.name.as_str(), audit.path.as_str()));
        for (name, path) in sources.chain(models).chain(audits) {
            if let Some(other) = seen.insert(name, path) {
                let reason = format!("{name} is already made by models/{other}");
                return Err(file_error(path, 1, &reason, "each name may be used once"));
            }
        }
        for view in &self.reader_views {
            if !self.model(&view.name).is_some_and(Model::is_stored) {
                let hint = "a view of a name of its own lies in analytics";
                return Err(file_error(&view.path, 1, "no stored table has the view's name", hint));
            }
            if view.kind != Kind::View {
                return Err(file_error(&view.path, 2, "a file in views is no view", "write kind = \"view\""));
            }
        }
        Ok(())
    }

    /// Finds what every query reads.
    fn resolve(&mut self, texts: &BTreeMap<&str, &str>) -> Result<(), Error> {
        let mut found = Vec::new();
        for model in self.models.iter().chain(&self.reader_views) {
            let file = SqlFile::parse(&model.path, texts[model.path.as_str()])?;
            self.check_keys(model)?;
            check_month(model)?;
            let mut names = match &model.kind {
                Kind::Merge { changes, .. } => vec![changes.clone()],
                _ => Vec::new(),
            };
            for (reference, line) in statement::tables(&file, &model.statement)? {
                names.extend(
                    self.read_by_model(model, &reference).map_err(|hint| unreadable(&file, line, &reference, hint))?,
                );
            }
            found.push(sorted(names));
        }
        let mut found = found.into_iter();
        for model in self.models.iter_mut().chain(&mut self.reader_views) {
            model.depends_on = found.next().unwrap_or_default();
        }
        let mut found = Vec::new();
        for audit in &self.audits {
            let file = SqlFile::parse(&audit.path, texts[audit.path.as_str()])?;
            let mut names = Vec::new();
            for (reference, line) in statement::tables(&file, &audit.statement)? {
                names.push(
                    self.read_by_audit(audit, &reference).map_err(|hint| unreadable(&file, line, &reference, hint))?,
                );
            }
            found.push(sorted(names));
        }
        for (audit, names) in self.audits.iter_mut().zip(found) {
            audit.depends_on = names;
        }
        Ok(())
    }

    /// The name that a reference makes the model depend on, none for `previous` rows, or a hint.
    fn read_by_model(&self, model: &Model, reference: &TableReference) -> Result<Option<String>, &'static str> {
        let name = reference.table();
        let is_view = model.kind == Kind::View;
        match reference.schema() {
            None if self.model(name).is_some_and(|read| read.kind != Kind::Temporary || !is_view) => {
                Ok(Some(name.to_owned()))
            }
            None if self.source(name).is_some_and(|source| source.is_kept == is_view) => Ok(Some(name.to_owned())),
            None if is_view => Err("a view reads stored tables, views and kept sources"),
            None => Err("read a model of models/ or a source of sources.toml"),
            Some("previous") if self.is_stored(name) && !is_view => Ok(None),
            Some("previous") => Err("`previous` holds the stored tables, and no view reads it"),
            Some("stored") if self.is_stored(name) && is_view => Ok(Some(name.to_owned())),
            Some("stored") => Err("`stored` holds the stored tables, and only views read it"),
            Some(_) => Err("the schemas are `previous` and `stored`"),
        }
    }

    fn read_by_audit(&self, audit: &Audit, reference: &TableReference) -> Result<String, &'static str> {
        let name = reference.table();
        match (reference.schema(), audit.scope) {
            (None, Scope::Repository) if self.is_stored(name) || self.source(name).is_some() => Ok(name.to_owned()),
            (None, Scope::Table) if self.is_stored(name) => Ok(name.to_owned()),
            (Some("previous"), Scope::Repository) if self.is_stored(name) => Ok(format!("previous.{name}")),
            (None, Scope::Repository) => Err("an audit of repositories reads stored tables and sources"),
            (None, Scope::Table) => Err("an audit of tables reads stored tables"),
            (Some("previous"), Scope::Repository) => Err("`previous` holds the stored tables"),
            (Some("previous"), Scope::Table) => Err("only an audit of repositories has the rows before the run"),
            (Some(_), _) => Err("an audit reads tables without a schema: what is about to be published"),
        }
    }

    fn check_keys(&self, model: &Model) -> Result<(), Error> {
        let hint = "models/README.md lists the keys of a header";
        let fault = |reason: String| Err(file_error(&model.path, 2, &reason, hint));
        let has = |model: &Model, name: &String| model.columns.iter().any(|column| column.name == *name);
        if let Some(name) = model.grain.iter().find(|name| !has(model, name)) {
            return fault(format!("the grain's {name} is no column"));
        }
        let Kind::Merge { key, changes } = &model.kind else { return Ok(()) };
        let Some(changed) = self.model(changes).filter(|changed| changed.kind == Kind::Temporary) else {
            return fault(format!("changes names {changes}, which is no temporary model"));
        };
        match key.iter().find(|name| !has(model, name) || !has(changed, name)) {
            Some(name) => fault(format!("the key's {name} is not a column of both {} and {changes}", model.name)),
            None => Ok(()),
        }
    }

    fn is_stored(&self, name: &str) -> bool {
        self.model(name).is_some_and(Model::is_stored)
    }

    fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }
}

/// What a table stored by month must be like.
fn check_month(model: &Model) -> Result<(), Error> {
    let Some(name) = &model.by_month else { return Ok(()) };
    let fault = |reason: String, hint: &str| Err(file_error(&model.path, 2, &reason, hint));
    if !model.is_stored() {
        let hint = "leave by_month out, or write kind = \"merge\" or \"incremental\"";
        return fault(format!("by_month divides stored rows, and a {} model has none", model.kind), hint);
    }
    let column = model.columns.iter().find(|column| column.name == *name);
    if column.is_none_or(|column| column.data_type != DataType::Date32) {
        return fault(format!("by_month names {name}, which is no DATE column"), "name a column that is a DATE");
    }
    if !model.grain.contains(name) {
        let hint = "put it into the grain, so that a row never moves to another month";
        return fault(format!("by_month names {name}, which is not in the grain"), hint);
    }
    match model.columns.iter().find(|column| REPOSITORY_NAMES.contains(&column.name.as_str())) {
        Some(column) => {
            let hint = "old months are not rewritten when a repository is renamed; let a view add the names";
            fault(format!("a table stored by month has the column {}", column.name), hint)
        }
        None => Ok(()),
    }
}

fn unreadable(file: &SqlFile<'_>, line: usize, reference: &TableReference, hint: &str) -> Error {
    file.error(line, &format!("the table {reference} cannot be read here"), hint)
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}
