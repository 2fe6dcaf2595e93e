//! A PostgreSQL server for tests, and databases on it.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor, Row};
use tempfile::TempDir;

const USER: &str = "keeper";
const PASSWORD: &str = "geheim%21";

/// A server in a folder of its own; it ends when this is dropped.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes and starts a server.
    pub fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr()).expect("a free port").port();
        let server = Self { folder, programs, port };
        std::fs::write(server.folder.path().join("password"), PASSWORD.replace("%21", "!")).expect("a file");
        if is_root() {
            succeed(Command::new("chown").args(["-R", "postgres"]).arg(server.folder.path()));
        }
        let data = server.data();
        let password = format!("--pwfile={}", server.folder.path().join("password").display());
        server.run("initdb", &["-D", &data, "-U", USER, "-A", "scram-sha-256", &password, "-E", "UTF8", "--no-sync"]);
        server.go();
        server
    }

    /// Starts it, also after [`Postgres::kill`].
    pub fn go(&self) {
        let options = format!(
            "-p {} -h 127.0.0.1 -k {} -c fsync=off -c shared_buffers=32MB",
            self.port,
            self.folder.path().display()
        );
        let log = self.folder.path().join("log").display().to_string();
        self.run("pg_ctl", &["-D", &self.data(), "-l", &log, "-o", &options, "-w", "start"]);
    }

    /// Ends it without letting it finish anything.
    pub fn kill(&self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }

    /// The address of the database that is always there.
    pub fn url(&self) -> String {
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        // PostgreSQL refuses to run as root.
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(self.folder.path()).args(arguments);
        // The server inherits what it writes to, and a pipe would not end before it does.
        command.stdout(std::process::Stdio::null());
        succeed(&mut command);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if std::path::Path::new(&self.data()).join("postmaster.pid").exists() {
            // A test that fails says why; that its server cannot be ended would hide that.
            let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.kill()));
        }
    }
}

/// A database of a test's own.
pub struct Database {
    /// Its address.
    pub url: String,
    /// Its name, which no other test uses.
    pub name: String,
    // Held for its end.
    server: Option<Postgres>,
}

impl Database {
    /// An empty database, on the server that the environment names or on one of its own.
    pub async fn new() -> Self {
        match std::env::var("HUBLAKE_TEST_POSTGRES_URL") {
            Ok(url) if !url.is_empty() => Self::on(&url, None).await,
            _ => Self::own().await,
        }
    }

    /// An empty database on a server that only this test uses.
    pub async fn own() -> Self {
        let server = Postgres::start();
        Self::on(&server.url(), Some(server)).await
    }

    async fn on(url: &str, server: Option<Postgres>) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("hublake_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(url).await.expect("the server lets us in");
        let create = format!("CREATE DATABASE {name}");
        connection.execute(create.as_str()).await.expect("a new database");
        let mut address = url::Url::parse(url).expect("an address");
        address.set_path(&name);
        Self { url: address.to_string(), name, server }
    }

    /// The server, where it is this test's own.
    pub fn server(&self) -> &Postgres {
        self.server.as_ref().expect("a server of its own")
    }

    /// A new connection.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("the server lets us in")
    }

    /// Runs statements.
    pub async fn execute(&self, statements: &str) {
        let mut connection = self.connect().await;
        sqlx::raw_sql(statements)
            .execute(&mut connection)
            .await
            .unwrap_or_else(|error| panic!("{statements}: {error}"));
    }

    /// The rows of a query, each as the text of its only column.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let mut connection = self.connect().await;
        let rows = connection.fetch_all(query).await.unwrap_or_else(|error| panic!("{query}: {error}"));
        rows.iter().map(|row| row.try_get::<Option<String>, _>(0).expect("a text").unwrap_or("NULL".into())).collect()
    }

    /// The only row of a query, as text.
    pub async fn text(&self, query: &str) -> String {
        let mut rows = self.texts(query).await;
        assert_eq!(rows.len(), 1, "{query} gives {rows:?}");
        rows.remove(0)
    }
}

/// The folder of PostgreSQL's programs: on the path, or where Debian puts them.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    let found = folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists());
    found.expect("PostgreSQL's programs initdb and pg_ctl are installed; scripts/test does that")
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().expect("id runs");
    output.stdout.starts_with(b"0\n")
}

fn succeed(command: &mut Command) {
    let Output { status, stderr, .. } = command.output().expect("the program starts");
    assert!(status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&stderr));
}
