//! Locks that die with their process.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::store::make_folder;
use crate::{Error, Result, Store};

const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process.
    pub process_id: u32,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What for, such as `run issues`.
    pub what: String,
}

/// A lock that is held until it is dropped or its process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

/// Whether a lock could be had.
#[derive(Debug)]
pub enum LockOutcome {
    /// It is ours.
    Held(Lock),
    /// Another has it; who, if it could be read.
    HeldBy(Option<Holder>),
}

impl Store {
    /// Tries to take the lock `name`; `what` tells others what it is held for.
    pub fn lock(&self, name: &str, what: &str) -> Result<LockOutcome> {
        let path = path_of(&self.home, name)?;
        try_lock(&path, what).map_err(|source| Error::Lock { path, source })
    }

    /// Takes the lock `name`, waiting while another holds it; `on_wait` is told once who that is.
    pub async fn lock_or_wait(&self, name: &str, what: &str, on_wait: impl Fn(Option<&Holder>)) -> Result<Lock> {
        let mut told = false;
        loop {
            match self.lock(name, what)? {
                LockOutcome::Held(lock) => return Ok(lock),
                LockOutcome::HeldBy(holder) => {
                    if !told {
                        on_wait(holder.as_ref());
                        told = true;
                    }
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The content is for people; closing the file frees the lock, whether or not it could be cleared.
        let _ = self.file.set_len(0);
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.since.format("%Y-%m-%d %H:%M:%S UTC");
        write!(out, "{} (process {}, since {since})", self.what, self.process_id)
    }
}

/// The file of a lock; the folder is made if it is not there.
pub(crate) fn path_of(home: &Path, name: &str) -> Result<PathBuf> {
    let folder = home.join("locks");
    make_folder(&folder).map_err(|source| Error::Lock { path: folder.clone(), source })?;
    Ok(folder.join(format!("{}.lock", escaped(name))))
}

/// Takes a lock that is only ever held for a moment.
pub(crate) async fn wait_for_moment(home: &Path, name: &str) -> Result<Lock> {
    let path = path_of(home, name)?;
    let failed = |source| Error::Lock { path: path.clone(), source };
    let file = open_file(&path).map_err(failed)?;
    let locking = tokio::task::spawn_blocking(move || file.lock().map(|()| Lock { file }));
    locking.await.map_err(std::io::Error::other).flatten().map_err(failed)
}

fn open_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

/// A lock's name as a file name, one to one.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => escaped.push(char::from(byte)),
            _ => escaped.push_str(&format!("%{byte:02x}")),
        }
    }
    escaped
}

fn try_lock(path: &Path, what: &str) -> std::io::Result<LockOutcome> {
    let mut file = open_file(path)?;
    match file.try_lock() {
        Ok(()) => {
            let holder = Holder { process_id: std::process::id(), since: Utc::now(), what: what.to_owned() };
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(serde_json::to_string(&holder)?.as_bytes())?;
            Ok(LockOutcome::Held(Lock { file }))
        }
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok(LockOutcome::HeldBy(serde_json::from_str(&text).ok()))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}
