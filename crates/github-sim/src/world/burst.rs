//! Many changes at once, so that a benchmark can make a changed state from outside.

use crate::random::Random;
use crate::render::LABELS;
use crate::world::World;
use crate::world::issue::IssueState;

/// How much changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurstOptions {
    /// Distinct issues to change.
    pub issues: u64,
    /// Repositories to spread them over, beginning with the smallest id.
    pub repos: u64,
    /// The same seed changes the same issues of the same world in the same way.
    pub seed: u64,
}

impl World {
    /// Changes issues as people do: labels, closing, reopening, titles; `updated_at` becomes now.
    /// Gives the full name and number of each issue changed (fewer than asked for if there are fewer).
    pub fn change_issues(&mut self, options: &BurstOptions) -> Vec<(String, u32)> {
        let mut random = Random::for_item(options.seed, 0);
        let with_issues = self.repositories().filter(|repository| repository.issue_count() > 0);
        let count = usize::try_from(options.repos.max(1)).unwrap_or(usize::MAX);
        let repositories: Vec<u64> = with_issues.take(count).map(|repository| repository.id).collect();
        let mut changed = Vec::new();
        for (position, id) in repositories.iter().enumerate() {
            let share = share(options.issues, repositories.len() as u64, position as u64);
            let Some(repository) = self.repositories.get(id) else {
                continue;
            };
            let name = repository.full_name();
            let mut numbers: Vec<u32> = repository.numbers().collect();
            let share = usize::try_from(share).unwrap_or(usize::MAX).min(numbers.len());
            for place in 0..share {
                let other = place + random.index(numbers.len() - place);
                numbers.swap(place, other);
                self.change_one(*id, numbers[place], &mut random);
                changed.push((name.clone(), numbers[place]));
            }
        }
        changed
    }

    fn change_one(&mut self, repository: u64, number: u32, random: &mut Random) {
        let state = self.repositories.get(&repository).and_then(|found| found.issues.get(&number));
        let Some(state) = state.map(|issue| issue.state) else {
            return;
        };
        let label = LABELS[random.index(LABELS.len())].0;
        let result = match (random.below(10), state) {
            (0..4, IssueState::Open) => self.close_issue(repository, number),
            (0..2, IssueState::Closed) => self.reopen_issue(repository, number),
            (0..7, _) => self.label_issue(repository, number, label),
            _ => self.edit_issue(repository, number, &format!("Changed title {}", random.below(1_000_000))),
        };
        // The issue was there a moment ago; one whose payload was made unreadable cannot be edited and stays.
        if let Err(error) = result {
            tracing::warn!(%error, "an issue could not be changed");
        }
    }
}

/// How many of `total` fall to this part of `parts`.
fn share(total: u64, parts: u64, part: u64) -> u64 {
    total / parts + u64::from(part < total % parts)
}
