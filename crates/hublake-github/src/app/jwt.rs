//! The signed statement by which a GitHub App proves who it is.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use crate::error::Error;

/// GitHub refuses statements that last longer than ten minutes.
const LIFE: Duration = Duration::minutes(9);
/// GitHub's clock may be behind ours, and a statement from the future is refused.
const BACKDATED: Duration = Duration::seconds(60);

pub(super) struct Signer {
    app_id: u64,
    key: EncodingKey,
}

#[derive(Serialize)]
struct Claims {
    iat: i64,
    exp: i64,
    iss: String,
}

impl Signer {
    pub(super) fn new(app_id: u64, private_key_pem: &SecretString) -> Result<Self, Error> {
        let key = EncodingKey::from_rsa_pem(private_key_pem.expose_secret().as_bytes()).map_err(|_| Error::App {
            app_id,
            reason: "its private key is not a readable RSA key".to_owned(),
            hint: "use the .pem file as GitHub offers it on the App's settings page",
        })?;
        Ok(Self { app_id, key })
    }

    pub(super) fn sign(&self, now: DateTime<Utc>) -> Result<SecretString, Error> {
        let claims =
            Claims { iat: (now - BACKDATED).timestamp(), exp: (now + LIFE).timestamp(), iss: self.app_id.to_string() };
        let signed = jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &self.key);
        signed.map(SecretString::from).map_err(|error| Error::App {
            app_id: self.app_id,
            reason: format!("its private key cannot sign: {error}"),
            hint: "make a new private key on the App's settings page",
        })
    }
}
