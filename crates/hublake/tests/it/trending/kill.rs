//! A run of trending is killed at its durable steps: what readers see is never half, and the next run mends it.

use chrono::TimeDelta;
use github_sim::{LimitOptions, SimOptions};

use super::stage::{Stage, noon, rules};
use super::stored::{stored, try_stored};
use super::world::town;
use crate::kill::{count_of_files, killed_at};
use crate::scene::assert_same;

/// How many steps are tried of a run unless `HUBLAKE_KILL_AT_EVERY_STEP` is set.
const TRIED: usize = 4;
const RUN: &[&str] = &["run", "trending"];

/// The simulator's clock stands, so what a minute allows is all that a test ever has.
fn patient() -> SimOptions {
    let limits = LimitOptions { search: 1_000_000, code_search: 1_000_000, ..LimitOptions::default() };
    SimOptions { limits, ..SimOptions::default() }
}

/// Kills the next run on copies of the stage's home at one durable step after the other.
fn kill_at_every_step(stage: &Stage, before: Option<&[String]>) {
    let undisturbed = stage.copy();
    let files = count_of_files(&undisturbed.home().join("lake"));
    undisturbed.succeed(RUN);
    let steps = count_of_files(&undisturbed.home().join("lake")) - files;
    let after = stored(&undisturbed);
    assert_ne!(Some(after.as_slice()), before);

    let every = std::env::var_os("HUBLAKE_KILL_AT_EVERY_STEP").is_some();
    let stride = if every { 1 } else { steps.div_ceil(TRIED).max(1) };
    let (mut step, mut kills) = (1, 0);
    loop {
        let hublake = stage.copy();
        let was_killed = killed_at(&hublake, RUN, step);
        let when = format!("killed at step {step} of more than {steps}");
        match (try_stored(&hublake), before) {
            (Ok(seen), _) if seen == after => {}
            (Ok(seen), Some(before)) => assert_same(&seen, before, &when),
            (Ok(seen), None) => panic!("{when}: half of a first load is seen: {} rows", seen.len()),
            (Err(text), None) => assert!(text.contains("nothing is published yet"), "{when}: {text}"),
            (Err(text), Some(_)) => panic!("{when}: {text}"),
        }
        let ended = hublake.call(&["run", "trending", "--no-wait"]);
        assert_eq!(ended.code, Some(0), "{when}: {}", ended.stderr);
        assert_same(&stored(&hublake), &after, &when);
        if !was_killed {
            break;
        }
        kills += 1;
        step += stride;
    }
    eprintln!("killed at {kills} of about {steps} steps");
    assert!(kills >= TRIED / 2, "{kills} kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_run_killed_at_any_step_shows_nothing_and_the_next_one_gives_the_same_tables() {
    let stage = Stage::of(town(noon()), rules(), patient()).await;
    kill_at_every_step(&stage, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_run_killed_at_any_step_shows_the_last_publication_and_the_next_one_gives_the_same_tables() {
    let mut stage = Stage::of(town(noon()), rules(), patient()).await;
    stage.run();
    let before = stored(&stage.scene.hublake);
    stage.pass(TimeDelta::hours(20));
    stage.change(|world| {
        world.star(701u64, 9).expect("it is there");
        world.set_description(702u64, Some("Another")).expect("it is there");
        world.set_file(714u64, "README.md", "# Another\n").expect("a file");
    });
    kill_at_every_step(&stage, Some(&before));
}
