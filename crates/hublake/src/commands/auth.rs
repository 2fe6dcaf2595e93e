//! `hublake auth`.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, bail};
use chrono::Utc;
use hublake_github::{Client, ViewerOutcome};
use hublake_store::{Credential, Secret};
use secrecy::SecretString;

use super::Ended;
use crate::cli::AuthArgs;
use crate::home::{Home, auth_of, client};

/// A token is far shorter; what is longer is a mistaken file.
const MOST_BYTES: u64 = 64 * 1024;

/// Saves a token or an App's key once GitHub has accepted it.
pub async fn auth(home: &Home, args: AuthArgs) -> Result<Ended> {
    if args.forget {
        let was_there = home.store.delete_credential().await?;
        say!("{}", if was_there { "the saved credential is forgotten" } else { "no credential was saved" });
        return Ok(Ended::Done);
    }
    let secret = match (args.app_id, &args.private_key) {
        (Some(app_id), Some(path)) => {
            let pem = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            Secret::App { app_id, private_key_pem: pem.into(), installation_id: args.installation_id }
        }
        _ => Secret::Token(token()?),
    };
    let client = client(&home.settings, auth_of(secret.clone()))?;
    let viewer = match client.viewer().await? {
        ViewerOutcome::Known(viewer) => viewer,
        ViewerOutcome::Unavailable(outcome) => bail!(outcome.problem("the token").unwrap_or_default()),
    };
    let credential =
        Credential { secret, login: viewer.login.clone(), kind: viewer.kind.as_str().to_owned(), saved_at: Utc::now() };
    home.store.set_credential(&credential, home.settings.secret_key.as_ref()).await?;
    home.store.journal("save credential", viewer.kind.as_str(), &super::repositories::who()).await?;
    say!("saved: {} token of {}", viewer.kind.as_str(), viewer.login.as_deref().unwrap_or("an installation"));
    if let Some(scopes) = &viewer.scopes {
        say!("scopes: {}", if scopes.is_empty() { "none (public data only)".to_owned() } else { scopes.join(", ") });
    }
    if let Some(expires_at) = viewer.expires_at {
        say!("expires: {}", expires_at.format("%Y-%m-%d %H:%M UTC"));
    }
    print_limits(&client).await?;
    if home.settings.token.is_some() {
        say!("note: GITHUB_TOKEN is set and wins over the saved credential");
    }
    Ok(Ended::Done)
}

/// What is left of each limit.
pub async fn print_limits(client: &Client) -> Result<()> {
    for (resource, limit) in client.rate_limits().await?.into_iter().flatten() {
        say!(
            "limit {resource}: {} of {} left, reset {}",
            limit.remaining,
            limit.limit,
            limit.reset_at.format("%H:%M:%S UTC")
        );
    }
    Ok(())
}

fn token() -> Result<SecretString> {
    let text = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("token (it is not shown): ").context("the token cannot be read")?
    } else {
        let mut text = String::new();
        std::io::stdin().take(MOST_BYTES).read_to_string(&mut text).context("the token cannot be read from stdin")?;
        text
    };
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_whitespace) {
        bail!("that is no token\nhint: paste one line that begins with ghp_, github_pat_, gho_ or ghs_");
    }
    Ok(text.to_owned().into())
}
