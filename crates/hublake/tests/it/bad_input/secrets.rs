//! Tokens appear nowhere.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use crate::scene::{REPOSITORY, Scene};

const TOKEN: &str = "ghp_Vg7sEcReTtOkEnThAtNoBoDyMaYsEe1234";

fn files_with(folder: &Path, secret: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok) {
        if entry.file_type().expect("a kind").is_dir() {
            found.extend(files_with(&entry.path(), secret));
            continue;
        }
        let bytes = std::fs::read(entry.path()).expect("a file");
        if bytes.windows(secret.len()).any(|window| window == secret.as_bytes()) {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_the_environment_is_in_no_output_and_no_file() {
    let mut scene = Scene::new(&[5]).await;
    scene.hublake.set("GITHUB_TOKEN", TOKEN);
    scene.hublake.set("HUBLAKE_LOG", "trace");
    for arguments in [
        ["-vv", "add", REPOSITORY].as_slice(),
        &["-vv", "run", "issues"],
        &["-vv", "doctor"],
        &["-vv", "report", "issues"],
    ] {
        let ended = scene.hublake.call(arguments);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(!ended.stdout.contains(TOKEN) && !ended.stderr.contains(TOKEN), "{arguments:?} shows the token");
    }
    scene.github.sim().set_faults(["* always status:401".parse().expect("a fault")]);
    let ended = scene.hublake.call(&["-vv", "run", "issues"]);
    assert!(!ended.stdout.contains(TOKEN) && !ended.stderr.contains(TOKEN), "a refusal shows the token");
    assert_eq!(files_with(scene.hublake.working_folder(), TOKEN), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_token_is_sealed_and_used() {
    let mut scene = Scene::new(&[5]).await;
    scene.hublake.set("GITHUB_TOKEN", "");
    let mut command = scene.hublake.command(&["-vv", "auth"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(TOKEN.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    assert!(said.contains("saved: ") && !said.contains(TOKEN), "{said}");
    let ended = scene.hublake.call(&["-vv", "run", "issues", "--repo", REPOSITORY]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stdout.contains(TOKEN) && !ended.stderr.contains(TOKEN), "a run shows the token");
    assert_eq!(files_with(scene.hublake.working_folder(), TOKEN), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_github_refuses_is_not_saved() {
    let mut scene = Scene::new(&[1]).await;
    scene.hublake.set("GITHUB_TOKEN", "");
    scene.github.sim().set_faults(["/user always status:401".parse().expect("a fault")]);
    let mut command = scene.hublake.command(&["auth"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(TOKEN.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(1));
    assert!(scene.hublake.succeed(&["auth", "--forget"]).contains("no credential was saved"));
}
