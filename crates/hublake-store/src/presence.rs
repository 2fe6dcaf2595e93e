//! Signs of life: how others tell whether the process of an unfinished run is gone.
//!
//! A process number says nothing, because it is given again. Each process that runs something holds a lock by
//! a name that nobody else ever uses; the name is kept with the run.

use std::sync::PoisonError;

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{AeadCore, OsRng};

use crate::lock::{self, Lock, LockOutcome};
use crate::{Error, Result, Store};

/// This process's sign of life.
#[derive(Debug)]
pub(crate) struct Presence {
    name: String,
    _lock: Lock,
}

impl Store {
    /// The name of this process's sign of life; it is given at the first call.
    pub(crate) fn own_presence(&self) -> Result<String> {
        let mut presence = self.presence.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(presence) = &*presence {
            return Ok(presence.name.clone());
        }
        let random = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        let name: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("process-{name}");
        match self.lock(&name, "a run")? {
            LockOutcome::Held(lock) => *presence = Some(Presence { name: name.clone(), _lock: lock }),
            LockOutcome::HeldBy(_) => {
                let path = lock::path_of(&self.home, &name)?;
                return Err(Error::Lock { path, source: std::io::ErrorKind::WouldBlock.into() });
            }
        }
        Ok(name)
    }

    /// Whether the process with this sign of life lives; the file of one that does not is deleted.
    pub(crate) fn is_present(&self, name: &str) -> Result<bool> {
        let path = lock::path_of(&self.home, name)?;
        if !path.exists() {
            return Ok(false);
        }
        let is_free = matches!(self.lock(name, "looking")?, LockOutcome::Held(_));
        if is_free {
            // Nobody takes this name again; a file that stays is only in the way.
            let _ = std::fs::remove_file(path);
        }
        Ok(!is_free)
    }
}
