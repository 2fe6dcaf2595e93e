//! An import is killed at its durable steps: what readers see is never half, and the same import again mends it.

use serde_json::Value;

use super::desk::{Desk, OF_THE_RUN, import_well};
use super::twice::one_of_each;
use crate::kill::{copy_of, count_of_files, killed_at};
use crate::program::Hublake;
use crate::scene::assert_same;
use crate::traffic::stored::{stored, try_stored};

/// How many steps are tried unless `HUBLAKE_KILL_AT_EVERY_STEP` is set.
const TRIED: usize = 6;

/// How many values are kept of each file.
fn kept(hublake: &Hublake) -> Vec<Value> {
    hublake.query(
        "SELECT file_name, repo_id, count(*) AS kept, count(DISTINCT item_index) AS places
         FROM raw_traffic_imports GROUP BY 1, 2 ORDER BY 1, 2",
    )
}

fn kill_at_every_step(desk: &Desk, files: &[String], before: Option<&[String]>) {
    let mut arguments = vec!["--owner", "acme"];
    arguments.extend(files.iter().map(String::as_str));
    let call = [&["import", "traffic"], arguments.as_slice()].concat();

    let undisturbed = copy_of(&desk.scene);
    let count = count_of_files(&undisturbed.home().join("lake"));
    import_well(&undisturbed, &arguments);
    // About every other step is a write to the control store.
    let steps = 2 * (count_of_files(&undisturbed.home().join("lake")) - count);
    let (after, kept_after) = (stored(&undisturbed, OF_THE_RUN), kept(&undisturbed));
    assert_ne!(Some(after.as_slice()), before);

    let every = std::env::var_os("HUBLAKE_KILL_AT_EVERY_STEP").is_some();
    let stride = if every { 1 } else { steps.div_ceil(TRIED).max(1) };
    let (mut step, mut kills) = (1, 0);
    loop {
        let hublake = copy_of(&desk.scene);
        let was_killed = killed_at(&hublake, &call, step);
        let when = format!("killed at step {step} of about {steps}");
        match (try_stored(&hublake, OF_THE_RUN), before) {
            (Ok(seen), _) if seen == after => {}
            (Ok(seen), Some(before)) => assert_same(&seen, before, &when),
            (Ok(seen), None) => panic!("{when}: half of an import is seen: {} rows", seen.len()),
            (Err(text), None) => assert!(text.contains("nothing is published yet"), "{when}: {text}"),
            (Err(text), Some(_)) => panic!("{when}: {text}"),
        }
        import_well(&hublake, &arguments);
        assert_same(&stored(&hublake, OF_THE_RUN), &after, &when);
        assert_same(&kept(&hublake), &kept_after, &when);
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
async fn a_first_import_killed_at_any_step_shows_nothing_and_once_more_gives_the_same_tables() {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let files = one_of_each(&desk).await;
    kill_at_every_step(&desk, &files, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_import_killed_at_any_step_shows_what_was_published_and_once_more_gives_the_same_tables() {
    let desk = Desk::new(&["acme/rocket", "acme/quiet"]).await;
    let text = "date,repo,views,view_uniques\n2024-03-09,acme/rocket,9,3\n2024-03-20,acme/quiet,1,1\n";
    desk.import_well(&[&desk.file("first.csv", text)]);
    let before = stored(desk.hublake(), OF_THE_RUN);
    let files = one_of_each(&desk).await;
    kill_at_every_step(&desk, &files, Some(&before));
}
