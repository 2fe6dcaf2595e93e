//! A full disk.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::assert_says;
use crate::program::{Ended, Hublake};
use crate::scene::{Scene, assert_same, contents};

/// A small file system of its own; it goes when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount.
    fn new(folder: &Path) -> Option<Self> {
        std::fs::create_dir_all(folder).expect("a folder can be made");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder).output();
        mounted.ok()?.status.success().then(|| Self(folder.to_owned()))
    }

    /// Leaves so many bytes.
    fn fill(&self, leave: usize) {
        let mut size = 3 * 1024 * 1024 - leave;
        while size > 4096 && std::fs::write(self.0.join("ballast"), vec![1; size]).is_err() {
            size -= 4096;
        }
    }

    fn free(&self) {
        std::fs::remove_file(self.0.join("ballast")).expect("the ballast is there");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).output();
    }
}

/// Calls the program so that no file of it grows beyond so many blocks of 512 bytes.
fn call_limited(hublake: &Hublake, blocks: u32, arguments: &[&str]) -> Ended {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let command = hublake.command(arguments);
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).arg(command.get_program()).args(command.get_args()).env_clear();
    shell.current_dir(hublake.working_folder());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = shell.output().expect("the shell starts");
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_publishes_nothing_and_the_next_run_completes() {
    let mut scene = Scene::new(&[60]).await;
    let Some(disk) = SmallDisk::new(&scene.hublake.working_folder().join("disk")) else {
        eprintln!("this user may not mount: only the limit on file sizes is tried");
        return;
    };
    let lake = disk.0.join("lake");
    scene.hublake.set("HUBLAKE_LAKE_URL", &lake.display().to_string());
    scene.add_all();
    for leave in [0, 8 * 1024, 64 * 1024] {
        disk.fill(leave);
        let (ended, _) = scene.run(&[]);
        assert_says(&ended, 1, &["error: ", "hint: the disk is full; free some space and run again"]);
        let seen = scene.hublake.try_query("SELECT 1");
        assert!(seen.is_err_and(|text| text.contains("nothing is published")), "{leave} bytes left");
        disk.free();
    }
    scene.run_well(&[]);
    scene.assert_true();

    let before = contents(&scene.hublake);
    scene.change(20, 1);
    disk.fill(16 * 1024);
    let (ended, _) = scene.run(&[]);
    assert_says(&ended, 1, &["hint: the disk is full"]);
    assert_same(&contents(&scene.hublake), &before, "with a full disk");
    disk.free();
    scene.run_well(&[]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_under_the_whole_home_publishes_nothing_and_the_next_run_completes() {
    let mut scene = Scene::new(&[60]).await;
    let Some(disk) = SmallDisk::new(&scene.hublake.working_folder().join("disk")) else {
        eprintln!("this user may not mount: only the limit on file sizes is tried");
        return;
    };
    scene.hublake.set("HUBLAKE_HOME", &disk.0.join("home").display().to_string());
    scene.add_all();
    disk.fill(0);
    let (ended, _) = scene.run(&[]);
    // It is the lock or the control store that meets it first.
    assert_says(&ended, 1, &["error: "]);
    disk.free();
    scene.run_well(&[]);
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_may_not_grow_ends_the_run_and_the_next_one_completes() {
    let scene = Scene::new(&[400]).await;
    scene.add_all();
    // The control store's log needs more than a raw file of so few issues.
    let ended = call_limited(&scene.hublake, 40, &["run", "issues"]);
    assert_says(&ended, 1, &["error: "]);
    assert!(scene.hublake.try_query("SELECT 1").is_err(), "nothing is published");
    scene.run_well(&[]);
    scene.assert_true();
}
