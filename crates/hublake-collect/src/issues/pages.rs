//! Pages of the list on their way into the lake.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hublake_github::{Page, RateLimit};
use hublake_store::Attempt;
use url::Url;

use super::{Options, Run, STREAM, Target};
use crate::element::{Element, repository_name};
use crate::raw_writer::{Content, RawPage, RawSender};
use crate::{Event, Result};

/// What a request of the list came to.
pub(super) enum Answer {
    Page(Box<ReadPage>),
    NotModified,
    Refused(String),
}

/// A page, divided into its elements.
pub(super) struct ReadPage {
    url: Url,
    final_url: Url,
    status: u16,
    fetched_at: DateTime<Utc>,
    body: Bytes,
    rate: Option<RateLimit>,
    pub(super) etag: Option<String>,
    pub(super) next: Option<Url>,
    pub(super) elements: Vec<Element>,
}

impl ReadPage {
    pub(super) fn new(page: Page, elements: Vec<Element>, options: &Options) -> Self {
        let fetched_at = options.fetched_at(page.fetched_at);
        Self {
            url: page.url,
            final_url: page.final_url,
            status: page.status,
            fetched_at,
            body: page.body,
            rate: page.rate,
            etag: page.etag,
            next: page.next,
            elements,
        }
    }

    pub(super) fn newest(&self) -> Option<DateTime<Utc>> {
        self.elements.iter().filter_map(|element| element.updated_at).max()
    }

    pub(super) fn oldest(&self) -> Option<DateTime<Utc>> {
        self.elements.iter().filter_map(|element| element.updated_at).min()
    }
}

/// The pages of one repository in one run.
pub(super) struct Pages<'a> {
    run: &'a Run<'a>,
    sender: RawSender,
    repo_id: i64,
    full_name: String,
    name_now: Option<String>,
    pub(super) count: i64,
    pub(super) rows: i64,
    pub(super) max_updated_at: Option<DateTime<Utc>>,
    pub(super) final_url: String,
}

impl<'a> Pages<'a> {
    pub(super) fn new(run: &'a Run<'a>, sender: &RawSender, target: &Target) -> Self {
        Self {
            run,
            sender: sender.clone(),
            repo_id: target.repo_id,
            full_name: target.full_name.clone(),
            name_now: None,
            count: 0,
            rows: 0,
            max_updated_at: None,
            final_url: String::new(),
        }
    }

    /// Sends a page to the lake; once it is there, `attempt` tells how far collecting has come.
    pub(super) async fn send(&mut self, page: Box<ReadPage>, attempt: &Attempt) -> Result<()> {
        self.count += 1;
        self.rows += i64::try_from(page.elements.len()).unwrap_or(i64::MAX);
        self.max_updated_at = self.max_updated_at.max(page.newest());
        self.final_url = page.final_url.to_string();
        if let Some(first) = page.elements.first() {
            self.name_now = repository_name(&page.body[first.start..first.end]).or(self.name_now.take());
        }
        (self.run.progress)(Event::Page {
            repo_id: self.repo_id,
            rows: page.elements.len(),
            expected_rows: page
                .elements
                .iter()
                .filter_map(|element| element.number)
                .max()
                .filter(|_| attempt.mode == "full"),
            remaining: page.rate.as_ref().map(|rate| rate.remaining),
        });
        self.sender
            .page(RawPage {
                stamp: self.run.stamp.clone(),
                repo_id: self.repo_id,
                repo_full_name: self.name_now.clone().unwrap_or_else(|| self.full_name.clone()),
                stream: STREAM,
                page_number: self.count,
                url: page.url.to_string(),
                status: page.status,
                etag: page.etag,
                fetched_at: page.fetched_at,
                body: page.body,
                content: Content::Issues(page.elements),
                rate: page.rate,
                attempt: Some(attempt.clone()),
            })
            .await
    }

    /// The repository's name as the newest answer has it, where it is another one than last known.
    pub(super) fn renamed_to(&self) -> Option<String> {
        self.name_now.clone().filter(|name| *name != self.full_name)
    }
}
