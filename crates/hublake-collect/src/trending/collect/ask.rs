//! Asking GitHub within a run: what every request of it shares.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use hublake_github::{
    Decoded, GraphqlAnswer, GraphqlBody, GraphqlData, GraphqlOutcome, GraphqlRateLimit, GraphqlRequest, Outcome, Page,
    RateLimit, Request, Spent,
};
use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use super::Run;
use super::ledger::Ledger;
use crate::raw_writer::{Content, RawPage, RawSender, WholeAnswer};
use crate::trending::{PIPELINE, RawElement, stream};
use crate::{Event, Result, tables};

/// Days of the window of commits, issues and contributors.
const WINDOW_DAYS: i64 = 7;

/// A run on its way.
pub(super) struct Asking<'a> {
    pub(super) run: &'a Run<'a>,
    started: Instant,
    /// Where the window of commits and closed issues begins.
    pub(super) window_start: DateTime<Utc>,
    sender: RawSender,
    pages: AtomicI64,
    rows: AtomicI64,
    /// Repositories whose details some branch asks for.
    claimed: Mutex<HashSet<i64>>,
    spent: Mutex<BTreeMap<&'static str, Spent>>,
}

/// An answer to be kept.
pub(super) struct Kept {
    pub(super) stream: &'static str,
    url: String,
    status: u16,
    etag: Option<String>,
    pub(super) fetched_at: DateTime<Utc>,
    body: Bytes,
    rate: Option<RateLimit>,
}

impl Kept {
    pub(super) fn of_page(stream: &'static str, page: &Page) -> Self {
        Self {
            stream,
            url: page.url.to_string(),
            status: page.status,
            etag: page.etag.clone(),
            fetched_at: page.fetched_at,
            body: page.body.clone(),
            rate: page.rate.clone(),
        }
    }

    /// For what is to be kept without an answer; it is no page.
    pub(super) fn without_answer(stream: &'static str, at: DateTime<Utc>) -> Self {
        Self { stream, url: String::new(), status: 0, etag: None, fetched_at: at, body: Bytes::new(), rate: None }
    }

    pub(super) fn is_answer(&self) -> bool {
        self.status > 0
    }

    pub(super) fn of_query(stream: &'static str, answer: &GraphqlAnswer<Aliases>) -> Self {
        Self {
            stream,
            url: answer.url.to_string(),
            status: answer.status,
            etag: None,
            fetched_at: answer.fetched_at,
            body: answer.body.clone(),
            rate: answer.rate.clone(),
        }
    }
}

/// Why there is no answer.
pub(super) enum Refused {
    /// GitHub's refusal.
    Outcome(Outcome),
    /// No usable answer came.
    Error(hublake_github::Error),
}

impl Refused {
    /// What to tell of it.
    pub(super) fn message(&self, subject: &str) -> String {
        match self {
            Self::Outcome(outcome) => outcome.problem(subject).unwrap_or_default(),
            Self::Error(error) => format!("{subject}: {error}"),
        }
    }

    fn spent(&self) -> Spent {
        match self {
            Self::Outcome(outcome) => outcome.spent(),
            Self::Error(error) => error.spent(),
        }
    }
}

/// The aliases of a query's answer, each as it came.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Aliases(BTreeMap<String, Option<Box<RawValue>>>);

impl Aliases {
    /// What came under an alias, unless that is null.
    pub(super) fn get(&self, alias: &str) -> Option<&str> {
        self.0.get(alias)?.as_ref().map(|raw| raw.get())
    }
}

impl GraphqlData for Aliases {
    fn rate_limit(&self) -> Option<GraphqlRateLimit> {
        serde_json::from_str(self.get("rateLimit")?).ok()
    }
}

impl<'a> Asking<'a> {
    pub(super) fn new(run: &'a Run<'a>) -> Self {
        Self {
            run,
            started: Instant::now(),
            window_start: run.options.run_at.trunc_subsecs(0) - TimeDelta::days(WINDOW_DAYS),
            sender: run.writer.sender(),
            pages: AtomicI64::new(0),
            rows: AtomicI64::new(0),
            claimed: Mutex::default(),
            spent: Mutex::default(),
        }
    }

    /// For how long tasks take: a present that is fixed passes all the same.
    pub(super) fn clock(&self) -> DateTime<Utc> {
        let options = self.run.options;
        if options.is_present_fixed { options.run_at + self.started.elapsed() } else { Utc::now() }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.fetched_at(Utc::now())
    }

    pub(super) fn fetched_at(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        if self.run.options.is_present_fixed { self.run.options.run_at } else { at }
    }

    pub(super) fn pages(&self) -> i64 {
        self.pages.load(Ordering::Relaxed)
    }

    pub(super) fn rows(&self) -> i64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// What the finished tasks took, by stream.
    pub(super) fn spent(&self) -> Vec<(&'static str, Spent)> {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.iter().map(|(stream, spent)| (*stream, *spent)).collect()
    }

    /// Adds what a finished task took.
    pub(super) fn settle(&self, ledger: &Ledger) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        for (stream, took) in ledger.spent() {
            *spent.entry(stream).or_default() += took;
        }
    }

    /// Whether this branch is the first to want a repository's details.
    pub(super) fn claims(&self, repo_id: i64) -> bool {
        self.claimed.lock().unwrap_or_else(PoisonError::into_inner).insert(repo_id)
    }

    /// Asks by REST.
    pub(super) async fn get<T, E, F>(
        &self,
        ledger: &Ledger,
        stream: &'static str,
        url: Url,
        owner: &str,
        decode: F,
    ) -> Result<(Page, T), Refused>
    where
        F: Fn(&[u8]) -> Result<T, E> + Send + Sync,
        E: fmt::Display,
        T: Send,
    {
        let request = Request::new(url);
        let request = if owner.is_empty() { request } else { request.for_owner(owner) };
        let asked = match self.run.client.get_decoded(request, decode).await {
            Ok(Decoded::Page(page, value)) => Ok((page, value)),
            Ok(Decoded::Other(outcome)) => Err(Refused::Outcome(outcome)),
            Err(error) => Err(Refused::Error(error)),
        };
        ledger.took(stream, asked.as_ref().map_or_else(Refused::spent, |(page, _)| page.spent));
        asked
    }

    /// Asks by GraphQL.
    pub(super) async fn query(
        &self,
        ledger: &Ledger,
        stream: &'static str,
        request: GraphqlRequest,
    ) -> Result<Box<GraphqlAnswer<Aliases>>, Refused> {
        let read = |body: &[u8]| serde_json::from_slice::<GraphqlBody<Aliases>>(body);
        let asked = match self.run.client.graphql(request, read).await {
            Ok(GraphqlOutcome::Answer(answer)) => Ok(answer),
            Ok(GraphqlOutcome::Unavailable(outcome)) => Err(Refused::Outcome(outcome)),
            Err(error) => Err(Refused::Error(error)),
        };
        ledger.took(stream, asked.as_ref().map_or_else(Refused::spent, |answer| answer.spent));
        asked
    }

    /// Keeps an answer and what it tells.
    pub(super) async fn keep(&self, kept: Kept, elements: Vec<RawElement>) -> Result<()> {
        self.send(kept, 0, String::new(), Content::Elements(elements)).await
    }

    /// Keeps an answer about the stars of a repository.
    pub(super) async fn keep_stars(&self, kept: Kept, repo_id: i64, full_name: &str) -> Result<()> {
        let answer = WholeAnswer {
            pipeline: PIPELINE,
            table: tables::RAW_REPO_STAR_HISTORY,
            outcome: "answer",
            missing_permission: None,
            count: None,
            uniques: None,
        };
        debug_assert_eq!(kept.stream, stream::STAR_HISTORY);
        self.send(kept, repo_id, full_name.to_owned(), Content::Answer(answer)).await
    }

    async fn send(&self, kept: Kept, repo_id: i64, repo_full_name: String, content: Content) -> Result<()> {
        self.rows.fetch_add(i64::try_from(content.len()).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.sender
            .page(RawPage {
                stamp: self.run.stamp.clone(),
                repo_id,
                repo_full_name,
                stream: kept.stream,
                // Answers are numbered through the run: that makes the place of each of their parts unique.
                page_number: self.pages.fetch_add(1, Ordering::Relaxed) + 1,
                url: kept.url,
                status: kept.status,
                etag: kept.etag,
                fetched_at: self.fetched_at(kept.fetched_at),
                body: kept.body,
                content,
                rate: kept.rate,
                attempt: None,
            })
            .await
    }

    /// Tells that an answer came for a branch.
    pub(super) fn tell(&self, branch_id: i64, rows: usize, remaining: Option<u32>) {
        (self.run.progress)(Event::Page { repo_id: branch_id, rows, expected_rows: None, remaining });
    }
}
