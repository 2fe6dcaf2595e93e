//! Where to publish to.

use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use url::Url;

use crate::error::failed;
use crate::{Error, Result};

/// A server that does not answer within this time is taken as not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

/// What may stand behind the `?` of an address; the driver would write others to the log, value and all.
const PARAMETERS: [&str; 17] = [
    "application_name",
    "dbname",
    "host",
    "hostaddr",
    "options",
    "password",
    "port",
    "ssl-ca",
    "ssl-cert",
    "ssl-key",
    "ssl-mode",
    "ssl-root-cert",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "user",
];

/// A PostgreSQL server and database. Shows itself without the password.
#[derive(Clone)]
pub struct Server {
    options: PgConnectOptions,
    shown: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Server").field(&self.shown).finish()
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Server {
    /// Reads `postgres://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=...`; what is left out comes from the variables of
    /// libpq (`PGHOST`, `PGPASSWORD`, `~/.pgpass`).
    ///
    /// `sslmode` is one of `disable`, `allow`, `prefer` (the default), `require`, `verify-ca`, `verify-full`.
    ///
    /// Errors: [`Error::Address`], which does not repeat the address.
    pub fn parse(address: &SecretString) -> Result<Self> {
        let wrong = |reason: &str| Error::Address { reason: reason.to_owned() };
        let url = Url::parse(address.expose_secret()).map_err(|error| wrong(&error.to_string()))?;
        if !["postgres", "postgresql"].contains(&url.scheme()) {
            return Err(wrong("it does not begin with postgres://"));
        }
        for (key, _) in url.query_pairs() {
            let of_options = key.starts_with("options[") && key.ends_with(']');
            if !PARAMETERS.contains(&key.as_ref()) && !of_options {
                return Err(wrong(&format!("it has an unknown parameter {key}")));
            }
        }
        // The driver's message may repeat a value.
        let options = PgConnectOptions::from_str(url.as_str())
            .map_err(|_| wrong("a parameter has a value that it cannot have"))?
            .application_name("hublake")
            .disable_statement_logging();
        let place = match options.get_socket() {
            Some(folder) => folder.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        };
        let database = options.get_database().unwrap_or(options.get_username());
        let shown = format!("{place}/{database}");
        Ok(Self { options, shown })
    }

    /// Connects, with the session's settings as publishing needs them.
    pub(crate) async fn connect(&self) -> Result<PgConnection> {
        let refused = |reason: String| Error::Connect { server: self.shown.clone(), reason };
        let connecting = PgConnection::connect_with(&self.options);
        let mut connection = match tokio::time::timeout(CONNECT_TIMEOUT, connecting).await {
            Ok(connected) => connected.map_err(|error| refused(said(&error)))?,
            Err(_) => return Err(refused(format!("no answer within {} s", CONNECT_TIMEOUT.as_secs()))),
        };
        // A publication may take longer than a server allows its users by default, and must not wait for a lock for
        // ever; a server that hears nothing more from us gives up what we hold.
        let settings = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = '1h';
             SET lock_timeout = '60s'; SET TIME ZONE 'UTC'; SET client_min_messages = warning;
             SET work_mem = '64MB'; SET maintenance_work_mem = '128MB';
             SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6";
        sqlx::raw_sql(settings).execute(&mut connection).await.map_err(failed("preparing the session"))?;
        Ok(connection)
    }
}

fn said(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(refusal) => refusal.message().to_owned(),
        None => error.to_string(),
    }
}
