use crate::client::{get, get_with, plain, serve};

#[tokio::test]
async fn the_root_names_the_addresses_of_its_api_version() {
    let sim = serve(plain(1)).await;
    let first = get(&sim, "").await.json();
    assert_eq!(first["repository_url"], "https://api.github.com/repos/{owner}/{repo}");
    assert_eq!(first["authorizations_url"], "https://api.github.com/authorizations");
    assert_eq!(first.as_object().unwrap().len(), 33);
    let newer = get_with(&sim, "", &[("x-github-api-version", "2026-03-10")]).await.json();
    assert!(newer.get("authorizations_url").is_none());
    assert_eq!(newer["current_user_authorizations_html_url"], first["current_user_authorizations_html_url"]);
}
