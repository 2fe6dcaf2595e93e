//! The forms of the file.

use rstest::rstest;

use super::*;

#[rstest]
#[case::web("web", "runtime: node", Some(ServiceKind::Web))]
#[case::static_site("web", "runtime: static", Some(ServiceKind::Static))]
#[case::static_site_of_old("web", "env: static", Some(ServiceKind::Static))]
#[case::private("pserv", "env: docker", Some(ServiceKind::Private))]
#[case::worker("worker", "runtime: elixir", Some(ServiceKind::Worker))]
#[case::cron("cron", "runtime: ruby\n    schedule: '0 * * * *'", Some(ServiceKind::Cron))]
#[case::key_value("keyvalue", "ipAllowList: []", Some(ServiceKind::Redis))]
#[case::key_value_of_old("redis", "plan: free", Some(ServiceKind::Redis))]
#[case::workflow("workflow", "runtime: python", Some(ServiceKind::Workflow))]
fn a_type_with_its_runtime_is_a_kind(#[case] written: &str, #[case] more: &str, #[case] kind: Option<ServiceKind>) {
    let blueprint = sound(&format!("services:\n  - type: {written}\n    name: one\n    {more}\n"));
    assert_eq!(blueprint.services[0].kind, kind);
    assert_eq!(blueprint.services[0].written_type.as_deref(), Some(written));
}

#[test]
fn every_scope_is_read_in_order() {
    let blueprint = sound(
        "
projects:
  - name: shop
    envVarGroups:
      - name: shared
    environments:
      - name: staging
        services:
          - {type: web, name: shop-staging, runtime: go}
        databases:
          - name: shop-db-staging
      - name: production
        networking: {isolation: enabled}
        permissions: {protection: disabled}
        services:
          - {type: web, name: shop, runtime: go}
        databases:
          - name: shop-db
            readReplicas:
              - name: shop-db-replica
            highAvailability: {enabled: true}
        envVarGroups:
          - name: secrets
            envVars: [{key: A, generateValue: true}]
ungrouped:
  services:
    - {type: worker, name: mailer, runtime: docker}
  databases:
    - name: archive
  envVarGroups:
    - name: mail
databases:
  - name: old
    plan: pro plus
services:
  - {type: pserv, name: inner, runtime: image, image: {url: docker.io/a/b, creds: {fromRegistryCreds: {name: c}}}}
",
    );
    let expected =
        ["root inner private", "ungrouped mailer worker", "shop/staging shop-staging web", "shop/production shop web"];
    assert_eq!(services(&blueprint), expected);
    // A replica is no database.
    let expected = ["root old", "ungrouped archive", "shop/staging shop-db-staging", "shop/production shop-db"];
    assert_eq!(databases(&blueprint), expected);
    assert_eq!(blueprint.databases[0].plan.as_deref(), Some("pro plus"));
    let groups: Vec<_> = blueprint.env_var_groups.iter().map(|group| group.scope.as_str()).collect();
    assert_eq!(groups, ["ungrouped", "shop", "shop/production"]);
    assert_eq!(blueprint.service_count(), 8);
}

#[test]
fn services_have_the_place_of_their_first_key() {
    let blueprint = sound(
        "# what runs
services:
  # the page
  - type: web # a comment
    name: page
    runtime: node
  -
    name: queue
    type: worker
    runtime: node
databases: [{name: store}, {name: copy}]
",
    );
    let places: Vec<_> = blueprint.services.iter().map(|service| (service.line, service.column)).collect();
    assert_eq!(places, [(4, 5), (8, 5)]);
    let places: Vec<_> = blueprint.databases.iter().map(|database| (database.line, database.column)).collect();
    assert_eq!(places, [(11, 13), (11, 28)]);
}

#[test]
fn references_are_no_services() {
    let blueprint = sound(
        "
services:
  - type: web
    name: page
    env: docker
    dockerfilePath: ./page/Dockerfile
    autoDeploy: false
    autoDeployTrigger: checksPass
    envVars:
      - key: PLAIN
        value: 1
      - key: MADE
        generateValue: true
      - key: ASKED
        sync: false
      - key: DATABASE
        fromDatabase: {name: store, property: connectionString}
      - key: CACHE
        fromService: {type: redis, name: cache, property: host}
      - fromGroup: shared
envVarGroups:
  - name: shared
    envVars:
# - key: LATER
",
    );
    assert_eq!(services(&blueprint), ["root page web"]);
    assert_eq!((blueprint.databases.len(), blueprint.env_var_groups.len()), (0, 1));
    assert_eq!(blueprint.dockerfile_paths(), ["page/Dockerfile"]);
}

#[rstest]
#[case::named("previews: {generation: manual, expireAfterDays: 3}", Some((Generation::Manual, Some(3))))]
#[case::switched_off("previews:\n  generation: off", Some((Generation::Off, None)))]
#[case::automatic("previews:\n  generation: automatic", Some((Generation::Automatic, None)))]
#[case::of_old("previewsEnabled: true\npreviewsExpireAfterDays: 9", Some((Generation::Automatic, Some(9))))]
#[case::of_old_and_off("previewsEnabled: false", Some((Generation::Off, None)))]
#[case::new_before_old("previews: {generation: manual}\npreviewsEnabled: true", Some((Generation::Manual, None)))]
#[case::unsaid("services: []", None)]
fn previews_of_the_blueprint_are_read(#[case] text: &str, #[case] expected: Option<(Generation, Option<u32>)>) {
    let previews = sound(text).previews;
    assert_eq!(previews.map(|previews| (previews.generation, previews.expire_after_days)), expected);
}

#[rstest]
#[case::named("previews: {generation: manual, plan: free, numInstances: 1}", Some(Generation::Manual))]
#[case::of_old("pullRequestPreviewsEnabled: yes", Some(Generation::Automatic))]
#[case::unsaid("plan: free", None)]
fn previews_of_a_service_are_read(#[case] line: &str, #[case] expected: Option<Generation>) {
    let blueprint = sound(&format!("services:\n  - type: web\n    name: a\n    runtime: node\n    {line}\n"));
    assert_eq!(blueprint.services[0].previews, expected);
}

#[test]
fn anchors_are_followed_and_merge_keys_merged() {
    let blueprint = parse(
        "
base: &base
  type: worker
  runtime: python
  plan: starter
docker: &docker {runtime: docker, dockerfilePath: ./Dockerfile}
services:
  - <<: *base
    name: first
  - <<: [*docker, *base]
    name: second
    plan: pro
  - &third {type: web, name: third, runtime: rust}
ungrouped:
  databases: &stores
    - name: store
",
    );
    assert_eq!(services(&blueprint), ["root first worker", "root second worker", "root third web"]);
    let second = &blueprint.services[1];
    // Its own key goes before merged ones, and the first merged mapping before the second.
    assert_eq!((second.plan.as_deref(), second.runtime.as_deref()), (Some("pro"), Some("docker")));
    assert_eq!(second.dockerfile_path.as_deref(), Some("Dockerfile"));
    assert_eq!((second.line, second.column), (10, 5));
    // The keys that hold the anchors are no keys of a Blueprint.
    let expected = ["2:1 unknown key \"base\" of the blueprint", "6:1 unknown key \"docker\" of the blueprint"];
    assert_eq!(told(&blueprint.warnings), expected);
    assert_eq!((blueprint.errors.len(), blueprint.error), (0, None));
}

#[rstest]
#[case::nothing("")]
#[case::comments("# later\n\n")]
#[case::no_entries("services: []\ndatabases:\n")]
#[case::null("~")]
#[case::a_mark("---\n...\n")]
#[case::a_byte_order_mark("\u{feff}services:\n")]
fn an_empty_file_is_no_error(#[case] text: &str) {
    let blueprint = sound(text);
    assert_eq!((blueprint.service_count(), complexity(&blueprint, Dockerfiles::default())), (0, Some(0)));
}

#[test]
fn windows_line_ends_and_json_are_read() {
    let blueprint = sound("services:\r\n  - type: web\r\n    name: a\r\n    runtime: node\r\n");
    assert_eq!(services(&blueprint), ["root a web"]);
    let blueprint = sound(r#"{"services": [{"type": "web", "name": "a", "runtime": "node"}]}"#);
    assert_eq!(services(&blueprint), ["root a web"]);
}
