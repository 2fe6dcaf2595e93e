//! A run of traffic is killed at its durable steps: what readers see is never half, and the next run mends it.

use std::path::Path;

use chrono::TimeDelta;

use super::stage::{Stage, at};
use super::stored::{stored, try_stored};
use super::truth::tables;
use crate::kill::killed_at;
use crate::program::Hublake;
use crate::scene::assert_same;

/// How many steps are tried of a run unless `HUBLAKE_KILL_AT_EVERY_STEP` is set.
const TRIED: usize = 7;
const RUN: &[&str] = &["run", "traffic"];

/// A program whose home is a copy.
fn copy_of(stage: &Stage) -> Hublake {
    let copy = Hublake::new(&stage.scene.github.url(), stage.scene.now());
    copy_folder(&stage.scene.hublake.home(), &copy.home());
    copy
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

fn count_of_files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| if entry.path().is_dir() { count_of_files(&entry.path()) } else { 1 }).sum()
}

/// Kills the next run on copies of the stage's home at one durable step after the other.
fn kill_at_every_step(stage: &Stage, before: Option<&[String]>) {
    let undisturbed = copy_of(stage);
    let files = count_of_files(&undisturbed.home().join("lake"));
    undisturbed.succeed(RUN);
    let steps = count_of_files(&undisturbed.home().join("lake")) - files;
    let after = stored(&undisturbed);
    assert_ne!(Some(after.as_slice()), before);

    let every = std::env::var_os("HUBLAKE_KILL_AT_EVERY_STEP").is_some();
    let stride = if every { 1 } else { steps.div_ceil(TRIED).max(1) };
    let (mut step, mut kills) = (1, 0);
    loop {
        let hublake = copy_of(stage);
        let was_killed = killed_at(&hublake, RUN, step);
        let when = format!("killed at step {step} of more than {steps}");
        match (try_stored(&hublake), before) {
            (Ok(seen), _) if seen == after => {}
            (Ok(seen), Some(before)) => assert_same(&seen, before, &when),
            (Ok(seen), None) => panic!("{when}: half of a first load is seen: {} rows", seen.len()),
            (Err(text), None) => assert!(text.contains("nothing is published yet"), "{when}: {text}"),
            (Err(text), Some(_)) => panic!("{when}: {text}"),
        }
        let ended = hublake.call(&["run", "traffic", "--no-wait"]);
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
    let stage = Stage::new(at(8, 5, 10, 0), 3).await;
    kill_at_every_step(&stage, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_run_killed_at_any_step_shows_the_last_publication_and_the_next_one_gives_the_same_tables() {
    let mut stage = Stage::new(at(8, 5, 10, 0), 3).await;
    stage.run_daily(3);
    let before = stored(&stage.scene.hublake);
    // A new week, and new stars.
    stage.go_to(at(8, 5, 10, 0) + TimeDelta::days(6));
    stage.scene.github.sim().world_mut().star(crate::scene::REPOSITORY, 2).expect("it is there");
    kill_at_every_step(&stage, Some(&before));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_a_run_that_died_before_it_published_count_with_those_of_the_next_day() {
    let (sunday, monday) = (at(8, 9, 10, 0), at(8, 10, 11, 0));
    let mut stage = Stage::new(sunday, 1).await;
    let undisturbed = copy_of(&stage);
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
        let mut hublake = copy_of(&stage);
        let was_killed = killed_at(&hublake, RUN, step);
        // The row that says that all answers are there.
        let is_complete = count_of_files(&hublake.home().join("lake/raw_runs/_delta_log")) > 1;
        if !was_killed || !is_complete {
            continue;
        }
        assert!(try_stored(&hublake).is_err_and(|text| text.contains("nothing is published yet")), "step {step}");
        stage.go_to(monday);
        hublake.set_now(monday);
        hublake.succeed(RUN);
        let texts = hublake.differing_tables(&expected);
        assert!(texts.is_empty(), "killed at step {step}:\n{}", texts.join(""));
        kept += 1;
    }
    assert!(kept > 0, "no run died between its answers and its publication, of {steps} steps");
}
