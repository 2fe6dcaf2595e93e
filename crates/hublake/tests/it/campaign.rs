//! Faults drawn from seeds: whatever goes wrong on the way, what is published in the end is true.
//!
//! A seed draws a few repositories and what happens in them before, between and during the runs of the program;
//! which requests fail and how; and at which durable step the program dies. After the last run the tables are held
//! against the simulator's truth. Ten seeds share a GitHub and a home (see [`voyage`]).
//!
//! `HUBLAKE_CAMPAIGN_SEEDS` is how many seeds are tried, 100 if it is not set. `HUBLAKE_CAMPAIGN_SEED` repeats the
//! ten seeds among which that one is; with `HUBLAKE_CAMPAIGN_TALK` set it is told what happens to them.

mod corner;
mod found;
mod judge;
mod published;
mod random;
mod requests;
mod trouble;
mod truth;
mod voyage;

use rstest::rstest;

use voyage::Voyage;

/// Seeds that share a GitHub and a home.
const SEEDS_OF_A_VOYAGE: u64 = 10;
/// Tests among which the seeds are divided, so that they run side by side.
const PARTS: u64 = 10;
const SEEDS: &str = "HUBLAKE_CAMPAIGN_SEEDS";
const SEED: &str = "HUBLAKE_CAMPAIGN_SEED";

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_what_is_published_is_true(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)] part: u64) {
    let voyages = match number(SEED) {
        Some(seed) => seed / SEEDS_OF_A_VOYAGE..seed / SEEDS_OF_A_VOYAGE + 1,
        None => 0..number(SEEDS).unwrap_or(100).div_ceil(SEEDS_OF_A_VOYAGE),
    };
    try_voyages(voyages.filter(|voyage| voyage % PARTS == part)).await;
}

/// Makes all voyages, whatever comes of them, and fails with what was wrong in any of them.
async fn try_voyages(voyages: impl Iterator<Item = u64>) {
    let mut failed = Vec::new();
    for voyage in voyages {
        let first = voyage * SEEDS_OF_A_VOYAGE;
        let seeds = first..first + SEEDS_OF_A_VOYAGE;
        let failures = Voyage::begin(seeds.clone()).await.sail();
        if failures.is_empty() {
            eprintln!("seeds {seeds:?}: all is true");
            continue;
        }
        let text = format!("seeds {seeds:?}:\n{}\n{}", failures.join("\n"), how_to_repeat(first));
        eprintln!("{text}");
        failed.push(text);
    }
    assert!(failed.is_empty(), "{} voyages failed\n{}", failed.len(), failed.join("\n\n"));
}

fn how_to_repeat(seed: u64) -> String {
    format!(
        "repeat it with: {SEED}={seed} cargo nextest run --locked --workspace --no-capture -E 'test(campaign::whatever)'"
    )
}

fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable}={text}: not a number")))
}
