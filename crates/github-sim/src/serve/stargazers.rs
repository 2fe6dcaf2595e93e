//! How many stars a repository has, and on which days it got them.

use super::answer::{Answer, link_of_pages};
use super::request::Call;
use crate::world::calendar::{DAY, day_of, sunday};
use crate::world::{Repository, World};

/// Weeks a page at most, and without `per_page`.
const LONGEST_PAGE: usize = 30;
const LAST_PAGE: usize = 100;

/// `GET .../stargazers/count`
pub(crate) fn count(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let count = repository.stars.total(world.now().timestamp());
    Answer::json(call.question, format!("{{\"count\":{count}}}"))
}

/// `GET .../stargazers/history`: the weeks from the newest to that of the creation, each beginning on its Sunday
pub(crate) fn history(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let (page, per_page) = (call.question.page(), call.question.per_page().min(LONGEST_PAGE));
    if page > LAST_PAGE {
        return Answer::error(
            422,
            "In order to keep the API fast for everyone, pagination is limited for this resource.",
        );
    }
    let now = world.now().timestamp();
    let newest = sunday(day_of(now));
    let created = day_of(repository.created_at);
    let oldest = sunday(repository.stars.first_day().map_or(created, |first| first.min(created)));
    let count = usize::try_from((newest - oldest) / 7 + 1).unwrap_or(0);
    let weeks = (0..count).skip((page - 1) * per_page).take(per_page);
    let texts: Vec<String> =
        weeks.map(|back| week(repository, newest - 7 * i64::try_from(back).unwrap_or(0), now)).collect();
    let path = format!("/repositories/{}/stargazers/history", repository.id);
    let pages = count.div_ceil(per_page).min(LAST_PAGE);
    Answer::json(call.question, format!("[{}]", texts.join(","))).with_link(link_of_pages(call.question, &path, pages))
}

fn week(repository: &Repository, first: i64, now: i64) -> String {
    let days: Vec<u64> = (first..first + 7).map(|day| repository.stars.given_on(day, now)).collect();
    let total: u64 = days.iter().sum();
    let days: Vec<String> = days.iter().map(u64::to_string).collect();
    format!("{{\"week\":{},\"total\":{total},\"days\":[{}]}}", first * DAY, days.join(","))
}
