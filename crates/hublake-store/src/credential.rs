//! The token or App key with which GitHub is asked, sealed at rest.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chacha20poly1305::aead::{Aead, KeyInit, OsRng, Payload};
use chacha20poly1305::{AeadCore, XChaCha20Poly1305, XNonce};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::error::statement;
use crate::time::{instant, micros};
use crate::{Error, Result, Store};

/// Bound to the sealed bytes, so that they cannot be moved to another tenant's row.
const TENANT: &str = "default";
const KEY_FILE: &str = "secret.key";
const NONCE_BYTES: usize = 24;

/// What GitHub is asked with.
#[derive(Clone, Debug)]
pub enum Secret {
    /// A personal, OAuth or installation token.
    Token(SecretString),
    /// A GitHub App.
    App {
        /// The App's number.
        app_id: u64,
        /// Its private key.
        private_key_pem: SecretString,
        /// Its installation; found by owner if `None`.
        installation_id: Option<u64>,
    },
}

/// A saved credential.
#[derive(Clone, Debug)]
pub struct Credential {
    /// What GitHub is asked with.
    pub secret: Secret,
    /// Whose it is, where known.
    pub login: Option<String>,
    /// In words, such as `fine-grained personal access token`.
    pub kind: String,
    /// When it was saved.
    pub saved_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
enum Plain {
    Token(String),
    App { app_id: u64, private_key_pem: String, installation_id: Option<u64> },
}

#[derive(FromRow)]
struct Row {
    login: Option<String>,
    kind: String,
    sealed: Vec<u8>,
    saved_at: i64,
}

impl Store {
    /// Seals and saves a credential in place of an earlier one.
    ///
    /// The key is `secret_key` (`HUBLAKE_SECRET_KEY`) or, without it, a file in the home folder that only its
    /// owner can read, made on first use.
    pub async fn set_credential(&self, credential: &Credential, secret_key: Option<&SecretString>) -> Result<()> {
        let cipher = cipher(&self.home, secret_key, true)?;
        let sealed = seal(&cipher, &credential.secret)?;
        sqlx::query(
            "INSERT INTO credentials (tenant, login, kind, sealed, saved_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant) DO UPDATE SET login = excluded.login, kind = excluded.kind,
                 sealed = excluded.sealed, saved_at = excluded.saved_at",
        )
        .bind(TENANT)
        .bind(&credential.login)
        .bind(&credential.kind)
        .bind(sealed)
        .bind(micros(credential.saved_at))
        .execute(&self.pool)
        .await
        .map_err(statement("saving a credential"))?;
        Ok(())
    }

    /// The saved credential.
    ///
    /// # Errors
    /// [`Error::Sealed`] where the key is another one or the bytes were changed.
    pub async fn credential(&self, secret_key: Option<&SecretString>) -> Result<Option<Credential>> {
        let row: Option<Row> =
            sqlx::query_as("SELECT login, kind, sealed, saved_at FROM credentials WHERE tenant = $1")
                .bind(TENANT)
                .fetch_optional(&self.pool)
                .await
                .map_err(statement("reading a credential"))?;
        let Some(row) = row else { return Ok(None) };
        let secret = open(&cipher(&self.home, secret_key, false)?, &row.sealed)?;
        let saved_at = instant(row.saved_at, "the credential's time")?;
        Ok(Some(Credential { secret, login: row.login, kind: row.kind, saved_at }))
    }

    /// Forgets the saved credential. Tells whether there was one.
    pub async fn delete_credential(&self) -> Result<bool> {
        let done = sqlx::query("DELETE FROM credentials WHERE tenant = $1")
            .bind(TENANT)
            .execute(&self.pool)
            .await
            .map_err(statement("deleting a credential"))?;
        Ok(done.rows_affected() > 0)
    }
}

fn seal(cipher: &XChaCha20Poly1305, secret: &Secret) -> Result<Vec<u8>> {
    let plain = match secret {
        Secret::Token(token) => Plain::Token(token.expose_secret().to_owned()),
        Secret::App { app_id, private_key_pem, installation_id } => Plain::App {
            app_id: *app_id,
            private_key_pem: private_key_pem.expose_secret().to_owned(),
            installation_id: *installation_id,
        },
    };
    let plain = serde_json::to_vec(&plain).map_err(|_| Error::Sealed)?;
    let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
    let sealed = cipher.encrypt(&nonce, Payload { msg: &plain, aad: TENANT.as_bytes() }).map_err(|_| Error::Sealed)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(cipher: &XChaCha20Poly1305, bytes: &[u8]) -> Result<Secret> {
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(Error::Sealed)?;
    let plain = cipher
        .decrypt(XNonce::from_slice(nonce), Payload { msg: sealed, aad: TENANT.as_bytes() })
        .map_err(|_| Error::Sealed)?;
    Ok(match serde_json::from_slice(&plain).map_err(|_| Error::Sealed)? {
        Plain::Token(token) => Secret::Token(token.into()),
        Plain::App { app_id, private_key_pem, installation_id } => {
            Secret::App { app_id, private_key_pem: private_key_pem.into(), installation_id }
        }
    })
}

fn cipher(home: &Path, secret_key: Option<&SecretString>, may_make_key: bool) -> Result<XChaCha20Poly1305> {
    let (name, text) = match secret_key {
        Some(key) => ("HUBLAKE_SECRET_KEY", key.expose_secret().to_owned()),
        None => (KEY_FILE, key_file(&home.join(KEY_FILE), may_make_key)?),
    };
    let bytes = from_hex(text.trim()).or_else(|| from_base64(text.trim())).ok_or_else(|| Error::BadKey {
        name,
        reason: "it is not 32 bytes in hexadecimal digits or base64".to_owned(),
    })?;
    Ok(XChaCha20Poly1305::new(&bytes.into()))
}

/// The key in the file; it is made, readable by its owner only, if it is not there and may be made.
fn key_file(path: &Path, may_make_key: bool) -> Result<String> {
    use std::os::unix::fs::OpenOptionsExt;
    let failed = |source: std::io::Error| Error::BadKey { name: KEY_FILE, reason: source.to_string() };
    match std::fs::read_to_string(path) {
        Ok(text) => return Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && may_make_key => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Error::Sealed),
        Err(error) => return Err(failed(error)),
    }
    let key = XChaCha20Poly1305::generate_key(&mut OsRng);
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    // Written aside and linked into place: it is never seen half-written, and of two processes that make it
    // at once the first one wins.
    let aside = path.with_extension(format!("key.{}", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let linked = options.open(&aside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match std::fs::hard_link(&aside, path) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            linked => linked,
        }
    });
    // What is left aside is in nobody's way, and a failure to make the key is what must be told.
    let _ = std::fs::remove_file(&aside);
    linked.and_then(|()| std::fs::read_to_string(path)).map_err(failed)
}

fn from_base64(text: &str) -> Option<[u8; 32]> {
    let padding = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [&alphabet::STANDARD, &alphabet::URL_SAFE]
        .into_iter()
        .find_map(|letters| GeneralPurpose::new(letters, padding).decode(text).ok()?.try_into().ok())
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}
