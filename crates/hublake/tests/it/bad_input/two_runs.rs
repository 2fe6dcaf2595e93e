//! Two runs at once on the same home.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn the_second_run_fails_at_once_with_no_wait_and_names_the_first() {
    let scene = Scene::new(&[5]).await;
    scene.add_all();
    let mut second = scene.hublake.command(&["run", "issues", "--no-wait"]);
    let output = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&output);
    scene.github.sim().on_request(1, move |_| {
        *kept.lock().expect("no panic") = Some(second.output().expect("it starts"));
    });
    let first = scene.hublake.command(&["run", "issues"]).stdout(Stdio::null()).spawn().expect("it starts");
    let process = first.id();
    assert!(first.wait_with_output().expect("it ends").status.success());
    let second = output.lock().expect("no panic").take().expect("it was called");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains(&format!("another run goes on: process {process} (hublake run issues")), "{said}");
    assert!(said.contains("\nhint: "), "{said}");
    scene.assert_true();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_run_waits_says_for_whom_and_then_goes_on() {
    let scene = Scene::new(&[5]).await;
    scene.add_all();
    let mut command = scene.hublake.command(&["run", "issues"]);
    let second = Arc::new(Mutex::new(None));
    let kept = Arc::clone(&second);
    scene.github.sim().on_request(1, move |_| {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let first_line = lines.next().expect("it says something").expect("text");
        // The pipe stays open until the second run has ended.
        let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect::<Vec<_>>());
        *kept.lock().expect("no panic") = Some((child, first_line, rest));
    });
    let first = scene.hublake.command(&["run", "issues"]).stdout(Stdio::null()).spawn().expect("it starts");
    let process = first.id();
    assert!(first.wait_with_output().expect("it ends").status.success());
    let (mut child, first_line, rest) = second.lock().expect("no panic").take().expect("it was started");
    assert!(first_line.contains(&format!("waiting for another run: process {process}")), "{first_line}");
    assert!(child.wait().expect("it ends").success());
    let rest = rest.join().expect("no panic").join("\n");
    assert!(rest.contains("1 not modified"), "it saw what the first published: {rest}");
    scene.assert_true();
}
