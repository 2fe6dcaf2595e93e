//! What a README says about Render.

use super::dockerfile::names_render;

/// Where deploy buttons lead to; each is followed by the end of the address, a query, or a fragment.
const BUTTON_TARGETS: [&str; 2] = ["dashboard.render.com/blueprint/new", "render.com/deploy"];

/// Characters of a button's address, at most; a longer one is no address.
const MOST_ADDRESS: usize = 2_000;

/// What a README says about Render.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// It has the word `render` in any case, or a host of render.com or onrender.com.
    pub mentions_render: bool,
    /// It links to render.com/deploy or dashboard.render.com/blueprint/new.
    pub has_blueprint_button: bool,
    /// Where the first button leads: its address as written, or else `https://render.com/deploy?repo=` with the
    /// repository's page; `None` without a button.
    pub deploy_button_url: Option<String>,
}

impl Mentions {
    /// Looks through the whole text of a README of the repository whose page is `html_url`.
    pub fn find(readme: &str, html_url: &str) -> Self {
        // Only ASCII changes, so that places in both texts are the same.
        let lower = readme.to_ascii_lowercase();
        let mut buttons: Vec<usize> = BUTTON_TARGETS.iter().flat_map(|target| button_places(&lower, target)).collect();
        buttons.sort_unstable();
        let written = buttons.iter().find_map(|at| address_around(readme, &lower, *at));
        Self {
            mentions_render: has_word_render(&lower) || names_render(&lower),
            has_blueprint_button: !buttons.is_empty(),
            deploy_button_url: (!buttons.is_empty())
                .then(|| written.unwrap_or_else(|| format!("https://render.com/deploy?repo={html_url}"))),
        }
    }
}

fn has_word_render(lower: &str) -> bool {
    let is_of_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    lower
        .match_indices("render")
        .any(|(at, found)| !lower[..at].ends_with(is_of_word) && !lower[at + found.len()..].starts_with(is_of_word))
}

/// Where a target begins that is a whole host and a whole path.
fn button_places<'a>(lower: &'a str, target: &'a str) -> impl Iterator<Item = usize> + 'a {
    lower.match_indices(target).map(|(at, _)| at).filter(move |at| {
        let before = lower[..*at].strip_suffix("www.").unwrap_or(&lower[..*at]);
        let after = lower[*at + target.len()..].strip_prefix('/').unwrap_or(&lower[*at + target.len()..]);
        let is_in_path = before.ends_with('/') && !before.ends_with("//");
        let is_whole_host =
            !is_in_path && !before.ends_with(|letter: char| letter.is_alphanumeric() || "-_.@".contains(letter));
        let is_whole_path = !after.starts_with(|letter: char| letter.is_alphanumeric() || "-_/%".contains(letter));
        is_whole_host && is_whole_path
    })
}

/// The whole address that a target is part of; `None` where it has no scheme.
fn address_around(readme: &str, lower: &str, at: usize) -> Option<String> {
    let before = &lower[..at];
    let host = before.strip_suffix("www.").unwrap_or(before);
    let start = ["https://", "http://"].iter().find_map(|scheme| host.strip_suffix(scheme))?.len();
    let rest = readme.get(start..)?;
    let ends = |letter: char| letter.is_whitespace() || letter.is_control() || "()[]<>{}\"'`|\\".contains(letter);
    let address = rest.split(ends).next()?.trim_end_matches(['.', ',', ';', ':', '!', '*']);
    (address.len() <= MOST_ADDRESS).then(|| address.to_owned())
}
