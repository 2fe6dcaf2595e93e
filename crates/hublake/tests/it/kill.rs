//! The program is killed at every durable step: what readers see is never half, and the next run mends it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use chrono::TimeDelta;

use crate::program::Hublake;
use crate::scene::{Scene, assert_same, contents, try_contents};

/// How many steps are tried of a run unless `HUBLAKE_KILL_AT_EVERY_STEP` is set.
const TRIED: usize = 7;
const RUN: &[&str] = &["run", "issues"];
/// Short against the time between two steps, long enough to leave the processor to the program.
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);

/// Counts what a run makes durable: files of the lake, and writes to the control store.
struct Watch {
    home: PathBuf,
    files: HashSet<PathBuf>,
    log_size: u64,
    effects: usize,
}

impl Watch {
    fn begin(home: &Path) -> Self {
        let mut watch = Self { home: home.to_owned(), files: HashSet::new(), log_size: 0, effects: 0 };
        watch.look();
        watch.effects = 0;
        watch
    }

    fn look(&mut self) {
        let mut folders = vec![self.home.join("lake")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
                let path = entry.path();
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(path);
                } else if !path.to_string_lossy().contains('#') && self.files.insert(path) {
                    self.effects += 1;
                }
            }
        }
        let log_size = std::fs::metadata(self.home.join("control.db-wal")).map(|log| log.len()).unwrap_or_default();
        if log_size != self.log_size {
            self.log_size = log_size;
            self.effects += 1;
        }
    }
}

fn start(hublake: &Hublake, arguments: &[&str]) -> Child {
    let mut command = hublake.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

/// Runs the program until its `step`-th durable effect is seen; false if it ended before.
pub fn killed_at(hublake: &Hublake, arguments: &[&str], step: usize) -> bool {
    let mut watch = Watch::begin(&hublake.home());
    let mut child = start(hublake, arguments);
    loop {
        watch.look();
        if watch.effects >= step {
            child.kill().expect("it can be killed");
            return child.wait().expect("it can be waited for").code().is_none();
        }
        if child.try_wait().expect("it can be waited for").is_some() {
            return false;
        }
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

/// A program whose home is a copy of the scene's.
pub fn copy_of(scene: &Scene) -> Hublake {
    let copy = Hublake::new(&scene.github.url(), scene.now());
    copy_folder(&scene.hublake.home(), &copy.home());
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

/// How many files lie in a folder and below.
pub fn count_of_files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| if entry.path().is_dir() { count_of_files(&entry.path()) } else { 1 }).sum()
}

/// Kills a run on copies of the scene's home at one durable step after the other.
fn kill_at_every_step(scene: &Scene, before: Option<&[String]>) {
    let undisturbed = copy_of(scene);
    let mut watch = Watch::begin(&undisturbed.home());
    let mut child = start(&undisturbed, RUN);
    while child.try_wait().expect("it can be waited for").is_none() {
        watch.look();
        std::thread::sleep(BETWEEN_LOOKS);
    }
    let after = contents(&undisturbed);
    assert_same(&after, &scene.undisturbed(), "without a kill");
    assert_ne!(Some(after.as_slice()), before);

    let every = std::env::var_os("HUBLAKE_KILL_AT_EVERY_STEP").is_some();
    let stride = if every { 1 } else { watch.effects.div_ceil(TRIED).max(1) };
    let mut step = 1;
    let mut kills = 0;
    loop {
        let hublake = copy_of(scene);
        let was_killed = killed_at(&hublake, RUN, step);
        let when = format!("killed at step {step} of about {}", watch.effects);
        match (try_contents(&hublake), before) {
            (Ok(seen), _) if seen == after => {}
            (Ok(seen), Some(before)) => assert_same(&seen, before, &when),
            (Ok(seen), None) => panic!("{when}: half of a first load is seen: {} rows", seen.len()),
            (Err(text), None) => assert!(text.contains("nothing is published yet"), "{when}: {text}"),
            (Err(text), Some(_)) => panic!("{when}: {text}"),
        }
        // A lock that outlived its process would end this run at once.
        let ended = hublake.call(&["run", "issues", "--no-wait"]);
        assert_eq!(ended.code, Some(0), "{when}: {}", ended.stderr);
        assert_same(&contents(&hublake), &after, &when);
        if !was_killed {
            break;
        }
        kills += 1;
        step += stride;
    }
    eprintln!("killed at {kills} of about {} steps", watch.effects);
    assert!(kills >= TRIED / 2, "{kills} kills");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_killed_at_any_step_shows_nothing_and_is_completed_by_the_next_run() {
    let scene = Scene::new(&[110, 12]).await;
    scene.add_all();
    kill_at_every_step(&scene, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incremental_run_killed_at_any_step_shows_the_last_publication_and_is_completed_by_the_next_run() {
    let mut scene = Scene::published(&[40, 12, 5]).await;
    let before = contents(&scene.hublake);
    scene.change(12, 2);
    scene.pass(TimeDelta::minutes(1));
    kill_at_every_step(&scene, Some(&before));
}
