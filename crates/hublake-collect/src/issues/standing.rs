//! Where collecting a repository stands, and what follows from it.

use chrono::{DateTime, TimeDelta, Utc};
use hublake_store::Attempt;
use url::Url;

use super::pages::ReadPage;
use super::repository::Repository;

/// Items move between pages while a list is read: known items this close to the watermark are read again.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);
/// How far a repair looks back.
const REPAIR_OVERLAP: TimeDelta = TimeDelta::days(30);
/// A list that changed is repaired when the last repair is this long ago.
const REPAIR_EVERY: TimeDelta = TimeDelta::days(7);

/// Where following the list ends: at a page with rows older than this or, where it must be known, at the first
/// page that is wholly known and reaches past it.
pub(super) struct Stop {
    pub(super) older_than: DateTime<Utc>,
    pub(super) must_be_known: bool,
}

impl Repository<'_> {
    /// A first load that ended before its last page, where something of it is in the lake.
    pub(super) fn interrupted_load(&self) -> Option<Attempt> {
        let attempt = self.target.cursor.as_ref()?.attempt.clone()?;
        let goes_on = !attempt.complete && attempt.mode == "full" && attempt.committed_updated_at.is_some();
        (goes_on && !self.run.options.full).then_some(Attempt { last_run_seq: self.run.stamp.run_seq, ..attempt })
    }

    /// What is in the lake, published or about to be.
    fn collected(&self) -> Option<&Attempt> {
        self.target.cursor.as_ref()?.attempt.as_ref().filter(|attempt| attempt.complete)
    }

    pub(super) fn watermark(&self) -> Option<DateTime<Utc>> {
        let cursor = self.target.cursor.as_ref()?;
        self.collected().and_then(|attempt| attempt.max_updated_at).or(cursor.watermark_updated_at)
    }

    /// The ETag of what is in the lake, for this very address. What an option asks for again is asked
    /// without one.
    pub(super) fn known_etag(&self, url: &Url) -> Option<String> {
        let options = self.run.options;
        if options.full || options.since.is_some() || options.overlap.is_some() {
            return None;
        }
        let cursor = self.target.cursor.as_ref()?;
        let (probe_url, etag) = match self.collected() {
            Some(attempt) => (&attempt.probe_url, &attempt.probe_etag),
            None => (&cursor.probe_url, &cursor.probe_etag),
        };
        etag.clone().filter(|_| probe_url.as_deref() == Some(url.as_str()))
    }

    pub(super) fn new_attempt(&self, probe_url: &Url, page: &ReadPage) -> Attempt {
        Attempt {
            first_run_seq: self.run.stamp.run_seq,
            last_run_seq: self.run.stamp.run_seq,
            started_at: self.run.options.run_at,
            mode: if self.is_first() { "full" } else { "incremental" }.to_owned(),
            committed_updated_at: None,
            max_updated_at: page.newest(),
            probe_url: Some(probe_url.to_string()),
            probe_etag: page.etag.clone(),
            complete: false,
            is_repair: false,
        }
    }

    /// Whether what is published has its events.
    pub(super) fn has_events(&self) -> bool {
        let cursor = self.target.events_cursor.as_ref();
        cursor.is_some_and(|cursor| {
            cursor.published_run_seq.is_some() || cursor.attempt.as_ref().is_some_and(|attempt| attempt.complete)
        })
    }

    /// Whether it is time to look for vanished issues though nothing changed.
    pub(super) fn is_sweep_due(&self) -> bool {
        let last = self.target.events_cursor.as_ref().and_then(|cursor| cursor.last_repair_at);
        self.run.options.sweep || last.is_none_or(|at| self.run.options.run_at - at >= REPAIR_EVERY)
    }

    /// For a run that found no change in the list: everything stays as it is published.
    pub(super) fn idle_attempt(&self) -> Attempt {
        let cursor = self.target.cursor.as_ref();
        let (probe_url, probe_etag) = match self.collected() {
            Some(attempt) => (attempt.probe_url.clone(), attempt.probe_etag.clone()),
            None => cursor.map(|cursor| (cursor.probe_url.clone(), cursor.probe_etag.clone())).unwrap_or_default(),
        };
        Attempt {
            first_run_seq: self.run.stamp.run_seq,
            last_run_seq: self.run.stamp.run_seq,
            started_at: self.run.options.run_at,
            mode: "incremental".to_owned(),
            committed_updated_at: None,
            max_updated_at: self.watermark(),
            probe_url,
            probe_etag,
            complete: false,
            is_repair: self.collected().is_some_and(|attempt| attempt.is_repair),
        }
    }

    /// Down to where the list is followed.
    pub(super) fn stop(&self, attempt: &mut Attempt) -> Stop {
        let options = self.run.options;
        if let Some(since) = options.since {
            return Stop { older_than: since, must_be_known: false };
        }
        let Some(watermark) = self.watermark() else {
            return Stop { older_than: DateTime::<Utc>::MIN_UTC, must_be_known: false };
        };
        if let Some(overlap) = options.overlap {
            return Stop { older_than: watermark - overlap, must_be_known: false };
        }
        let last_repair = self.target.cursor.as_ref().and_then(|cursor| cursor.last_repair_at);
        if last_repair.is_none_or(|at| options.run_at - at >= REPAIR_EVERY) {
            attempt.is_repair = true;
            return Stop { older_than: watermark - REPAIR_OVERLAP, must_be_known: false };
        }
        Stop { older_than: watermark - OVERLAP, must_be_known: true }
    }
}
