//! Putting pages into the lake in groups.

mod page;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hublake_lake::{Lake, PartitionedRows, Table};
use hublake_store::Store;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use self::page::RunStamp;
pub(crate) use self::page::{Content, RawPage, RawRun, WholeAnswer};
use crate::trending::RawTask;
use crate::{Error, Result, issues, raw_rows, tables, trending};

/// A group is written when its bodies reach this size ...
const GROUP_BYTES: usize = 8 * 1024 * 1024;
/// ... or when its first page has waited this long.
const GROUP_AGE: Duration = Duration::from_secs(1);
/// Pages that may wait while a group is being written.
const WAITING_PAGES: usize = 32;

pub(crate) enum Message {
    Page(Box<RawPage>),
    Tasks(Vec<RawTask>),
    Run(Box<RawRun>),
}

/// Writes pages and runs into the lake, across repositories, in the order in which they are sent.
///
/// The order of effects is: rows, pages, the repositories' progress in the control store, runs, new names, their
/// completion. A death between any two of them costs at most one group fetched again.
pub struct RawWriter {
    sender: mpsc::Sender<Message>,
    task: JoinHandle<Result<()>>,
}

impl RawWriter {
    /// Starts the task; the tables are opened when the first group is written.
    pub fn start(lake: Lake, store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_PAGES);
        let tables = Tables { lake, opened: BTreeMap::new() };
        let group = Group { store, tables, pages: Vec::new(), tasks: Vec::new(), runs: Vec::new(), bytes: 0 };
        Self { sender, task: tokio::spawn(write_groups(group, receiver)) }
    }

    /// One that takes nothing: for telling what a run will do, which must not write.
    pub(crate) fn closed() -> Self {
        let (sender, _) = mpsc::channel(1);
        Self { sender, task: tokio::spawn(std::future::ready(Ok(()))) }
    }

    pub(crate) fn sender(&self) -> RawSender {
        RawSender { sender: self.sender.clone() }
    }

    /// Waits until everything sent is in the lake.
    pub async fn finish(self) -> Result<()> {
        drop(self.sender);
        self.task.await.map_err(|_| Error::WriterGone)?
    }
}

/// A way to send to a [`RawWriter`].
#[derive(Clone)]
pub(crate) struct RawSender {
    sender: mpsc::Sender<Message>,
}

impl RawSender {
    pub(crate) async fn page(&self, page: RawPage) -> Result<()> {
        self.sender.send(Message::Page(Box::new(page))).await.map_err(|_| Error::WriterGone)
    }

    pub(crate) async fn tasks(&self, tasks: Vec<RawTask>) -> Result<()> {
        self.sender.send(Message::Tasks(tasks)).await.map_err(|_| Error::WriterGone)
    }

    pub(crate) async fn run(&self, run: RawRun) -> Result<()> {
        self.sender.send(Message::Run(Box::new(run))).await.map_err(|_| Error::WriterGone)
    }
}

struct Group {
    store: Store,
    tables: Tables,
    pages: Vec<RawPage>,
    tasks: Vec<RawTask>,
    runs: Vec<RawRun>,
    bytes: usize,
}

/// The raw tables, each opened when something is first written to it.
struct Tables {
    lake: Lake,
    opened: BTreeMap<&'static str, Table>,
}

async fn write_groups(mut group: Group, mut receiver: mpsc::Receiver<Message>) -> Result<()> {
    while let Some(first) = receiver.recv().await {
        group.add(first);
        let deadline = Instant::now() + GROUP_AGE;
        let mut open = true;
        while open && group.bytes < GROUP_BYTES {
            match tokio::time::timeout_at(deadline, receiver.recv()).await {
                Ok(Some(message)) => group.add(message),
                Ok(None) => open = false,
                Err(_) => break,
            }
        }
        group.write().await?;
    }
    group.tables.join_small_files().await
}

impl Group {
    fn add(&mut self, message: Message) {
        match message {
            Message::Page(page) => {
                self.bytes += page.body.len();
                self.pages.push(*page);
            }
            Message::Tasks(tasks) => self.tasks.extend(tasks),
            Message::Run(run) => self.runs.push(*run),
        }
    }

    async fn write(&mut self) -> Result<()> {
        let pages = std::mem::take(&mut self.pages);
        let tasks = std::mem::take(&mut self.tasks);
        let runs = std::mem::take(&mut self.runs);
        self.bytes = 0;
        if !pages.is_empty() {
            let transactions = self.tables.next_transactions(&pages).await?;
            let (pages, rows) = lay_out(pages).await?;
            for (table, rows) in rows.into_iter().filter(|(_, rows)| !rows.is_empty()) {
                self.tables.open(table).await?.append(rows, &transactions).await?;
            }
            let progress: BTreeMap<_, _> =
                pages.iter().filter_map(|page| Some(((page.stream, page.repo_id), page.attempt.as_ref()?))).collect();
            for ((stream, repo_id), attempt) in progress {
                self.store.save_attempt(stream, repo_id, attempt).await?;
            }
        }
        if let Some(first) = tasks.first() {
            let transaction = (format!("{}/0", trending::STREAM), first.stamp.run_seq);
            let rows = raw_rows::trending::tasks(&tasks)?;
            self.tables.open(tables::RAW_RUN_TASKS).await?.append(rows, &[transaction]).await?;
        }
        if !runs.is_empty() {
            let transactions: Vec<_> =
                runs.iter().map(|run| (format!("{}/{}", run.stream, run.repo_id), run.stamp.run_seq)).collect();
            self.tables.open(tables::RAW_RUNS).await?.append(raw_rows::runs(&runs)?, &transactions).await?;
            for run in &runs {
                // Once the run is complete the next one may find nothing new, and so no name.
                if let (true, Some((owner, name))) = (run.is_renamed, run.repo_full_name.split_once('/')) {
                    self.store.rename_repository(run.repo_id, owner, name).await?;
                }
                self.store.save_attempt(run.stream, run.repo_id, &run.attempt).await?;
            }
        }
        Ok(())
    }
}

impl Tables {
    async fn open(&mut self, name: &'static str) -> Result<&mut Table> {
        Ok(match self.opened.entry(name) {
            Entry::Occupied(opened) => opened.into_mut(),
            Entry::Vacant(place) => place.insert(self.lake.table(&tables::spec_of(name)).await?),
        })
    }

    /// One transaction identifier a stream and repository; its version grows by one a group. A group that died
    /// is in some of the tables only, so the greatest version of all counts.
    async fn next_transactions(&mut self, pages: &[RawPage]) -> Result<Vec<(String, i64)>> {
        let ids: BTreeSet<_> = pages.iter().map(RawPage::transaction).collect();
        let mut transactions: Vec<_> =
            ids.into_iter().map(|(stream, repo_id)| (format!("{stream}/{repo_id}"), 0)).collect();
        // A writer serves one run, and a run is of one pipeline; an answer that is only noted does not tell which.
        let pipeline = pages.iter().map(RawPage::pipeline).find(|pipeline| *pipeline != issues::PIPELINE);
        for name in tables::written_together(pipeline.unwrap_or(issues::PIPELINE)) {
            let table = self.open(name).await?;
            for (app_id, version) in &mut transactions {
                *version = table.transaction_version(app_id).await?.unwrap_or_default().max(*version);
            }
        }
        transactions.iter_mut().for_each(|(_, version)| *version += 1);
        Ok(transactions)
    }

    async fn join_small_files(&mut self) -> Result<()> {
        for table in self.opened.values_mut() {
            table.join_small_files().await?;
        }
        Ok(())
    }
}

/// A group's rows by table, in the order in which they are written.
type GroupRows = Vec<(&'static str, Vec<PartitionedRows>)>;

/// Hashing and laying out keep a processor busy, so they leave the threads that serve the network.
async fn lay_out(pages: Vec<RawPage>) -> Result<(Vec<RawPage>, GroupRows)> {
    let work = move || {
        // Events go before the issues they belong to: where an issue is in the lake, so are its events.
        let mut rows = vec![
            (tables::RAW_EVENTS, raw_rows::events(&pages)?),
            (tables::RAW_DEPARTURES, raw_rows::departures(&pages)?),
            (tables::RAW_ISSUES, raw_rows::issues(&pages)?),
        ];
        for table in tables::OF_ANSWERS.into_iter().chain([tables::RAW_REPO_STAR_HISTORY]) {
            rows.push((table, raw_rows::answers(table, &pages)?));
        }
        rows.extend(raw_rows::trending::elements(&pages)?);
        rows.push((tables::RAW_PAGES, raw_rows::pages(&pages)?));
        Ok((pages, rows))
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::WriterGone)?
}
