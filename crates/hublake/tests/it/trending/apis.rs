//! GraphQL and REST lead to the same tables.

use chrono::TimeDelta;
use github_sim::{SimOptions, TrendingOptions, World};

use super::rules::Rules;
use super::stage::{Stage, noon, rules};
use super::stored::stored;
use super::world::town;
use crate::scene::assert_same;

/// The town, and generated repositories around it; one of them has its issues turned off, with some that are open.
fn world() -> World {
    let mut world = town(noon());
    let options = TrendingOptions { per_language: 4, render: 18, seed: 5, ..TrendingOptions::default() };
    world.generate_trending(&options);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ways_give_the_same_tables_first_and_after_changes() {
    let rules = Rules { excluded_owners: vec!["vercel"], ..rules() };
    let mut stage = Stage::of(world(), rules, SimOptions::default()).await;
    let mut rest = stage.copy();
    stage.run_with(&["--api", "graphql"]);
    rest.succeed(&["run", "trending", "--api", "rest"]);
    assert_same(&stored(&rest), &stored(&stage.scene.hublake), "the first run by REST");

    stage.pass(TimeDelta::hours(25));
    rest.set_now(stage.scene.now());
    stage.change(|world| {
        world.star(701u64, 12).expect("it is there");
        world.set_file(701u64, "README.md", "# Another text, with render.com\n").expect("a file");
        world.set_file(705u64, "render.yaml", super::blueprints::STATIC_SITE).expect("a file");
        world.remove_file(719u64, "Dockerfile").expect("it is there");
        world.rename_repository("acme/old-snake", "acme/new-snake").expect("it is there");
        world.delete_repository(706u64).expect("it is there");
    });
    stage.run_with(&["--api", "graphql"]);
    rest.succeed(&["run", "trending", "--api", "rest"]);
    assert_same(&stored(&rest), &stored(&stage.scene.hublake), "the second run by REST");
    // Whoever went over to the other way in between has the same.
    stage.pass(TimeDelta::hours(1));
    rest.set_now(stage.scene.now());
    stage.run_with(&["--api", "rest"]);
    rest.succeed(&["run", "trending", "--api", "graphql"]);
    assert_same(&stored(&rest), &stored(&stage.scene.hublake), "the third run by the other way");
}
