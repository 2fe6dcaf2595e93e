//! The days on which stars were given: one answer tells those of thirty weeks.

use futures::StreamExt;
use hublake_github::Outcome;

use super::ask::{Asking, Kept, Refused};
use super::ledger::Ledger;
use super::search::Found;
use crate::Result;
use crate::traffic::payload::StarWeek;
use crate::trending::stream;

/// Asks for the newest weeks of each repository; tells how many came.
pub(super) async fn ask_stars(asking: &Asking<'_>, ledger: &Ledger, found: &[&Found]) -> Result<usize> {
    ledger.is_about(found.len());
    let asked: Vec<Result<bool>> = futures::stream::iter(found.iter().copied())
        .map(|found| ask_one(asking, ledger, found))
        .buffer_unordered(asking.run.options.concurrency.max(1))
        .collect()
        .await;
    let mut came = 0;
    for one in asked {
        came += usize::from(one?);
    }
    Ok(came)
}

async fn ask_one(asking: &Asking<'_>, ledger: &Ledger, found: &Found) -> Result<bool> {
    let path = format!("repositories/{}/stargazers/history", found.repo_id);
    let url = asking.run.client.url(&path, &[("per_page", "30")]);
    let weeks = |body: &[u8]| serde_json::from_slice::<Vec<StarWeek>>(body).map(drop);
    match asking.get(ledger, stream::STAR_HISTORY, url, found.owner(), weeks).await {
        Ok((page, ())) => {
            let kept = Kept::of_page(stream::STAR_HISTORY, &page);
            asking.keep_stars(kept, found.repo_id, &found.full_name).await?;
            Ok(true)
        }
        // Not every GitHub Enterprise Server has this list.
        Err(Refused::Outcome(Outcome::NotFound { .. } | Outcome::Gone { .. })) => Ok(false),
        Err(refused) => {
            ledger.fails(refused.message(&found.full_name));
            Ok(false)
        }
    }
}
