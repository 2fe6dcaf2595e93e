//! On which days the stars were given that are there.
//!
//! GitHub lists weeks, newest first, and a star that is taken back leaves its day. The list is read down to where the
//! published weeks account for all the stars that are left.

use hublake_github::{Decoded, Outcome, Request};

use super::repository::Repository;
use crate::Result;
use crate::traffic::Stream;
use crate::traffic::payload::StarWeek;

/// Reads the weeks that changed.
pub(super) async fn ask(repository: &mut Repository<'_>) -> Result<()> {
    let (client, stream) = (repository.run.client, Stream::StarHistory);
    let (repo_id, stars) = (repository.job.target.repo_id, repository.job.stars);
    let full_name = repository.job.target.full_name.clone();
    let owner = full_name.split('/').next().unwrap_or_default();
    let mut known = repository.run.published.star_weeks(repo_id).await?;
    let (place, query) = stream.place();
    let mut next = Some(client.url(&format!("repositories/{repo_id}/{place}"), query));
    let (mut number, mut read) = (0, 0);
    while let Some(url) = next.take() {
        let request = Request::new(url).for_owner(owner);
        let decoded = client.get_decoded(request, |body| serde_json::from_slice::<Vec<StarWeek>>(body)).await;
        let (page, weeks) = match decoded {
            Ok(Decoded::Page(page, weeks)) => (page, weeks),
            Ok(Decoded::Other(outcome)) => {
                repository.spent.push((stream.name(), outcome.spent()));
                // Not every GitHub Enterprise Server has this list.
                if !matches!(outcome, Outcome::NotFound { .. } | Outcome::Gone { .. }) {
                    repository.failures.extend(outcome.problem(&full_name));
                }
                return Ok(());
            }
            Err(error) => {
                repository.failures.push(format!("{full_name}: {error}"));
                return Ok(());
            }
        };
        repository.spent.push((stream.name(), page.spent));
        number += 1;
        read += weeks.iter().map(|week| week.total).sum::<i64>();
        for sunday in weeks.iter().filter_map(StarWeek::sunday) {
            known.remove(&sunday);
        }
        let is_all = !known.is_empty() && read + known.values().sum::<i64>() == stars;
        next = page.next.clone().filter(|_| !is_all);
        // Only the last answer says how many stars the history is of: one that breaks off is read again.
        let of_stars = next.is_none().then_some(stars);
        repository.keep_page(stream, number, page, of_stars).await?;
    }
    Ok(())
}
