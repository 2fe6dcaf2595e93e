//! Progress on stderr: bars on a terminal, lines otherwise.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hublake_collect::{Event, Progress};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::clean::clean;

/// Shows the repositories that are being collected, out of `total`.
pub fn progress(total: usize) -> Progress {
    if std::io::stderr().is_terminal() { bars(total) } else { lines(total) }
}

/// Shows nothing.
pub fn silent() -> Progress {
    Arc::new(|_| {})
}

struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    /// By repository, with the pages that came.
    repositories: HashMap<i64, (ProgressBar, u64)>,
}

fn bars(total: usize) -> Progress {
    let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let bar = all.add(ProgressBar::new(total as u64));
    bar.set_style(style("{bar:24} {pos}/{len} repositories   {msg}   {elapsed}, about {eta} left"));
    let bars = Mutex::new(Bars { all, total: bar, repositories: HashMap::new() });
    Arc::new(move |event| bars.lock().unwrap_or_else(PoisonError::into_inner).show(event))
}

impl Bars {
    fn show(&mut self, event: Event) {
        match event {
            Event::Started { repo_id, repository } => {
                let bar = self.all.add(ProgressBar::new_spinner());
                bar.set_style(style("  {spinner} {prefix}   {msg}"));
                bar.set_prefix(clean(&repository));
                bar.enable_steady_tick(Duration::from_millis(120));
                self.repositories.insert(repo_id, (bar, 0));
            }
            Event::Page { repo_id, rows, expected_rows, remaining } => {
                if let Some((bar, pages)) = self.repositories.get_mut(&repo_id) {
                    *pages += 1;
                    bar.inc(rows as u64);
                    if let Some(expected) = expected_rows.and_then(|rows| u64::try_from(rows).ok()) {
                        bar.set_length(bar.length().unwrap_or_default().max(expected));
                        bar.set_style(style(
                            "  {spinner} {prefix}   {msg}, {pos} of about {len} rows, about {eta} left",
                        ));
                    } else if bar.length().is_none() {
                        bar.set_style(style("  {spinner} {prefix}   {msg}, {pos} rows"));
                    }
                    bar.set_message(format!("{pages} pages"));
                }
                if let Some(remaining) = remaining {
                    self.total.set_message(format!("{remaining} requests left"));
                }
            }
            Event::Waiting { reason, until } => {
                self.total.set_message(format!("{}, waiting until {}", clean(&reason), until.format("%H:%M:%S UTC")));
            }
            Event::Finished { repo_id, .. } => {
                if let Some((bar, _)) = self.repositories.remove(&repo_id) {
                    bar.finish_and_clear();
                }
                self.total.inc(1);
                if self.total.length() == Some(self.total.position()) {
                    self.total.finish_and_clear();
                }
            }
            _ => {}
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Many repositories without news would be many lines: those are only counted.
fn lines(total: usize) -> Progress {
    let state = Mutex::new((0_usize, HashMap::new()));
    Arc::new(move |event| {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started { repo_id, repository } => {
                state.1.insert(repo_id, repository);
            }
            Event::Waiting { reason, until } => {
                tell!("{reason}, waiting until {}", until.format("%Y-%m-%d %H:%M:%S UTC"));
            }
            Event::Finished { repo_id, outcome } => {
                state.0 += 1;
                let name = state.1.remove(&repo_id).unwrap_or_default();
                if outcome != "unchanged" || total <= 20 {
                    tell!("[{}/{total}] {name}: {outcome}", state.0);
                }
            }
            _ => {}
        }
    })
}
