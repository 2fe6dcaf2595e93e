use crate::client::{get_with, plain, post, serve};

const JWT: (&str, &str) = ("authorization", "Bearer eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.c2ln");

#[tokio::test]
async fn an_installation_token_works_for_an_hour_of_the_clock() {
    let sim = serve(plain(1)).await;
    let installation = get_with(&sim, "repos/a/b/installation", &[JWT]).await.json();
    let list = get_with(&sim, "app/installations", &[JWT]).await.json();
    assert_eq!(list[0]["id"], installation["id"]);
    let target = format!("app/installations/{}/access_tokens", installation["id"]);
    let created = post(&sim, &target, &[JWT]).await;
    assert_eq!((created.status, &created.json()["expires_at"]), (201, &"2026-08-01T01:00:00Z".into()));
    let header = format!("Bearer {}", created.json()["token"].as_str().unwrap());
    let token = [("authorization", header.as_str())];
    assert_eq!(get_with(&sim, "repos/a/b/issues", &token).await.status, 200);
    assert_eq!(get_with(&sim, "installation/repositories", &token).await.json()["total_count"], 1);
    assert_eq!(get_with(&sim, "user", &token).await.status, 403);
    sim.world_mut().advance(chrono::TimeDelta::minutes(59));
    assert_eq!(get_with(&sim, "repos/a/b/issues", &token).await.status, 200);
    sim.world_mut().advance(chrono::TimeDelta::minutes(1));
    assert_eq!(get_with(&sim, "repos/a/b/issues", &token).await.status, 401);
}

#[tokio::test]
async fn app_paths_need_a_json_web_token() {
    let sim = serve(plain(1)).await;
    for target in ["app", "app/installations", "repos/a/b/installation"] {
        assert_eq!(get_with(&sim, target, &[]).await.status, 401, "{target}");
        assert_eq!(get_with(&sim, target, &[JWT]).await.status, 200, "{target}");
    }
    assert_eq!(post(&sim, "app/installations/1/access_tokens", &[]).await.status, 401);
    assert_eq!(post(&sim, "app/installations/1/access_tokens", &[JWT]).await.status, 404);
}

#[tokio::test]
async fn an_app_and_its_installations_have_an_account_in_any_world() {
    let sim = serve(plain(1)).await;
    let app = get_with(&sim, "app", &[JWT]).await.json();
    assert_eq!((&app["owner"]["login"], &app["owner"]["type"]), (&"sim-maintainer".into(), &"User".into()));
    let installation = get_with(&sim, "repos/a/b/installation", &[JWT]).await.json();
    assert_eq!(
        (&installation["account"]["login"], &installation["target_type"]),
        (&"a".into(), &"Organization".into())
    );
}
