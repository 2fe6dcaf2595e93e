//! Trending repositories, judged by what GitHub holds whenever a run looks.

mod apis;
mod bad_input;
mod beside;
mod blueprints;
mod clock;
mod defects;
mod kill;
mod partial;
mod private;
mod requests;
mod rules;
mod settings;
mod stage;
mod stored;
mod tables;
mod truth;
mod world;

use crate::program::Ended;

/// Fails unless a call ended with this code and its errors have all these words.
fn assert_says(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}\n{}", ended.stdout, ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "{word:?} is not in\n{}", ended.stderr);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
}
