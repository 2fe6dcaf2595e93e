//! Runs of the program: calm ones, and ones that meet trouble.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use github_sim::LimitOptions;

use super::{Seen, Voyage, limits};
use crate::campaign::corner::Corner;
use crate::campaign::requests;
use crate::campaign::trouble::Trouble;
use crate::kill::killed_at;
use crate::program::Ended;

/// How long a run waits for a limit where it waits at all.
const PATIENCE_SECONDS: &str = "5";

impl Voyage {
    /// A run in which nothing goes wrong and nothing changes, with as few requests as can be.
    pub(super) fn calm_run(&mut self) {
        let before = std::mem::take(&mut self.seen);
        self.clean_run(&[]);
        let requests = self.github.sim().requests();
        let minimum = requests::Minimum { before: &before, after: &self.seen, is_rest: self.conditions.is_rest };
        self.failures.extend(minimum.exceeded(&requests));
        let rejected = self.github.sim().stats().rejected;
        if rejected > 0 {
            self.failures.push(format!("GitHub refused {rejected} requests for limits that the program provoked"));
        }
    }

    /// A run without faults, which must go well.
    pub(super) fn clean_run(&mut self, options: &[&str]) {
        self.add_new();
        self.set_patience(true);
        let ended = self.call(options);
        // Only what is not there any more may fail.
        let ids = self.ids();
        let is_complete = self.added == ids;
        let expected = if is_complete { 0 } else { 3 };
        if ended.code != Some(expected) || failures_told(&ended) > self.added.difference(&ids).count() {
            self.failures.push(format!("a run without faults ended with {:?}\n{}", ended.code, ended.stderr));
        }
        self.look();
        self.is_last_run_clean = true;
    }

    /// A run that meets trouble: it may fail, but it must say so and leave everything in order.
    pub(super) fn troubled_run(&mut self, chapter: u64) {
        self.add_new();
        let trouble = {
            let world = self.github.sim().world();
            Trouble::draw(&mut self.random, &self.seeds, &world, chapter)
        };
        self.note(format!("run {chapter}: {trouble:?}"));
        self.set_patience(trouble.waits);
        let changed = self.prepare(&trouble);
        let step = trouble.killed_at;
        let ended = match step {
            Some(step) => {
                let run_at = self.start_run();
                let arguments = self.arguments(&[]);
                let was_killed = killed_at(&self.hublake, &arguments, step);
                self.end_run(run_at);
                self.note(format!("killed at step {step}: {was_killed}"));
                None
            }
            None => Some(self.call(&[])),
        };
        changed.is_over.store(true, Ordering::SeqCst);
        self.clear(&trouble);
        if let Some(ended) = &ended {
            self.note(format!("ended with {:?}: {}", ended.code, ended.stderr));
            let is_in_order = matches!(ended.code, Some(0 | 1 | 3)) && !ended.stderr.contains("panicked");
            if !is_in_order {
                self.failures.push(format!("run {chapter} ended with {:?}\n{}", ended.code, ended.stderr));
            }
        }
        if trouble.faults.is_empty() {
            let provoked = requests::provoked(&self.github.sim().requests());
            self.failures.extend(provoked.into_iter().map(|words| format!("run {chapter}: {words}")));
        }
        self.is_last_run_clean = ended.is_some_and(|ended| ended.code == Some(0)) && !changed.any();
        if self.is_last_run_clean {
            self.look();
        }
    }

    /// A run when nothing is left to do: one question per repository, which costs nothing.
    pub(super) fn idle_run(&mut self) {
        self.call(&[]);
        let requests = self.github.sim().requests();
        let gone = self.added.difference(&self.ids()).count();
        let unchanged = requests.iter().filter(|one| one.status == 304).count();
        if requests.len() != self.added.len() || unchanged != self.added.len() - gone {
            let words: Vec<String> = requests.iter().map(|one| format!("{} {}", one.status, one.target)).collect();
            self.failures.push(format!("an idle run made {} requests\n{}", requests.len(), words.join("\n")));
        }
        let spent = self.github.sim().stats().quota_spent;
        if gone == 0 && !spent.is_empty() {
            self.failures.push(format!("an idle run spent {spent:?}"));
        }
    }

    fn call(&mut self, options: &[&str]) -> Ended {
        let run_at = self.start_run();
        let ended = self.hublake.call(&self.arguments(options));
        self.end_run(run_at);
        ended
    }

    fn arguments<'a>(&self, options: &[&'a str]) -> Vec<&'a str> {
        let api: &[&str] = if self.conditions.is_rest { &["--api", "rest"] } else { &[] };
        [&["run", "issues"], api, options].concat()
    }

    fn start_run(&mut self) -> chrono::DateTime<chrono::Utc> {
        // No two runs begin in the same second.
        self.github.sim().world_mut().advance(TimeDelta::seconds(1));
        let run_at = self.github.sim().world().now();
        self.hublake.set_now(run_at);
        self.github.wait_until_answered();
        self.github.sim().reset_stats();
        run_at
    }

    fn end_run(&mut self, run_at: chrono::DateTime<chrono::Utc>) {
        self.runs.push((run_at, self.github.sim().world().now()));
        let under_way = self.conditions.concurrency as usize - 1;
        self.failures.extend(requests::after_refusals(&self.github.sim().requests(), under_way));
    }

    fn set_patience(&mut self, waits: bool) {
        self.hublake.set("HUBLAKE_MAX_WAIT_SECONDS", if waits { PATIENCE_SECONDS } else { "0" });
    }

    fn add_new(&mut self) {
        let new: Vec<u64> = self.ids().difference(&self.added).copied().collect();
        if new.is_empty() {
            return;
        }
        let names: Vec<String> = {
            let world = self.github.sim().world();
            new.iter().filter_map(|id| world.repository(*id)).map(|one| one.full_name()).collect()
        };
        let mut arguments = vec!["add"];
        arguments.extend(names.iter().map(String::as_str));
        self.hublake.succeed(&arguments);
        self.added.extend(new);
    }

    fn prepare(&mut self, trouble: &Trouble) -> Changes {
        let sim = self.github.sim();
        for (repository, how) in &trouble.closed {
            how.set(&mut sim.world_mut(), *repository, true);
        }
        sim.set_faults(trouble.faults.clone());
        if let Some(quota) = trouble.quota {
            let scarce =
                LimitOptions { core: quota, graphql: quota, window: TimeDelta::hours(1), ..limits(&self.conditions) };
            sim.set_limits(scarce);
        }
        let most = if trouble.quota.is_some() { 2 } else { u64::MAX };
        let concurrency = self.conditions.concurrency.min(most);
        self.hublake.set("HUBLAKE_CONCURRENCY", &concurrency.to_string());
        let changes = Changes::default();
        for (request, seed, chapter) in &trouble.changes {
            let (changes, log, mut corner) = (changes.clone(), Arc::clone(&self.log), Corner::new(*seed, *chapter));
            let (request, chapter, count) = (*request, *chapter, chapter % 5 + 1);
            sim.on_request(request, move |world| {
                if changes.is_over.load(Ordering::SeqCst) {
                    return;
                }
                changes.has_happened.store(true, Ordering::SeqCst);
                for place in 0..count {
                    // Some things happen within a second, also the one in which the program last looked.
                    world.advance(TimeDelta::seconds(i64::from((chapter + place) % 3 == 0)));
                    let words = corner.act(world);
                    if let Ok(mut log) = log.lock() {
                        log.push(format!("during request {request}: {words}"));
                    }
                }
            });
        }
        changes
    }

    fn clear(&mut self, trouble: &Trouble) {
        let sim = self.github.sim();
        sim.set_faults([]);
        sim.set_limits(limits(&self.conditions));
        for (repository, how) in &trouble.closed {
            how.set(&mut sim.world_mut(), *repository, false);
        }
        self.hublake.set("HUBLAKE_CONCURRENCY", &self.conditions.concurrency.to_string());
    }

    /// Notes what a run saw during which nothing changed.
    fn look(&mut self) {
        let mut seen = Seen::new();
        for id in self.ids() {
            let issues = self.github.sim().world().issues(id);
            self.ever_seen.extend(issues.iter().map(|issue| ((id, issue.number), issue.clone())));
            seen.insert(id, issues.into_iter().map(|issue| (issue.number, issue)).collect());
        }
        self.seen = seen;
    }
}

fn failures_told(ended: &Ended) -> usize {
    ended.stderr.lines().filter(|line| line.starts_with("error: ")).count()
}

/// The changes during a run.
#[derive(Clone, Default)]
struct Changes {
    has_happened: Arc<AtomicBool>,
    /// The run is over: what has not happened by then does not happen.
    is_over: Arc<AtomicBool>,
}

impl Changes {
    fn any(&self) -> bool {
        self.has_happened.load(Ordering::SeqCst)
    }
}
