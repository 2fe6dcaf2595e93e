//! From a route to the endpoint that answers it.

use super::answer::Answer;
use super::request::Call;
use super::route::Route;
use super::{Shared, apps, listing, repositories, root, search, users};
use crate::world::World;

/// The answer of an endpoint; limits and faults are behind it already.
pub(crate) fn endpoint(shared: &Shared, world: &World, route: &Route, call: Call<'_>) -> Answer {
    match route {
        Route::Root => root::addresses(call),
        Route::Viewer => users::viewer(world, call),
        Route::User(login) => users::single(world, login, call),
        Route::ViewerRepositories => listing::of_viewer(world, call),
        Route::OwnerRepositories { owner, is_organization: true } => listing::of_organization(world, owner, call),
        Route::OwnerRepositories { owner, is_organization: false } => listing::of_user(world, owner, call),
        Route::App => apps::app(world, call),
        Route::Installations => apps::list(world, call),
        Route::Installation(id) => apps::single(world, *id, call),
        Route::AccessTokens(id) => apps::new_token(shared, world, *id, call),
        Route::InstallationRepositories => {
            let installations = shared.installations();
            let owner = call.caller.token().and_then(|token| installations.owner(&token.text));
            match owner {
                Some(owner) => listing::of_installation(world, owner, call),
                None => Answer::error(403, "You must authenticate with an installation access token"),
            }
        }
        Route::SearchRepositories => search::repositories(world, call),
        Route::SearchCode => search::code(world, call),
        Route::Repository { target, part } => repositories::answer(world, target, *part, call),
        Route::Graphql | Route::RateLimit | Route::Unknown => Answer::not_found(),
    }
}
