//! The further pages of one repository's commits or closed issues.

use hublake_github::Outcome;

use super::answer::{WENT_PRIVATE, check, element, error_of, page_of};
use super::request::{Metric, tail_request};
use crate::Result;
use crate::events::Api;
use crate::trending::collect::ask::{Asking, Kept, Refused};
use crate::trending::collect::ledger::Ledger;
use crate::trending::collect::search::Found;
use crate::trending::{RawElementKind, is_private, stream};

/// Elements of a page at most, and the fewest that are worth a query.
const MOST_ELEMENTS: usize = 100;
const FEWEST_ELEMENTS: usize = 10;

/// Pages that are still to be asked for.
pub(super) struct Tail {
    pub(super) found: Found,
    pub(super) metric: Metric,
    /// Where they begin; none for the first.
    pub(super) after: Option<String>,
}

/// Asks for them one after the other; without the last of them nothing is counted.
pub(super) async fn follow(asking: &Asking<'_>, ledger: &Ledger, tail: Tail) -> Result<()> {
    let Tail { found, metric, mut after } = tail;
    let mut first = MOST_ELEMENTS;
    loop {
        let request = tail_request(metric, &found.full_name, asking.window_start, (first, after.as_deref()));
        let answer = match asking.query(ledger, stream::REPO_METRICS, request).await {
            Ok(answer) => answer,
            Err(Refused::Outcome(Outcome::TooSlow { .. })) if first > FEWEST_ELEMENTS => {
                ledger.retries();
                first /= 2;
                continue;
            }
            Err(refused) => {
                ledger.fails(refused.message(&found.full_name));
                return Ok(());
            }
        };
        let alias = format!("{}0", metric.alias());
        let read = answer
            .data
            .get(&alias)
            .filter(|_| error_of(&answer, &alias).is_none())
            .ok_or("they came incomplete\nhint: run again; if it stays so, use --api rest".to_owned());
        let read = read.and_then(|payload| {
            let (database_id, next) = page_of(metric, payload)?;
            check(found.repo_id, database_id)?;
            Ok((payload, next))
        });
        if read.as_ref().is_ok_and(|(payload, _)| is_private(payload)) {
            ledger.fails(WENT_PRIVATE.to_owned());
            return Ok(());
        }
        let (payload, next) = match read {
            Ok(read) => read,
            Err(reason) => {
                ledger.fails(format!("{}: its {}: {reason}", found.full_name, metric.as_str()));
                return Ok(());
            }
        };
        let kind = RawElementKind::Metric {
            metric: metric.as_str(),
            api: Api::Graphql,
            window_start: asking.window_start,
            outcome: if next.is_some() { "more" } else { "answer" },
        };
        let elements = vec![element(&found, kind, Some(payload))];
        asking.keep(Kept::of_query(stream::REPO_METRICS, &answer), elements).await?;
        match next {
            Some(next) => after = Some(next),
            None => return Ok(()),
        }
    }
}
