//! Help texts and lists that a person reads.

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn help_lists_the_commands_and_the_settings() {
    let scene = Scene::new(&[]).await;
    let short = scene.hublake.succeed(&["-h"]);
    for command in ["init", "auth", "add", "remove", "list", "run", "report", "plan", "query", "export", "doctor"] {
        assert!(short.contains(&format!("  {command} ")), "{command} is not in {short}");
    }
    assert!(short.contains("Exit codes: 0 done, 1 failed"), "{short}");
    let long = scene.hublake.succeed(&["--help"]);
    assert!(long.contains("HUBLAKE_NOW") && long.contains("GITHUB_API_URL"), "{long}");
    insta::assert_snapshot!(scene.hublake.succeed(&["run", "--help"]));
    assert!(!scene.hublake.home().exists(), "help makes no home");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_is_the_steps_of_a_run() {
    let scene = Scene::new(&[]).await;
    insta::assert_snapshot!(scene.hublake.succeed(&["plan", "issues", "--steps"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_is_made_by_init_and_by_add() {
    let scene = Scene::new(&[1]).await;
    let said = scene.hublake.succeed(&["init"]);
    assert!(said.contains("are ready") && said.contains("next: "), "{said}");
    assert!(scene.hublake.home().join("control.db").is_file());
    let doctor = scene.hublake.succeed(&["doctor"]);
    assert!(doctor.contains("all is well"), "{doctor}");
    let version = scene.hublake.succeed(&["--version"]);
    assert!(version.starts_with("hublake 0."), "{version}");
}
