//! Files in and out of a table: one commit each, and a checkpoint now and then.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use deltalake_core::kernel::{Action, Add, Remove};
use deltalake_core::protocol::DeltaOperation;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};

use super::Table;
use crate::error::{delta_error, storage_error};
use crate::file::Encoded;
use crate::log::{self, Checkpoint, Written};
use crate::{DataFile, Error, Result, Snapshot};

/// Commits between two checkpoints of a small table: opening it reads at most so many.
const CHECKPOINT_EVERY: i64 = 20;
/// A checkpoint holds all that the table holds. It is written anew when the commits since the last are one
/// to so many actions in that, so that a commit's share of it stays the same however long the table grows.
const ACTIONS_PER_COMMIT: i64 = 64;

/// A file that no version names yet, and its statistics as the log is to have them.
pub(crate) struct NewFile {
    pub(crate) file: Arc<DataFile>,
    stats_json: String,
}

impl Table {
    /// Reads the table's newest version, which another writer made.
    pub(super) async fn reload(&mut self) -> Result<()> {
        self.snapshot = Snapshot::load(&self.snapshot.name, self.snapshot.url.clone(), None).await?;
        self.transactions = None;
        Ok(())
    }

    /// Writes one commit that takes `removed` out of the table and puts `added` into it.
    ///
    /// Where another writer was quicker, a commit without `data_change` is tried again as long as all of
    /// `removed` is there; any other is given up with [`Error::Conflict`].
    pub(crate) async fn commit_files(
        &mut self,
        removed: &[Arc<DataFile>],
        added: Vec<NewFile>,
        operation: DeltaOperation,
        data_change: bool,
    ) -> Result<()> {
        loop {
            let version = self.snapshot.version + 1;
            let mut actions: Vec<Action> =
                removed.iter().map(|file| Action::Remove(self.remove_action(file, data_change))).collect();
            actions.extend(added.iter().map(|new| Action::Add(self.add_action(new, data_change))));
            let operation = operation.clone();
            match log::write_entry(&self.snapshot.name, &self.log, version, actions, operation, Vec::new()).await? {
                Written::Committed => {
                    let gone: HashSet<&str> = removed.iter().map(|file| file.path.as_str()).collect();
                    self.snapshot.version = version;
                    self.snapshot.files.retain(|file| !gone.contains(file.path.as_str()));
                    self.snapshot.files.extend(added.into_iter().map(|new| new.file));
                    break;
                }
                Written::VersionTaken => {
                    self.reload().await?;
                    // A store may carry a put out and lose the answer; the put it then repeats finds its own entry.
                    if !added.is_empty() && self.holds_all(&added) {
                        break;
                    }
                    if data_change || !self.has_files(removed.iter().map(|file| file.path.as_str())) {
                        self.delete_files(added.iter().map(|new| new.file.path.as_str())).await;
                        return Err(Error::Conflict { table: self.snapshot.name.clone(), version });
                    }
                }
            }
        }
        self.checkpoint_if_due().await;
        Ok(())
    }

    pub(super) fn holds_all(&self, added: &[NewFile]) -> bool {
        self.has_files(added.iter().map(|new| new.file.path.as_str()))
    }

    fn has_files<'a>(&self, mut paths: impl Iterator<Item = &'a str>) -> bool {
        let here: HashSet<&str> = self.snapshot.files.iter().map(|file| file.path.as_str()).collect();
        paths.all(|path| here.contains(path))
    }

    pub(crate) async fn put_file(&self, encoded: Encoded, partition: Option<String>) -> Result<NewFile> {
        let name = format!("part-{}.parquet", uuid::Uuid::new_v4());
        let path = match (&self.snapshot.partition_column, &partition) {
            (Some(column), Some(value)) => format!("{column}={value}/{name}"),
            _ => name,
        };
        let size = encoded.bytes.len() as u64;
        let place = self.place(&path);
        let put = self.store.put(&place, PutPayload::from(encoded.bytes)).await;
        put.map_err(|source| storage_error(&place, "writing rows", source))?;
        let mut file = DataFile { path, size, rows: 0, modified_ms: now_ms(), partition, bounds: Vec::new() };
        file.describe(&encoded.stats_json, &self.snapshot.schema, self.snapshot.partition_column.as_deref());
        Ok(NewFile { file: Arc::new(file), stats_json: encoded.stats_json })
    }

    pub(crate) async fn read_file(&self, file: &DataFile) -> Result<Bytes> {
        let place = self.place(&file.path);
        let failed = |source| storage_error(&place, "reading rows", source);
        self.store.get(&place).await.map_err(failed)?.bytes().await.map_err(failed)
    }

    /// Deletes files that no version names; what cannot be deleted is left to the clean-up of orphans.
    pub(crate) async fn delete_files(&self, paths: impl Iterator<Item = &str>) {
        for path in paths {
            if let Err(error) = self.store.delete(&self.place(path)).await {
                tracing::debug!(table = self.snapshot.name, path, %error, "an unused file stays behind");
            }
        }
    }

    fn place(&self, path: &str) -> Path {
        Path::from_iter(std::iter::once(self.snapshot.name.as_str()).chain(path.split('/')))
    }

    /// A checkpoint only makes opening quicker: without it the commit before it counts all the same.
    pub(super) async fn checkpoint_if_due(&mut self) {
        let version = self.snapshot.version;
        if !is_checkpoint_due(version, self.checkpoint) {
            return;
        }
        let written = deltalake_core::checkpoints::create_checkpoint_from_table_url_and_cleanup(
            self.snapshot.url.clone(),
            u64::try_from(version).unwrap_or_default(),
            Some(false),
            None,
        )
        .await;
        if let Err(source) = written {
            let error = delta_error(&self.snapshot.name, "writing a checkpoint", source);
            tracing::warn!(table = self.snapshot.name, version, %error, "opening the table stays slower");
        }
        self.checkpoint = log::last_checkpoint(&self.snapshot.name, self.store.as_ref()).await;
        // After a failure the next try is as far away as after a success.
        self.checkpoint.version = self.checkpoint.version.max(version);
    }

    pub(super) fn add_action(&self, new: &NewFile, data_change: bool) -> Add {
        Add {
            path: new.file.path.clone(),
            partition_values: self.partition_values(&new.file),
            size: i64::try_from(new.file.size).unwrap_or(i64::MAX),
            modification_time: new.file.modified_ms,
            data_change,
            stats: Some(new.stats_json.clone()),
            ..Add::default()
        }
    }

    fn remove_action(&self, file: &DataFile, data_change: bool) -> Remove {
        Remove {
            path: file.path.clone(),
            data_change,
            deletion_timestamp: Some(now_ms()),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition_values(file)),
            size: Some(i64::try_from(file.size).unwrap_or(i64::MAX)),
            ..Default::default()
        }
    }

    fn partition_values(&self, file: &DataFile) -> HashMap<String, Option<String>> {
        self.snapshot.partition_column.iter().map(|column| (column.clone(), file.partition.clone())).collect()
    }
}

fn is_checkpoint_due(version: i64, last: Checkpoint) -> bool {
    version - last.version >= CHECKPOINT_EVERY.max(last.actions / ACTIONS_PER_COMMIT)
}

fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many actions are written into checkpoints while a table grows by one action a commit.
    fn actions_checkpointed(commits: i64) -> i64 {
        let mut last = Checkpoint::default();
        let mut written = 0;
        for version in 1..=commits {
            if is_checkpoint_due(version, last) {
                last = Checkpoint { version, actions: version };
                written += version;
            }
        }
        written
    }

    #[test]
    fn a_commits_share_of_checkpoints_does_not_grow_with_the_table() {
        for commits in [1_000, 10_000, 100_000, 1_000_000] {
            let share = actions_checkpointed(commits) / commits;
            assert!(share <= ACTIONS_PER_COMMIT + 1, "{share} actions a commit at {commits} commits");
        }
    }
}
