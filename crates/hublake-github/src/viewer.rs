//! Who the token is, and what is left of its limits.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use http::HeaderMap;
use serde::Deserialize;

use crate::app::Authority;
use crate::client::{Call, Client, Method};
use crate::error::Error;
use crate::headers;
use crate::outcome::{Outcome, Request, Spent};
use crate::rate::{RateLimit, Resource};
use crate::token::TokenKind;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The user's login, or the App's slug; none for an installation token, which is no user, and without a token.
    pub login: Option<String>,
    /// The token's kind.
    pub kind: TokenKind,
    /// Scopes of a classic or OAuth token; none for other kinds, whose permissions GitHub does not tell.
    pub scopes: Option<Vec<String>>,
    /// When the token expires; none if it never does or GitHub does not say.
    pub expires_at: Option<DateTime<Utc>>,
    /// What it took.
    pub spent: Spent,
}

/// What asking for the viewer came to.
#[derive(Debug, Clone)]
pub enum ViewerOutcome {
    /// GitHub knows the token.
    Known(Viewer),
    /// It cannot be said; never [`Outcome::Page`].
    Unavailable(Outcome),
}

impl Client {
    /// Asks who the token is: the proof that GitHub accepts it.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn viewer(&self) -> Result<ViewerOutcome, Error> {
        let kind = self.token_kind();
        let call = match (&self.inner.authority, kind) {
            (Authority::App(_), _) => Call::as_app(Method::Get, self.url("app", &[])),
            // No user stands behind these; the free endpoint still tells whether the token is accepted.
            (_, TokenKind::Installation | TokenKind::Anonymous) => Call::get(Request::new(self.url("rate_limit", &[]))),
            _ => Call::get(Request::new(self.url("user", &[]))),
        };
        let readable = |body: &[u8]| serde_json::from_slice::<Body>(body).map(drop).map_err(|error| error.to_string());
        Ok(match self.call(call, &readable).await? {
            Outcome::Page(page) => {
                let body = serde_json::from_slice::<Body>(&page.body).unwrap_or_default();
                ViewerOutcome::Known(Viewer {
                    login: body.login.or(body.slug),
                    kind,
                    scopes: scopes(&page.headers),
                    expires_at: expiry(&page.headers),
                    spent: page.spent,
                })
            }
            outcome => ViewerOutcome::Unavailable(outcome),
        })
    }

    /// Asks for the state of every bucket; free. None where the server has no limits or refuses the token.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn rate_limits(&self) -> Result<Option<BTreeMap<Resource, RateLimit>>, Error> {
        let call = Call::get(Request::new(self.url("rate_limit", &[])));
        let readable =
            |body: &[u8]| serde_json::from_slice::<Limits>(body).map(drop).map_err(|error| error.to_string());
        let Outcome::Page(page) = self.call(call, &readable).await? else {
            return Ok(None);
        };
        let limits = serde_json::from_slice::<Limits>(&page.body).unwrap_or_default();
        Ok(Some(limits.resources.into_iter().filter_map(|(name, bucket)| bucket.named(&name)).collect()))
    }
}

#[derive(Default, Deserialize)]
struct Body {
    login: Option<String>,
    slug: Option<String>,
}

#[derive(Default, Deserialize)]
struct Limits {
    resources: BTreeMap<String, Bucket>,
}

#[derive(Deserialize)]
struct Bucket {
    limit: u32,
    remaining: u32,
    #[serde(default)]
    used: u32,
    reset: i64,
}

impl Bucket {
    fn named(self, name: &str) -> Option<(Resource, RateLimit)> {
        let resource = Resource::from_name(name);
        let reset_at = DateTime::from_timestamp(self.reset, 0)?;
        let (limit, remaining, used) = (self.limit, self.remaining, self.used);
        Some((resource.clone(), RateLimit { resource, limit, remaining, used, reset_at }))
    }
}

fn scopes(headers: &HeaderMap) -> Option<Vec<String>> {
    let listed = headers::text(headers, "x-oauth-scopes")?;
    Some(listed.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect())
}

/// GitHub writes `2026-12-01 10:00:00 UTC` or `2026-12-01 10:00:00 +0200`.
fn expiry(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers::text(headers, "github-authentication-token-expiration")?.trim();
    if let Some(utc) = text.strip_suffix(" UTC") {
        return Some(NaiveDateTime::parse_from_str(utc, "%Y-%m-%d %H:%M:%S").ok()?.and_utc());
    }
    Some(DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok()?.to_utc())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("2026-12-01 10:00:00 UTC", Some("2026-12-01T10:00:00Z"))]
    #[case("2026-12-01 10:00:00 +0200", Some("2026-12-01T08:00:00Z"))]
    #[case("never", None)]
    fn expiry_is_read_in_both_ways_of_writing(#[case] text: &str, #[case] expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert("github-authentication-token-expiration", text.parse().unwrap());
        assert_eq!(expiry(&headers), expected.map(|text| text.parse().unwrap()));
    }
}
