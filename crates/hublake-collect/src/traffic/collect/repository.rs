//! The answers about one repository.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hublake_github::{Decoded, ForbiddenKind, Outcome, Page, RateLimit, Request, Spent};

use super::stars;
use super::{Job, Run, Stats};
use crate::raw_writer::{Content, RawPage, RawRun, RawSender, WholeAnswer};
use crate::traffic::payload::{Popular, Traffic};
use crate::traffic::{PIPELINE, STREAM, Stream, complete_attempt};
use crate::{Collected, CollectedResult, Event, Result};

/// What runs of traffic call themselves: everything that is due is asked for.
const MODE: &str = "daily";

/// A repository on its way through a run.
pub(super) struct Repository<'a> {
    pub(super) run: &'a Run<'a>,
    pub(super) job: Job,
    pub(super) spent: Vec<(&'static str, Spent)>,
    /// What failed, in words.
    pub(super) failures: Vec<String>,
    sender: RawSender,
    answers: i64,
    changed: i64,
    missing_permission: Option<String>,
}

/// What a request came to, ready to be kept.
struct Kept {
    url: String,
    status: u16,
    etag: Option<String>,
    fetched_at: DateTime<Utc>,
    body: Bytes,
    rate: Option<RateLimit>,
    answer: WholeAnswer,
}

/// What asking came to.
enum Asked {
    Kept(Box<Kept>),
    Failed(String),
}

/// Asks for everything that is due of a repository; `stats_failure` says why there are no figures, where it is known.
pub(super) async fn collect_one(
    run: &Run<'_>,
    sender: RawSender,
    job: Job,
    stats_failure: Option<&str>,
) -> Result<Collected> {
    let (repo_id, full_name) = (job.target.repo_id, job.target.full_name.clone());
    (run.progress)(Event::Started { repo_id, repository: full_name.clone() });
    let failures = stats_failure.filter(|_| job.stats.is_none()).map(|message| format!("{full_name}: {message}"));
    let mut repository = Repository {
        run,
        job,
        spent: Vec::new(),
        failures: failures.into_iter().collect(),
        sender,
        answers: 0,
        changed: 0,
        missing_permission: None,
    };
    let started_at = if run.options.is_present_fixed { run.options.run_at } else { Utc::now() };
    repository.ask_everything().await?;
    let result = repository.complete(started_at).await?;
    (run.progress)(Event::Finished { repo_id, outcome: result.summary() });
    Ok(Collected { repo_id, full_name, spent: repository.spent, is_swept: false, result })
}

impl Repository<'_> {
    async fn ask_everything(&mut self) -> Result<()> {
        if let Some(stats) = self.job.stats.take() {
            self.keep_stats(stats).await?;
        }
        self.ask(&[Stream::Views, Stream::Clones]).await?;
        // The right is one for all of traffic: what is refused once is not asked for again.
        if self.missing_permission.is_none() {
            self.ask(&[Stream::Referrers, Stream::Paths]).await?;
            if self.job.asks_weeks {
                self.ask(&[Stream::ViewsWeekly, Stream::ClonesWeekly]).await?;
            }
        }
        if self.job.asks_stars {
            stars::ask(self).await?;
        }
        Ok(())
    }

    /// Asks for some streams at once and keeps what comes.
    async fn ask(&mut self, streams: &[Stream]) -> Result<()> {
        let asked = futures::future::join_all(streams.iter().map(|stream| self.request(*stream))).await;
        for (stream, (asked, spent)) in streams.iter().zip(asked) {
            self.spent.push((stream.name(), spent));
            match asked {
                Asked::Kept(kept) => {
                    self.missing_permission = kept.answer.missing_permission.clone().or(self.missing_permission.take());
                    self.keep(*stream, 1, *kept).await?;
                }
                Asked::Failed(message) => self.failures.push(message),
            }
        }
        Ok(())
    }

    async fn request(&self, stream: Stream) -> (Asked, Spent) {
        let target = &self.job.target;
        let (place, query) = stream.place();
        let url = self.run.client.url(&format!("repositories/{}/{place}", target.repo_id), query);
        let owner = target.full_name.split('/').next().unwrap_or_default();
        let etag = target.states.get(&stream).and_then(|state| state.etag.clone());
        let request = Request::new(url).with_etag(etag).for_owner(owner);
        let mut spent = Spent::default();
        loop {
            let started_on = Utc::now().date_naive();
            let (asked, more) = self.exchange(stream, request.clone()).await;
            spent += more;
            // The days that an answer holds whole follow from its date; around midnight that is not to be told.
            if self.run.options.is_present_fixed || started_on == Utc::now().date_naive() {
                return (asked, spent);
            }
        }
    }

    async fn exchange(&self, stream: Stream, request: Request) -> (Asked, Spent) {
        let url = request.url().to_string();
        let kept = |status, etag, fetched_at, body, rate, answer| {
            let fetched_at = self.fetched_at(fetched_at);
            Asked::Kept(Box::new(Kept { url: url.clone(), status, etag, fetched_at, body, rate, answer }))
        };
        let answer = |outcome, missing_permission, (count, uniques)| WholeAnswer {
            pipeline: PIPELINE,
            table: stream.table(),
            outcome,
            missing_permission,
            count,
            uniques,
        };
        let full_name = &self.job.target.full_name;
        match self.run.client.get_decoded(request, |body| totals(stream, body)).await {
            Ok(Decoded::Page(page, totals)) => {
                let Page { status, etag, fetched_at, body, rate, spent, .. } = page;
                (kept(status, etag, fetched_at, body, rate, answer("answer", None, totals)), spent)
            }
            Ok(Decoded::Other(Outcome::NotModified { fetched_at, rate, spent, .. })) => {
                let answer = answer("not_modified", None, (None, None));
                (kept(304, None, fetched_at, Bytes::new(), rate, answer), spent)
            }
            Ok(Decoded::Other(Outcome::Forbidden { message, kind, spent })) => {
                let answer = answer("not_permitted", Some(missing_permission(kind, &message)), (None, None));
                (kept(403, None, Utc::now(), Bytes::new(), None, answer), spent)
            }
            Ok(Decoded::Other(other)) => (Asked::Failed(other.problem(full_name).unwrap_or_default()), other.spent()),
            Err(error) => (Asked::Failed(format!("{full_name}: {error}")), Spent::default()),
        }
    }

    fn fetched_at(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        if self.run.options.is_present_fixed { self.run.options.run_at } else { at }
    }

    /// Keeps a page of a stream that is read in pages; `count` is what the whole is about.
    pub(super) async fn keep_page(
        &mut self,
        stream: Stream,
        number: i64,
        page: Page,
        count: Option<i64>,
    ) -> Result<()> {
        let Page { url, status, etag, fetched_at, body, rate, .. } = page;
        let (url, fetched_at, answer) = (url.to_string(), self.fetched_at(fetched_at), figure(stream, count));
        self.keep(stream, number, Kept { url, status, etag, fetched_at, body, rate, answer }).await
    }

    async fn keep_stats(&mut self, stats: Stats) -> Result<()> {
        let stream = Stream::RepositoryStats;
        self.job.target.full_name = stats.full_name;
        self.spent.push((stream.name(), stats.spent));
        let kept = Kept {
            url: self.run.client.graphql_url().to_string(),
            status: 200,
            etag: None,
            fetched_at: self.fetched_at(stats.fetched_at),
            body: stats.payload,
            rate: None,
            answer: figure(stream, Some(stats.stars)),
        };
        self.keep(stream, 1, kept).await
    }

    async fn keep(&mut self, stream: Stream, page_number: i64, kept: Kept) -> Result<()> {
        self.answers += 1;
        self.changed += i64::from(kept.answer.outcome == "answer" && stream != Stream::RepositoryStats);
        (self.run.progress)(Event::Page {
            repo_id: self.job.target.repo_id,
            rows: 1,
            expected_rows: None,
            remaining: kept.rate.as_ref().map(|rate| rate.remaining),
        });
        self.sender
            .page(RawPage {
                stamp: self.run.stamp.clone(),
                repo_id: self.job.target.repo_id,
                repo_full_name: self.job.target.full_name.clone(),
                stream: stream.name(),
                page_number,
                url: kept.url,
                status: kept.status,
                etag: kept.etag,
                fetched_at: kept.fetched_at,
                body: kept.body,
                content: Content::Answer(kept.answer),
                rate: kept.rate,
                attempt: None,
            })
            .await
    }

    /// Whatever came is ready to be published.
    async fn complete(&mut self, started_at: DateTime<Utc>) -> Result<CollectedResult> {
        if self.answers > 0 {
            self.sender.run(self.raw_run(started_at)).await?;
        }
        Ok(match (self.failures.first(), &self.missing_permission) {
            (Some(message), _) => CollectedResult::Failed { message: message.clone() },
            (None, Some(missing)) => CollectedResult::NotPermitted { missing_permission: missing.clone() },
            (None, None) if self.changed == 0 => CollectedResult::Unchanged,
            (None, None) => CollectedResult::Changed {
                pages: self.answers,
                rows: self.changed,
                mode: MODE,
                renamed_to: self.renamed_to(),
            },
        })
    }

    fn raw_run(&self, started_at: DateTime<Utc>) -> RawRun {
        let (options, stamp) = (self.run.options, self.run.stamp);
        RawRun {
            stamp: stamp.clone(),
            pipeline: PIPELINE,
            stream: STREAM,
            repo_id: self.job.target.repo_id,
            repo_full_name: self.job.target.full_name.clone(),
            is_renamed: self.renamed_to().is_some(),
            mode: MODE,
            started_at,
            finished_at: if options.is_present_fixed { options.run_at } else { Utc::now() },
            since: None,
            pages_fetched: self.answers,
            records_fetched: self.changed,
            max_updated_at: None,
            final_url: String::new(),
            spent: self.spent.iter().fold(Spent::default(), |all, (_, spent)| all + *spent),
            attempt: complete_attempt(stamp, started_at, MODE),
        }
    }

    fn renamed_to(&self) -> Option<String> {
        let name = &self.job.target.full_name;
        (*name != self.job.known_as).then(|| name.clone())
    }
}

/// An answer that is about one number.
fn figure(stream: Stream, count: Option<i64>) -> WholeAnswer {
    let table = stream.table();
    WholeAnswer { pipeline: PIPELINE, table, outcome: "answer", missing_permission: None, count, uniques: None }
}

/// Reads what an answer says of itself; what cannot be read is asked for again.
fn totals(stream: Stream, body: &[u8]) -> Result<(Option<i64>, Option<i64>), serde_json::Error> {
    match stream {
        Stream::Referrers | Stream::Paths => {
            let entries: Vec<Popular> = serde_json::from_slice(body)?;
            Ok((i64::try_from(entries.len()).ok(), None))
        }
        _ => {
            let traffic: Traffic = serde_json::from_slice(body)?;
            Ok((Some(traffic.count.into()), Some(traffic.uniques.into())))
        }
    }
}

/// The right that a 403 misses, in words.
fn missing_permission(kind: ForbiddenKind, message: &str) -> String {
    match kind {
        ForbiddenKind::NeedsPushAccess => "push access to the repository".to_owned(),
        ForbiddenKind::TokenLacksPermission => "\"Administration: read\" of the fine-grained token".to_owned(),
        ForbiddenKind::IntegrationLacksPermission => {
            "\"Administration: read\" of the GitHub App (a workflow's own token cannot have it)".to_owned()
        }
        other => format!("what GitHub asks for ({message}): {}", other.hint()),
    }
}
