//! Pacing: how much is spent within any minute.
//!
//! A sliding window rather than a leaking bucket: a short run gets its answers at full speed, and no
//! minute ever sees more than what GitHub's secondary limits allow.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const WINDOW: Duration = Duration::from_secs(60);

/// Points and answering time of the last 60 s.
#[derive(Debug)]
pub(crate) struct Pace {
    points_per_minute: u32,
    answer_time_per_minute: Duration,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    requests: VecDeque<(Duration, u32)>,
    points: u32,
    answers: VecDeque<(Duration, Duration)>,
    answer_time: Duration,
}

impl Pace {
    /// A bound of 0 is none.
    pub(crate) fn new(points_per_minute: u32, answer_seconds_per_minute: u32) -> Self {
        Self {
            points_per_minute,
            answer_time_per_minute: Duration::from_secs(answer_seconds_per_minute.into()),
            window: Mutex::default(),
        }
    }

    /// Of so many seconds of answering time, those that queries may take: GitHub allows GraphQL 60 of 90.
    pub(crate) const fn query_seconds(answer_seconds_per_minute: u32) -> u32 {
        answer_seconds_per_minute.div_ceil(3) * 2
    }

    /// Takes `points` at the time `elapsed`, or says how long to wait before asking again.
    pub(crate) fn take(&self, points: u32, elapsed: Duration) -> Result<(), Duration> {
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.forget(elapsed);
        let by_points = self.wait_for_points(&window, points, elapsed);
        let by_time = self.wait_for_time(&window, elapsed);
        match by_points.max(by_time) {
            Some(wait) => Err(wait.max(Duration::from_millis(1))),
            None => {
                if self.points_per_minute > 0 {
                    window.requests.push_back((elapsed, points));
                    window.points += points;
                }
                Ok(())
            }
        }
    }

    /// Notes that an answer that came at `elapsed` took `duration`.
    pub(crate) fn note_answer(&self, duration: Duration, elapsed: Duration) {
        if self.answer_time_per_minute.is_zero() {
            return;
        }
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        window.answers.push_back((elapsed, duration));
        window.answer_time += duration;
    }

    fn wait_for_points(&self, window: &Window, points: u32, elapsed: Duration) -> Option<Duration> {
        if self.points_per_minute == 0 || window.points + points <= self.points_per_minute {
            return None;
        }
        let mut excess = (window.points + points).saturating_sub(self.points_per_minute);
        for (at, taken) in &window.requests {
            if *taken >= excess {
                return Some((*at + WINDOW).saturating_sub(elapsed));
            }
            excess -= taken;
        }
        None
    }

    fn wait_for_time(&self, window: &Window, elapsed: Duration) -> Option<Duration> {
        if self.answer_time_per_minute.is_zero() || window.answer_time < self.answer_time_per_minute {
            return None;
        }
        let mut left = window.answer_time;
        for (at, duration) in &window.answers {
            left = left.saturating_sub(*duration);
            if left < self.answer_time_per_minute {
                return Some((*at + WINDOW).saturating_sub(elapsed));
            }
        }
        None
    }
}

impl Window {
    fn forget(&mut self, elapsed: Duration) {
        while let Some((at, points)) = self.requests.front().copied()
            && at + WINDOW <= elapsed
        {
            self.points -= points;
            self.requests.pop_front();
        }
        while let Some((at, duration)) = self.answers.front().copied()
            && at + WINDOW <= elapsed
        {
            self.answer_time = self.answer_time.saturating_sub(duration);
            self.answers.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn no_sixty_seconds_see_more_points_than_allowed() {
        let pace = Pace::new(900, 0);
        let mut elapsed = Duration::ZERO;
        let mut taken = Vec::new();
        while taken.len() < 3_000 {
            match pace.take(1, elapsed) {
                Ok(()) => taken.push(elapsed),
                Err(wait) => elapsed += wait,
            }
        }
        for (index, start) in taken.iter().enumerate() {
            let within = taken[index..].iter().take_while(|at| **at < *start + WINDOW).count();
            assert!(within <= 900, "{within} requests within a minute from {start:?}");
        }
        assert_eq!(taken[899], Duration::ZERO, "the first 900 do not wait");
        assert!(*taken.last().unwrap() <= seconds(181));
    }

    #[test]
    fn slow_answers_slow_the_pace() {
        let pace = Pace::new(900, 90);
        let mut elapsed = Duration::ZERO;
        let mut first_minute = 0;
        while elapsed < seconds(60) {
            match pace.take(1, elapsed) {
                Ok(()) => {
                    first_minute += 1;
                    pace.note_answer(Duration::from_millis(480), elapsed);
                }
                Err(wait) => elapsed += wait,
            }
        }
        assert_eq!(first_minute, 188, "90 s of answers of 0.48 s");
    }

    #[test]
    fn queries_may_take_two_thirds_of_the_answering_time() {
        assert_eq!((Pace::query_seconds(90), Pace::query_seconds(0)), (60, 0));
    }

    #[test]
    fn zero_paces_nothing() {
        let pace = Pace::new(0, 0);
        for _ in 0..10_000 {
            assert_eq!(pace.take(5, Duration::ZERO), Ok(()));
            pace.note_answer(seconds(10), Duration::ZERO);
        }
    }
}
