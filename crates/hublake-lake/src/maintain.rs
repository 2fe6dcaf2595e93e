//! Keeping a table quick to open: small files are joined.

use std::sync::Arc;

use deltalake_core::protocol::DeltaOperation;
use tokio::sync::mpsc;

use crate::file::{Encoder, Packing};
use crate::rows::decode;
use crate::table::{Table, blocking};
use crate::{DataFile, Error, Result};

/// Files below these sizes are small. Only files of one class are joined with each other, so that a row is
/// written again once a class and not at every joining.
const CLASSES: [u64; 3] = [256 * 1024, 2 * 1024 * 1024, 16 * 1024 * 1024];
/// Small files are joined up to about this size.
const JOINED_BYTES: u64 = 64 * 1024 * 1024;
/// A folder may have this many small files of a class before they are joined.
const SMALL_FILES: usize = 32;

/// What was done to a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Maintenance {
    /// Small files taken out of the table (they stay on disk for earlier versions).
    pub files_joined: usize,
    /// Files written in their place.
    pub files_written: usize,
}

impl Table {
    /// Joins the small files of each folder of an appended table, where there are many.
    ///
    /// The rows and every earlier version stay as they are. A table stored by month is left alone: its files are
    /// joined as they are replaced.
    pub async fn join_small_files(&mut self) -> Result<Maintenance> {
        let mut done = Maintenance::default();
        if self.month_index.is_some() {
            return Ok(done);
        }
        let files = self.snapshot.files.iter();
        let mut small: Vec<_> = files.filter_map(|file| Some((class(file)?, Arc::clone(file)))).collect();
        small.sort_by_key(|(class, file)| (file.partition.clone(), *class, file.modified_ms));
        for folder in
            small.chunk_by(|(class, left), (other, right)| (class, &left.partition) == (other, &right.partition))
        {
            if folder.len() > SMALL_FILES {
                let files: Vec<_> = folder.iter().map(|(_, file)| Arc::clone(file)).collect();
                for group in by_size(&files) {
                    self.join(group).await?;
                    done.files_joined += group.len();
                    done.files_written += 1;
                }
            }
        }
        Ok(done)
    }

    /// Joins files one after the other: no more than two of them lie in memory at a time.
    async fn join(&mut self, group: &[Arc<DataFile>]) -> Result<()> {
        let (table, schema) = (self.snapshot.name.clone(), self.snapshot.file_schema());
        let (send, mut contents) = mpsc::channel(1);
        let joining = blocking(&self.snapshot.name, move || {
            let mut encoder = None;
            while let Some(bytes) = contents.blocking_recv() {
                for batch in decode(&table, &schema, bytes)? {
                    let batch = batch?;
                    let encoder = match &mut encoder {
                        Some(encoder) => encoder,
                        None => encoder.insert(Encoder::new(&table, &schema, Packing::Dense, Some(&batch))?),
                    };
                    encoder.write(&batch)?;
                }
            }
            match encoder {
                Some(encoder) => encoder.finish(),
                None => Encoder::new(&table, &schema, Packing::Dense, None)?.finish(),
            }
        });
        let reading = async {
            let send = send;
            for file in group {
                // A closed channel means that joining failed, and tells why.
                if send.send(self.read_file(file).await?).await.is_err() {
                    break;
                }
            }
            Ok::<(), Error>(())
        };
        let (encoded, read) = tokio::join!(joining, reading);
        read?;
        let encoded = encoded?;
        let rows: usize = group.iter().map(|file| file.rows).sum();
        if encoded.rows != rows {
            return Err(Error::Unusable {
                table: self.snapshot.name.clone(),
                reason: format!(
                    "its log tells of {rows} rows in {} small files, they hold {}",
                    group.len(),
                    encoded.rows
                ),
                hint: "the files stay as they are; compare the table with a backup",
            });
        }
        let partition = group.first().and_then(|file| file.partition.clone());
        let joined = self.put_file(encoded, partition).await?;
        let target_size = i64::try_from(JOINED_BYTES).unwrap_or(i64::MAX);
        self.commit_files(group, vec![joined], DeltaOperation::Optimize { predicate: None, target_size }, false).await
    }
}

fn class(file: &DataFile) -> Option<usize> {
    CLASSES.iter().position(|bound| file.size < *bound)
}

fn by_size(files: &[Arc<DataFile>]) -> Vec<&[Arc<DataFile>]> {
    let mut groups = Vec::new();
    let mut start = 0;
    let mut size = 0;
    for (index, file) in files.iter().enumerate() {
        size += file.size;
        if size >= JOINED_BYTES {
            groups.push(&files[start..=index]);
            start = index + 1;
            size = 0;
        }
    }
    if files.len() - start > 1 {
        groups.push(&files[start..]);
    }
    groups
}
