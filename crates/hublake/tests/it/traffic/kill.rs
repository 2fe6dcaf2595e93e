//! A run of traffic is killed at its durable steps: what readers see is never half, and the next run mends it.

use chrono::TimeDelta;

use super::stage::{Stage, at};
use super::stored::{OF_THE_RUN, stored, try_stored};
use super::truth::tables;
use crate::kill::{copy_of, count_of_files, killed_at};
use crate::scene::assert_same;

/// How many steps are tried of a run unless `HUBLAKE_KILL_AT_EVERY_STEP` is set.
const TRIED: usize = 7;
const RUN: &[&str] = &["run", "traffic"];

/// Kills the next run on copies of the stage's home at one durable step after the other.
fn kill_at_every_step(stage: &Stage, before: Option<&[String]>) {
    let undisturbed = copy_of(&stage.scene);
    let files = count_of_files(&undisturbed.home().join("lake"));
    undisturbed.succeed(RUN);
    let steps = count_of_files(&undisturbed.home().join("lake")) - files;
    let after = stored(&undisturbed, OF_THE_RUN);
    assert_ne!(Some(after.as_slice()), before);

    let every = std::env::var_os("HUBLAKE_KILL_AT_EVERY_STEP").is_some();
    let stride = if every { 1 } else { steps.div_ceil(TRIED).max(1) };
    let (mut step, mut kills) = (1, 0);
    loop {
        let hublake = copy_of(&stage.scene);
        let was_killed = killed_at(&hublake, RUN, step);
        let when = format!("killed at step {step} of more than {steps}");
        match (try_stored(&hublake, OF_THE_RUN), before) {
            (Ok(seen), _) if seen == after => {}
            (Ok(seen), Some(before)) => assert_same(&seen, before, &when),
            (Ok(seen), None) => panic!("{when}: half of a first load is seen: {} rows", seen.len()),
            (Err(text), None) => assert!(text.contains("nothing is published yet"), "{when}: {text}"),
            (Err(text), Some(_)) => panic!("{when}: {text}"),
        }
        let ended = hublake.call(&["run", "traffic", "--no-wait"]);
        assert_eq!(ended.code, Some(0), "{when}: {}", ended.stderr);
        assert_same(&stored(&hublake, OF_THE_RUN), &after, &when);
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
    let stage = Stage::new(at(8, 5, 10, 0), 3).await;
    kill_at_every_step(&stage, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_run_killed_at_any_step_shows_the_last_publication_and_the_next_one_gives_the_same_tables() {
    let mut stage = Stage::new(at(8, 5, 10, 0), 3).await;
    stage.run_daily(3);
    let before = stored(&stage.scene.hublake, OF_THE_RUN);
    // A new week, and new stars.
    stage.go_to(at(8, 5, 10, 0) + TimeDelta::days(6));
    stage.scene.github.sim().world_mut().star(crate::scene::REPOSITORY, 2).expect("it is there");
    kill_at_every_step(&stage, Some(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_a_run_that_died_before_it_published_count_with_those_of_the_next_day() {
    let (sunday, monday) = (at(8, 9, 10, 0), at(8, 10, 11, 0));
    let mut stage = Stage::new(sunday, 1).await;
    let undisturbed = copy_of(&stage.scene);
    undisturbed.succeed(RUN);
    let steps = count_of_files(&undisturbed.home().join("lake"));
    stage.note();
    stage.go_to(monday);
    stage.scene.github.sim().world_mut().star(crate::scene::REPOSITORY, 1).expect("it is there");
    stage.note();
    let expected = tables(&stage.watched(), monday.date_naive());

    let mut kept = 0;
    for step in [steps / 2, steps * 2 / 3, steps * 4 / 5] {
        stage.go_to(sunday);
        let mut hublake = copy_of(&stage.scene);
        let was_killed = killed_at(&hublake, RUN, step);
        // The row that says that all answers are there.
        let is_complete = count_of_files(&hublake.home().join("lake/raw_runs/_delta_log")) > 1;
        if !was_killed || !is_complete {
            continue;
        }
        assert!(
            try_stored(&hublake, OF_THE_RUN).is_err_and(|text| text.contains("nothing is published yet")),
            "step {step}"
        );
        stage.go_to(monday);
        hublake.set_now(monday);
        hublake.succeed(RUN);
        let texts = hublake.differing_tables(&expected);
        assert!(texts.is_empty(), "killed at step {step}:\n{}", texts.join(""));
        kept += 1;
    }
    assert!(kept > 0, "no run died between its answers and its publication, of {steps} steps");
}
