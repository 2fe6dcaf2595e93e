//! A home: control store, lake, and the way to GitHub.

use std::time::Duration;

use anyhow::{Context, Result};
use hublake_github::{Auth, Client, Config};
use hublake_lake::Lake;
use hublake_store::{Secret, Store};

use crate::settings::Settings;

/// What a command works with.
#[derive(Clone)]
pub struct Home {
    /// What the program goes by.
    pub settings: Settings,
    /// Repositories, runs, cursors, publications.
    pub store: Store,
    /// The tables.
    pub lake: Lake,
}

impl Home {
    /// Opens the home; it is made if it is not there.
    pub async fn open(settings: Settings) -> Result<Self> {
        let store = Store::open(&settings.home).await?;
        let lake = Lake::open(&settings.lake_url).await?;
        Ok(Self { settings, store, lake })
    }

    /// A client with the token of the environment, else the saved credential, else none.
    pub async fn client(&self) -> Result<Client> {
        client(&self.settings, self.auth().await?)
    }

    /// Like [`Home::client`], for a look at how things are: it waits for no limit and tries again once.
    pub async fn hasty_client(&self) -> Result<Client> {
        let config = config(&self.settings, self.auth().await?);
        new_client(Config { max_wait: Duration::ZERO, max_retries: 1, ..config })
    }

    async fn auth(&self) -> Result<Auth> {
        Ok(match &self.settings.token {
            Some(token) => Auth::Token(token.clone()),
            None => match self.store.credential(self.settings.secret_key.as_ref()).await? {
                Some(credential) => auth_of(credential.secret),
                None => Auth::Anonymous,
            },
        })
    }
}

/// How GitHub is asked with a saved secret.
pub fn auth_of(secret: Secret) -> Auth {
    match secret {
        Secret::Token(token) => Auth::Token(token),
        Secret::App { app_id, private_key_pem, installation_id } => {
            Auth::App { app_id, private_key_pem, installation_id }
        }
    }
}

/// A client that asks as `auth`.
pub fn client(settings: &Settings, auth: Auth) -> Result<Client> {
    new_client(config(settings, auth))
}

fn config(settings: &Settings, auth: Auth) -> Config {
    Config {
        api_url: settings.api_url.clone(),
        auth,
        quota_floor_fraction: settings.quota_floor,
        points_per_minute: settings.points_per_minute,
        // No pace of our own is no pace of either kind.
        answer_seconds_per_minute: if settings.points_per_minute == 0 {
            0
        } else {
            Config::default().answer_seconds_per_minute
        },
        max_wait: Duration::from_secs(settings.max_wait_seconds),
        ..Config::default()
    }
}

fn new_client(config: Config) -> Result<Client> {
    Client::new(config).context("the way to GitHub cannot be set up")
}
