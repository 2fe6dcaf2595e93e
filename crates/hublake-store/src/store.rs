//! Opening the control store.

use std::io::{Error as IoError, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::lock;
use crate::presence::Presence;
use crate::{Error, Result};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");
const FILE: &str = "control.db";
const UNFINISHED_FILE: &str = "control.db.new";
/// How long a writer waits for another process to finish its transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// The control store of a home folder; clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: SqlitePool,
    pub(crate) home: Arc<Path>,
    /// This process's sign of life, given with its first run.
    pub(crate) presence: Arc<Mutex<Option<Presence>>>,
}

impl Store {
    /// Opens the control store in `home`; folder (readable by its owner only) and database are made if they
    /// are not there.
    ///
    /// Fails with [`Error::Newer`] when a newer program wrote it and with [`Error::Unreadable`] when the file
    /// is no database: it is never made anew in its place.
    pub async fn open(home: &Path) -> Result<Self> {
        make_folder(home).map_err(home_error(home))?;
        let path = home.join(FILE);
        // One process at a time makes the file or brings its form up to date; SQLite alone does not order that.
        let opening = lock::wait_for_moment(home, "open").await?;
        if !path.try_exists().map_err(home_error(home))? {
            make_database(home, &path).await?;
        }
        refuse_foreign(&path)?;
        let pool = connect(&path, SqliteJournalMode::Wal).await?;
        if let Err(error) = bring_up_to_date(&pool, &path).await {
            pool.close().await;
            return Err(error);
        }
        drop(opening);
        Ok(Self { pool, home: home.into(), presence: Arc::default() })
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Reads the whole database and checks that it is sound.
    ///
    /// # Errors
    /// [`Error::Unreadable`] with the first fault found.
    pub async fn check(&self) -> Result<()> {
        let unreadable = |source| Error::Unreadable { path: self.home.join(FILE), source };
        let found: String =
            sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.pool).await.map_err(unreadable)?;
        if found == "ok" { Ok(()) } else { Err(unreadable(sqlx::Error::Protocol(found))) }
    }

    /// Closes the connections; what is written is on disk.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

/// Makes the database under another name and moves it into place once it is whole: a kill in between leaves
/// no half-made file, and an empty `control.db` is always damage.
async fn make_database(home: &Path, path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let unfinished = home.join(UNFINISHED_FILE);
    for leftover in [unfinished.clone(), home.join(format!("{UNFINISHED_FILE}-journal"))] {
        match std::fs::remove_file(leftover) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(home_error(home)(error)),
            _ => {}
        }
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(&unfinished).map_err(home_error(home))?;
    let pool = connect(&unfinished, SqliteJournalMode::Delete).await?;
    let made = bring_up_to_date(&pool, &unfinished).await;
    pool.close().await;
    made?;
    std::fs::rename(&unfinished, path).and_then(|()| std::fs::File::open(home)?.sync_all()).map_err(home_error(home))
}

/// Looks at the file before SQLite does, which takes an empty one for a new database and may write into one that
/// is none while it brings a leftover log up to date.
fn refuse_foreign(path: &Path) -> Result<()> {
    const MAGIC: &[u8; 16] = b"SQLite format 3\0";
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source: sqlx::Error::Io(source) };
    let mut begin = [0; MAGIC.len()];
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    match file.read_exact(&mut begin) {
        Ok(()) if begin == *MAGIC => Ok(()),
        Ok(()) => Err(unreadable(IoError::new(ErrorKind::InvalidData, "the file does not begin like a database"))),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Err(unreadable(IoError::new(ErrorKind::InvalidData, "the file is empty or cut off")))
        }
        Err(error) => Err(unreadable(error)),
    }
}

async fn connect(path: &Path, journal: SqliteJournalMode) -> Result<SqlitePool> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(journal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT);
    SqlitePoolOptions::new()
        .max_connections(4)
        .connect_with(options)
        .await
        .map_err(|source| Error::Unreadable { path: path.to_owned(), source })
}

async fn bring_up_to_date(pool: &SqlitePool, path: &Path) -> Result<()> {
    check_form(pool, path).await?;
    MIGRATIONS.run(pool).await.map_err(|source| Error::Migration { path: path.to_owned(), source })
}

/// Refuses a database that newer migrations have changed.
async fn check_form(pool: &SqlitePool, path: &Path) -> Result<()> {
    let unreadable = |source| Error::Unreadable { path: path.to_owned(), source };
    let exists: Option<i64> =
        sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
            .fetch_optional(pool)
            .await
            .map_err(unreadable)?;
    if exists.is_none() {
        return Ok(());
    }
    let found: Option<i64> =
        sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(pool).await.map_err(unreadable)?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    match found {
        Some(found) if found > known => Err(Error::Newer { path: path.to_owned(), found, known }),
        _ => Ok(()),
    }
}

pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn home_error(home: &Path) -> impl Fn(IoError) -> Error {
    let path = PathBuf::from(home);
    move |source| Error::Home { path: path.clone(), source }
}
