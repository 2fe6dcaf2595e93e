//! Which repositories are ready to be published, and where their cursors go.

use std::collections::HashMap;

use anyhow::Result;
use chrono::DateTime;
use hublake_collect::issues;
use hublake_store::{Cursor, Repository};

use crate::home::Home;
use crate::pipeline::Pipeline;

/// Repositories with a complete, unpublished run, and the complete cursors of the streams beside the first. Of a
/// pipeline that is published as a whole it is repository 0 of no name.
pub(super) async fn pending(home: &Home, pipeline: &Pipeline) -> Result<(Vec<(Cursor, Repository)>, Vec<Cursor>)> {
    let mut repositories: HashMap<i64, Repository> =
        home.store.all_repositories().await?.into_iter().map(|one| (one.repo_id, one)).collect();
    if pipeline.is_whole {
        repositories.insert(0, whole());
    }
    let (mut pending, mut beside) = (Vec::new(), Vec::new());
    for (place, stream) in pipeline.streams.iter().enumerate() {
        let complete = complete(home, stream).await?;
        match place {
            0 => pending.extend(complete.into_iter().filter_map(|cursor| {
                let repository = repositories.remove(&cursor.repo_id)?;
                Some((cursor, repository))
            })),
            _ => beside.extend(complete),
        }
    }
    Ok((pending, beside))
}

/// Stands for all repositories of a pipeline that is published as a whole.
fn whole() -> Repository {
    Repository {
        repo_id: 0,
        owner: String::new(),
        name: String::new(),
        is_private: false,
        is_archived: false,
        is_selected: false,
        added_at: DateTime::UNIX_EPOCH,
        removed_at: None,
    }
}

async fn complete(home: &Home, stream: &str) -> Result<Vec<Cursor>> {
    let cursors = home.store.cursors(stream).await?;
    let is_complete = |cursor: &Cursor| cursor.attempt.as_ref().is_some_and(|attempt| attempt.complete);
    Ok(cursors.into_iter().filter(is_complete).collect())
}

/// The cursor once its attempt is published.
pub(super) fn moved_cursor(cursor: Cursor) -> Cursor {
    let Some(attempt) = &cursor.attempt else { return cursor };
    Cursor {
        watermark_updated_at: attempt.max_updated_at.or(cursor.watermark_updated_at),
        probe_url: attempt.probe_url.clone(),
        probe_etag: attempt.probe_etag.clone(),
        published_run_seq: Some(attempt.last_run_seq),
        // Events have no repair: their cursor notes when vanished issues were last looked for.
        last_repair_at: match attempt.is_repair && cursor.stream == issues::STREAM {
            true => Some(attempt.started_at),
            false => cursor.last_repair_at,
        },
        attempt: None,
        ..cursor
    }
}
