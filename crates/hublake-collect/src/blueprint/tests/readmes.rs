//! What READMEs say about Render.

use rstest::rstest;

use super::readme::Mentions;

const PAGE: &str = "https://github.com/ann/tool";

#[rstest]
#[case::as_word("Deploy it on Render.", true)]
#[case::small("we render pages", true)]
#[case::linked("[live](https://tool.onrender.com)", true)]
#[case::the_host("see render.com", true)]
#[case::within_words("prerender and rendering, surrender", false)]
#[case::nothing("", false)]
fn render_is_mentioned_as_a_word_or_a_host(#[case] readme: &str, #[case] expected: bool) {
    let mentions = Mentions::find(readme, PAGE);
    assert_eq!((mentions.mentions_render, mentions.has_blueprint_button), (expected, false));
    assert_eq!(mentions.deploy_button_url, None);
}

#[rstest]
#[case::with_a_repository(
    "[![Deploy](https://render.com/images/b.svg)](https://render.com/deploy?repo=https://github.com/ann/tool)",
    "https://render.com/deploy?repo=https://github.com/ann/tool"
)]
#[case::without_one("[Deploy](https://render.com/deploy)", "https://render.com/deploy")]
#[case::as_html(r#"<a href="https://render.com/deploy?repo=x&amp;y">"#, "https://render.com/deploy?repo=x&amp;y")]
#[case::in_capitals("HTTPS://Render.com/Deploy?repo=A", "HTTPS://Render.com/Deploy?repo=A")]
#[case::www("<https://www.render.com/deploy/>", "https://www.render.com/deploy/")]
#[case::dashboard(
    "[new](https://dashboard.render.com/blueprint/new?repo=x).",
    "https://dashboard.render.com/blueprint/new?repo=x"
)]
#[case::at_the_end_of_a_sentence("Open https://render.com/deploy.", "https://render.com/deploy")]
#[case::no_scheme("[Deploy](render.com/deploy)", "https://render.com/deploy?repo=https://github.com/ann/tool")]
#[case::the_written_one_goes_first("render.com/deploy or http://render.com/deploy#now", "http://render.com/deploy#now")]
#[case::after_letters_of_many_bytes("ÄÖÜ ß → https://render.com/deploy?é=1 …", "https://render.com/deploy?é=1")]
fn a_button_leads_where_it_is_written_to(#[case] readme: &str, #[case] expected: &str) {
    let mentions = Mentions::find(readme, PAGE);
    assert!(mentions.mentions_render && mentions.has_blueprint_button);
    assert_eq!(mentions.deploy_button_url.as_deref(), Some(expected));
}

#[rstest]
#[case::a_picture("https://render.com/images/deploy-to-render-button.svg")]
#[case::documentation("https://render.com/docs/deploy-node")]
#[case::a_longer_path("https://render.com/deploying https://render.com/deploy/x https://render.com/deploy-it")]
#[case::another_host("https://surrender.com/deploy https://a.render.com/deploy https://x@render.com/deploy")]
#[case::a_path("https://elsewhere.example/render.com/deploy")]
fn another_address_is_no_button(#[case] readme: &str) {
    let mentions = Mentions::find(readme, PAGE);
    assert_eq!((mentions.has_blueprint_button, mentions.deploy_button_url), (false, None));
}

#[test]
fn an_address_without_end_is_not_taken() {
    let readme = format!("https://render.com/deploy?{}", "a".repeat(5_000));
    let mentions = Mentions::find(&readme, PAGE);
    assert_eq!(
        mentions.deploy_button_url.as_deref(),
        Some("https://render.com/deploy?repo=https://github.com/ann/tool")
    );
}
