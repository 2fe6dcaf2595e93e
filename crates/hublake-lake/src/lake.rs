//! A folder of Delta tables.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::storage_error;
use crate::log;
use crate::table::{Table, TableSpec};
use crate::{Error, Result, Snapshot};

/// The newest layout of a lake that this program reads and the one it writes.
const FORMAT: u32 = 1;
const MARKER: &str = "_hublake.json";

/// A folder of Delta tables, one sub-folder a table.
#[derive(Clone, Debug)]
pub struct Lake {
    root: Url,
    store: Arc<dyn ObjectStore>,
}

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
}

impl Lake {
    /// Opens the lake at `location` (a path or a `file://` url) and makes it if it is not there.
    ///
    /// Fails with [`Error::NewerFormat`] when a newer program wrote it.
    pub async fn open(location: &str) -> Result<Self> {
        let folder = local_folder(location)?;
        if folder.to_string_lossy().contains('%') {
            // The Delta library takes it for the beginning of an escape and looks in another folder.
            return Err(url_error(location, &"a folder with % in its name does not work"));
        }
        std::fs::create_dir_all(&folder).map_err(|source| url_error(location, &source))?;
        let folder = folder.canonicalize().map_err(|source| url_error(location, &source))?;
        let root = Url::from_directory_path(&folder)
            .map_err(|()| Error::Url { url: location.to_owned(), reason: "the path is not absolute".to_owned() })?;
        let store = LocalFileSystem::new_with_prefix(&folder).map_err(|source| url_error(location, &source))?;
        let lake = Self { root, store: Arc::new(store) };
        lake.check_format().await?;
        Ok(lake)
    }

    /// The lake's address, ending in a slash.
    pub fn root(&self) -> &Url {
        &self.root
    }

    /// The newest version of a table for writing; the table is made if it is not there, and a column of
    /// `spec` that it lacks is added to it.
    pub async fn table(&self, spec: &TableSpec) -> Result<Table> {
        check_name(&spec.name)?;
        Table::open(self.table_url(&spec.name)?, Arc::clone(&self.store), spec).await
    }

    /// A table as it was at `version`, or as it is now; `None` where there is no such table.
    pub async fn snapshot(&self, name: &str, version: Option<i64>) -> Result<Option<Snapshot>> {
        check_name(name)?;
        if !log::exists(name, self.store.as_ref()).await? {
            return Ok(None);
        }
        Snapshot::load(name, self.table_url(name)?, version).await.map(Some)
    }

    /// The names of the tables that lie here, sorted; folders that are no tables are left out.
    pub async fn table_names(&self) -> Result<Vec<String>> {
        let listing = self.store.list_with_delimiter(None).await.map_err(|source| Error::Storage {
            what: "listing the lake",
            path: self.root.to_string(),
            source,
        })?;
        let mut names = Vec::new();
        for name in listing.common_prefixes.iter().filter_map(Path::filename) {
            if log::exists(name, self.store.as_ref()).await? {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn table_url(&self, name: &str) -> Result<Url> {
        self.root
            .join(&format!("{name}/"))
            .map_err(|source| Error::Url { url: format!("{}{name}", self.root), reason: source.to_string() })
    }

    async fn check_format(&self) -> Result<()> {
        let path = Path::from(MARKER);
        let written = match self.store.get(&path).await {
            Ok(found) => found.bytes().await,
            Err(object_store::Error::NotFound { .. }) => return self.write_format(&path).await,
            Err(source) => Err(source),
        };
        let written = written.map_err(|source| storage_error(&path, "reading the lake's format", source))?;
        let marker: Marker = serde_json::from_slice(&written).map_err(|source| Error::Unusable {
            table: MARKER.to_owned(),
            reason: format!("the file that tells the lake's format is not readable: {source}"),
            hint: "restore it from a backup; it holds {\"format\":1} in a lake of this version",
        })?;
        if marker.format > FORMAT {
            return Err(Error::NewerFormat { url: self.root.to_string(), found: marker.format, known: FORMAT });
        }
        Ok(())
    }

    async fn write_format(&self, path: &Path) -> Result<()> {
        let text = format!("{{\"format\":{FORMAT}}}\n");
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(path, PutPayload::from(text), create).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(source) => Err(storage_error(path, "writing the lake's format", source)),
        }
    }
}

/// A name is a folder's and stands in SQL: one that leads out of the lake is never a table's.
fn check_name(name: &str) -> Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if !name.is_empty() && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::Unusable {
        table: format!("{name:?}"),
        reason: "this is not a table's name".to_owned(),
        hint: "a name is made of letters, digits and underscores",
    })
}

fn local_folder(location: &str) -> Result<PathBuf> {
    if let Some((scheme, _)) = location.split_once("://") {
        let url = Url::parse(location).map_err(|source| url_error(location, &source))?;
        if scheme != "file" {
            return Err(Error::Url { url: location.to_owned(), reason: format!("{scheme}:// is not built in") });
        }
        return url.to_file_path().map_err(|()| Error::Url {
            url: location.to_owned(),
            reason: "it names no folder of this machine".to_owned(),
        });
    }
    std::path::absolute(location).map_err(|source| url_error(location, &source))
}

fn url_error(location: &str, source: &dyn std::fmt::Display) -> Error {
    Error::Url { url: location.to_owned(), reason: source.to_string() }
}
