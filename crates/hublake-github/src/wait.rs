//! Who waits for what, for a terminal to show.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::rate::Resource;

/// A wait that is going on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The bucket that the request draws on.
    pub resource: Resource,
    /// Why.
    pub reason: WaitReason,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// Why a request waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WaitReason {
    /// The primary limit is used up, down to the floor that is left untouched.
    Primary,
    /// GitHub asks to slow down.
    Secondary,
    /// The client spreads its requests over the minute.
    Pacing,
}

/// All waits that are going on; listeners see the one that ends last.
#[derive(Debug)]
pub(crate) struct Waits {
    current: Mutex<(u64, Vec<(u64, Wait)>)>,
    sender: watch::Sender<Option<Wait>>,
}

/// Takes its wait back when dropped.
pub(crate) struct WaitGuard {
    waits: Arc<Waits>,
    id: u64,
}

impl Waits {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { current: Mutex::default(), sender: watch::Sender::new(None) })
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Option<Wait>> {
        self.sender.subscribe()
    }

    pub(crate) fn begin(self: &Arc<Self>, wait: Wait) -> WaitGuard {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.0 += 1;
        let id = current.0;
        current.1.push((id, wait));
        self.tell(&current.1);
        WaitGuard { waits: Arc::clone(self), id }
    }

    fn tell(&self, waits: &[(u64, Wait)]) {
        let longest = waits.iter().map(|(_, wait)| wait).max_by_key(|wait| wait.until).cloned();
        self.sender.send_if_modified(|shown| {
            let changed = *shown != longest;
            *shown = longest;
            changed
        });
    }
}

impl Drop for WaitGuard {
    fn drop(&mut self) {
        let mut current = self.waits.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.1.retain(|(id, _)| *id != self.id);
        self.waits.tell(&current.1);
    }
}
