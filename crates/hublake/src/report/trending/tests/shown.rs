//! What a person sees.

use chrono::TimeDelta;
use rstest::rstest;

use super::scene::{HOSTILE, rich};
use super::tables::{Tables, date, present};
use super::{ALL, answer, one};
use crate::clean::{columns, json};
use crate::report::trending::explained::terminal::told_in;
use crate::report::trending::figures::Asked;
use crate::report::trending::terminal::answer_in;

/// Every line fits, and holds nothing that a terminal obeys.
fn assert_fits(text: &str, width: usize) {
    for line in text.lines() {
        // What the program draws itself is one column wide, other people's letters may be two.
        let drawn = line.chars().filter(|letter| ('\u{2500}'..='\u{259f}').contains(letter)).count();
        assert!(columns(line) - drawn <= width, "{} columns: {line}", columns(line) - drawn);
        assert_eq!(line, line.trim_end());
        let is_obeyed = |letter: char| letter.is_control() || ('\u{202a}'..='\u{202e}').contains(&letter);
        assert!(!line.contains(is_obeyed), "{line:?}");
    }
}

#[rstest]
#[case::narrow(80)]
#[case::wide(130)]
#[tokio::test]
async fn lists_showcase_services_and_run_fit_into_the_terminal(#[case] width: usize) {
    let text = answer_in(&answer(&rich(), &ALL).await, present(), width);
    assert_fits(&text, width);
    insta::assert_snapshot!(format!("answer_{width}"), text);
}

#[rstest]
#[case::own_snapshots("acme/rocket")]
#[case::star_history("acme/most")]
#[case::of_render("render-examples/flask")]
#[case::broken_blueprint("bob/broken")]
#[case::little_is_known("web/twin-a")]
#[tokio::test]
async fn why_a_repository_is_trending_can_be_checked_by_hand(#[case] name: &str) {
    let found = one(name).await;
    let (narrow, wide) = (told_in(&found, 80), told_in(&found, 130));
    assert_fits(&narrow, 80);
    assert_fits(&wide, 130);
    insta::assert_snapshot!(format!("why_{}_80", found.repo_id), narrow);
    insta::assert_snapshot!(format!("why_{}_130", found.repo_id), wide);
}

#[tokio::test]
async fn hostile_words_do_not_reach_the_terminal() {
    let mut all = answer(&rich(), &ALL).await;
    for list in &mut all.lists {
        list.language.push_str(HOSTILE);
        for one in &mut list.repositories {
            one.repository.push_str(HOSTILE);
            one.description = Some(HOSTILE.repeat(2_000));
            if let Some(render) = &mut one.render {
                render.category = Some(HOSTILE.to_owned());
                render.services = vec![HOSTILE.to_owned()];
            }
        }
    }
    let run = all.run.as_mut().unwrap();
    for task in &mut run.tasks {
        task.branch.push_str(HOSTILE);
        task.message = Some(HOSTILE.repeat(2_000));
    }
    let text = answer_in(&all, present(), 130);
    assert!(!text.contains(|letter: char| letter != '\n' && letter.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}'));
    assert!(text.len() < 30_000, "{} bytes", text.len());

    let mut found = one("render-examples/flask").await;
    found.repository.push_str(HOSTILE);
    found.repo_url = Some(HOSTILE.repeat(100));
    found.description = Some(HOSTILE.repeat(2_000));
    found.language.push_str(HOSTILE);
    found.repo_language = Some(HOSTILE.to_owned());
    found.momentum.most_starred = Some(HOSTILE.to_owned());
    let blueprint = found.blueprint.as_mut().unwrap();
    blueprint.showcase.deploy_button_url = Some(HOSTILE.to_owned());
    blueprint.parse_error = Some(HOSTILE.to_owned());
    for service in &mut blueprint.declared {
        service.service_name = Some(HOSTILE.to_owned());
        service.scope = Some(HOSTILE.to_owned());
        service.problem = Some(HOSTILE.to_owned());
    }
    let text = told_in(&found, 80);
    assert!(!text.contains(|letter: char| letter != '\n' && letter.is_control()), "{text:?}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{200b}'));
}

#[tokio::test]
async fn an_old_answer_says_how_old_it_is() {
    let all = answer(&rich(), &ALL).await;
    let heading = |days: i64| {
        let text = answer_in(&all, present() + TimeDelta::days(days), 200);
        text.lines().next().unwrap().to_owned()
    };
    assert_eq!(heading(0), " trending on 2026-11-22, by momentum: 0.5 × stars + 0.5 × recency");
    assert!(heading(1).contains("(yesterday; hublake run trending looks again)"));
    assert!(heading(9).contains("(9 days ago; hublake run trending looks again)"));
}

#[tokio::test]
async fn a_failed_branch_whose_list_is_older_says_so() {
    let mut all = answer(&rich(), &ALL).await;
    all.lists[2].snapshot_date = Some(date("2026-11-22"));
    let text = answer_in(&all, present(), 200);
    let warning = "Go: search failed: GitHub answered 502 Bad Gateway?[31m; shown is what was seen before";
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(warning), "{text}");
}

#[tokio::test]
async fn the_json_has_every_key_and_nulls() {
    let asked = Asked { limit: 1, language: None };
    let lists = answer(&rich(), &asked).await.lists;
    insta::assert_snapshot!("lists", json(&lists).unwrap());
    insta::assert_snapshot!("why", json(&[one("render-examples/flask").await]).unwrap());
    assert_eq!(json(&answer(&Tables::default(), &asked).await.lists).unwrap(), "[]");
}
