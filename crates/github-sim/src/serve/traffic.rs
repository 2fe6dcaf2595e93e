//! Traffic: views, clones, where visitors come from and what they look at. GitHub tells it to those who may push.

use serde_json::Value;

use super::answer::Answer;
use super::request::Call;
use crate::render::time_text;
use crate::world::traffic::window::{Step, Window};
use crate::world::{Popular, PopularKind, Repository, TrafficCount, TrafficKind, World};

/// `GET .../traffic/views` and `.../traffic/clones`
pub(crate) fn counts(world: &World, repository: &Repository, kind: TrafficKind, call: Call<'_>) -> Answer {
    if let Some(message) = call.caller.traffic_refusal(repository) {
        return Answer::error(403, message);
    }
    let step = match call.question.parameter("per") {
        None | Some("day") => Step::Day,
        Some("week") => Step::Week,
        Some(_) => return Answer::invalid("per"),
    };
    let window = Window::read(&repository.traffic, kind, step, world.now().timestamp());
    let key = match kind {
        TrafficKind::Views => "views",
        TrafficKind::Clones => "clones",
    };
    let part = |(starts_at, of): &(i64, TrafficCount)| {
        format!("{{\"timestamp\":\"{}\",\"count\":{},\"uniques\":{}}}", time_text(*starts_at), of.count, of.uniques)
    };
    let parts: Vec<String> = window.parts.iter().map(part).collect();
    let TrafficCount { count, uniques } = window.total;
    let body = format!("{{\"count\":{count},\"uniques\":{uniques},\"{key}\":[{}]}}", parts.join(","));
    Answer::json(call.question, body)
}

/// `GET .../traffic/popular/referrers` and `.../traffic/popular/paths`
pub(crate) fn popular(world: &World, repository: &Repository, kind: PopularKind, call: Call<'_>) -> Answer {
    if let Some(message) = call.caller.traffic_refusal(repository) {
        return Answer::error(403, message);
    }
    let full_name = repository.full_name();
    let entries = repository.traffic.popular(kind, &full_name, world.now());
    let texts: Vec<String> = entries.iter().map(|entry| written(kind, &full_name, entry)).collect();
    Answer::json(call.question, format!("[{}]", texts.join(",")))
}

fn written(kind: PopularKind, full_name: &str, entry: &Popular) -> String {
    let Popular { name, title, count, uniques } = entry;
    let text = |text: &str| Value::from(text).to_string();
    let counts = format!("\"count\":{count},\"uniques\":{uniques}");
    match kind {
        PopularKind::Referrers => format!("{{\"referrer\":{},{counts}}}", text(name)),
        PopularKind::Paths => {
            let title = title.as_deref().unwrap_or_else(|| title_of(full_name, name));
            format!("{{\"path\":{},\"title\":{},{counts}}}", text(name), text(title))
        }
    }
}

/// A page's title, made from its path.
fn title_of<'a>(full_name: &str, path: &'a str) -> &'a str {
    let inside = path.strip_prefix('/').and_then(|path| path.strip_prefix(full_name));
    match inside {
        Some("") => "Overview",
        Some(inside) => inside,
        None => path,
    }
}
