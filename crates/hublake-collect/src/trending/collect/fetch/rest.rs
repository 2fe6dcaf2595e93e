//! Files by REST, one at a time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hublake_github::Outcome;

use super::content::{Content, MOST_BYTES};
use super::{Fetched, Want};
use crate::Result;
use crate::trending::collect::ask::{Asking, Kept, Refused};
use crate::trending::collect::ledger::Ledger;
use crate::trending::{RestFile, stream};

/// Asks for a file by its path.
pub(super) async fn ask(asking: &Asking<'_>, ledger: &Ledger, want: Want<'_>) -> Result<Fetched> {
    let found = &want.described.found;
    let url = asking.run.client.url(&format!("repositories/{}/contents/{}", found.repo_id, want.path), &[]);
    // A folder is a list.
    let read = |body: &[u8]| match body.first() {
        Some(b'[') => Ok(None),
        _ => serde_json::from_slice::<RestFile>(body).map(Some),
    };
    let mut fetched = Fetched::default();
    let (kept, content) = match asking.get(ledger, stream::REPO_FILES, url, found.owner(), read).await {
        Ok((page, file)) => (Kept::of_page(stream::REPO_FILES, &page), file.map_or(Content::Missing, content)),
        Err(Refused::Outcome(Outcome::NotFound { .. })) if want.sha.is_none() => return Ok(fetched),
        Err(refused) => {
            let message = refused.message(&format!("{}: {}", found.full_name, want.path));
            ledger.fails(message.clone());
            (Kept::without_answer(stream::REPO_FILES, asking.now()), Content::Failed(message))
        }
    };
    fetched.keep(asking, kept, vec![(want, content)]).await?;
    Ok(fetched)
}

fn content(file: RestFile) -> Content {
    let RestFile { sha, size, encoding, content } = file;
    if size > MOST_BYTES || encoding.as_deref() == Some("none") {
        return Content::TooLarge;
    }
    let content = content.unwrap_or_default();
    let digits: String = content.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    match STANDARD.decode(digits).ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
        // What GraphQL calls binary.
        Some(text) if text.contains('\0') => Content::NoText { sha, size },
        Some(text) => Content::Text { sha, size, text },
        None => Content::NoText { sha, size },
    }
}
