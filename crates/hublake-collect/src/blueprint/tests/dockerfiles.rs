//! Dockerfiles: which are named, and what they use.

use rstest::rstest;

use super::super::path::in_repository;
use super::*;

#[rstest]
#[case::as_shell("CMD run $RENDER_EXTERNAL_URL", true)]
#[case::in_braces("ENV A=${RENDER_GIT_COMMIT}", true)]
#[case::as_argument("ARG RENDER_SERVICE_ID", true)]
#[case::small_letters("ENV render_x=1", false)]
#[case::within_a_word("ENV PRERENDER_X=1 MY_RENDER_X=1", false)]
#[case::the_prefix_alone("# RENDER_", false)]
#[case::without_the_line("ENV RENDER=1", false)]
fn a_variable_of_render_is_known_by_its_beginning(#[case] text: &str, #[case] expected: bool) {
    let uses = scan_dockerfile(text);
    assert_eq!((uses.uses_render_env, uses.uses_render_domain), (expected, false));
}

#[rstest]
#[case::the_host("# https://render.com/docs", true)]
#[case::in_capitals("LABEL url=Render.COM", true)]
#[case::a_service("ENV URL=https://app.onrender.com", true)]
#[case::the_other_host("ENV URL=onrender.com.", true)]
#[case::another_word("FROM surrender.com/base", false)]
#[case::a_longer_name("FROM render.community/base", false)]
#[case::the_word("RUN render", false)]
fn a_domain_of_render_is_known_as_a_whole(#[case] text: &str, #[case] expected: bool) {
    let uses = scan_dockerfile(text);
    assert_eq!((uses.uses_render_env, uses.uses_render_domain), (false, expected));
}

#[test]
fn what_one_dockerfile_uses_the_repository_uses() {
    let mut all = Dockerfiles::default();
    all.add("ARG RENDER_X");
    all.add("FROM scratch");
    all.add("# render.com");
    assert_eq!(all, Dockerfiles { uses_render_env: true, uses_render_domain: true });
}

#[rstest]
#[case("Dockerfile", Ok("Dockerfile"))]
#[case("./server//Dockerfile", Ok("server/Dockerfile"))]
#[case("/Dockerfile", Ok("Dockerfile"))]
#[case("a/../b/./Dockerfile/", Ok("b/Dockerfile"))]
#[case("a/../../Dockerfile", Err("is outside of the repository"))]
#[case(".", Err("names no file"))]
#[case("a\nb", Err("has a character that no path has"))]
fn a_path_is_one_from_the_root_of_the_repository(#[case] written: &str, #[case] expected: Result<&str, &str>) {
    assert_eq!(in_repository(written), expected.map(str::to_owned));
}

#[test]
fn each_dockerfile_is_named_once_and_no_more_than_twenty_are() {
    let service = |number: usize| {
        format!("  - {{type: web, name: a{number}, runtime: docker, dockerfilePath: ./{}/Dockerfile}}\n", number / 2)
    };
    let text = |count: usize| format!("services:\n{}", (0..count).map(service).collect::<String>());
    assert_eq!(sound(&text(5)).dockerfile_paths(), ["0/Dockerfile", "1/Dockerfile", "2/Dockerfile"]);
    let blueprint = parse(&text(60));
    assert_eq!(blueprint.dockerfile_paths().len(), 20);
    assert_eq!(told(&blueprint.warnings), ["1:1 only the first 20 Dockerfiles are looked at"]);
}
