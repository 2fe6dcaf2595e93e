//! Events of one issue and of a whole repository, timelines, labels.

use super::answer::{Answer, numbered_link, numbered_page};
use super::issues;
use super::request::Call;
use crate::render::{LABELS, event::write_event, write_label};
use crate::world::event::Event;
use crate::world::issue::Content;
use crate::world::repository::EventPlaces;
use crate::world::{Repository, World};

const TOO_DEEP: &str = "In order to keep the API fast for everyone, pagination is limited for this resource. \
                        Check the rel=last link relation in the Link response header to see how far back you can traverse.";

/// `GET .../issues/{number}/events` and `.../timeline`
pub(crate) fn of_issue(
    world: &World,
    repository: &Repository,
    number: u32,
    call: Call<'_>,
    is_timeline: bool,
) -> Answer {
    let end = if is_timeline { "timeline" } else { "events" };
    let Some(issue) = repository.issues.get(&number) else {
        return issues::absent(repository, number, call, &format!("/{end}"));
    };
    let is_served = |event: &&Event| is_timeline || (event.id > 0 && !event.kind.is_timeline_only());
    let events: Vec<&Event> = issue.events.iter().filter(is_served).collect();
    let path = format!("/repositories/{}/issues/{number}/{end}", repository.id);
    let link = numbered_link(call.question, &path, events.len());
    let page = numbered_page(call.question, events);
    let body = list(page, |event, bytes| write_event(repository, event, &world.users, None, bytes));
    Answer::json(call.question, body).with_link(link)
}

/// `GET .../issues/events`, newest first, each with its issue
pub(crate) fn of_repository(world: &World, repository: &Repository, call: Call<'_>) -> Answer {
    let (page, per_page) = (call.question.page(), call.question.per_page());
    let deepest = call.repository_events;
    if page.saturating_mul(per_page) > deepest {
        return Answer::error(422, TOO_DEEP);
    }
    let places: EventPlaces = repository.event_places();
    let path = format!("/repositories/{}/issues/events", repository.id);
    let link = numbered_link(call.question, &path, places.len().min(deepest));
    let shown = places.iter().skip((page - 1) * per_page).take(per_page);
    let found = shown.filter_map(|(_, number, position)| {
        let issue = repository.issues.get(number)?;
        Some((issue, issue.events.get(usize::try_from(*position).ok()?)?))
    });
    let body = list(found.collect(), |(issue, event), bytes| {
        let mut payload = Vec::new();
        repository.write_issue(issue, &world.users, &mut payload);
        write_event(repository, event, &world.users, Some(&payload), bytes);
    });
    Answer::json(call.question, body).with_link(link)
}

/// `GET .../labels`
pub(crate) fn labels(repository: &Repository, call: Call<'_>) -> Answer {
    let is_generated = |content: &Content| matches!(content, Content::Generated(_));
    let mut labels: Vec<Vec<u8>> = Vec::new();
    if repository.issues.values().any(|issue| is_generated(&issue.content)) {
        for index in 0..LABELS.len() {
            let mut label = Vec::new();
            write_label(repository, index, &mut label);
            labels.push(label);
        }
    }
    let is_new = |name: &&String| !LABELS.iter().any(|label| !labels.is_empty() && label.0 == name.as_str());
    let names: Vec<&String> = repository.labels.keys().filter(is_new).collect();
    labels
        .extend(names.into_iter().filter_map(|name| repository.labels.get(name)).map(|json| json.clone().into_bytes()));
    let link = numbered_link(call.question, &format!("/repositories/{}/labels", repository.id), labels.len());
    let page = numbered_page(call.question, labels);
    Answer::json(call.question, list(page, |label, bytes| bytes.extend_from_slice(&label))).with_link(link)
}

/// A JSON array, each item written by the closure.
pub(crate) fn list<T>(items: Vec<T>, mut write: impl FnMut(T, &mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = vec![b'['];
    for item in items {
        if bytes.len() > 1 {
            bytes.push(b',');
        }
        write(item, &mut bytes);
    }
    bytes.push(b']');
    bytes
}
