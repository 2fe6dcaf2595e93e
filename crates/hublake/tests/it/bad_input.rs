//! What goes wrong outside: each gets one clear message with the next step, and nothing is lost or half-published.

mod damage;
mod disk;
mod hostile;
mod refusals;
mod rows;
mod secrets;
mod two_runs;
mod usage;

use crate::program::Ended;

/// Fails unless a call ended with this code and its errors have all these words.
fn assert_says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}\n{}", ended.stdout, ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "{word:?} is not in\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}
