//! From a route to the endpoint that answers it.

use super::answer::Answer;
use super::request::Call;
use super::route::Route;
use super::{Shared, apps, repositories, root, users};
use crate::auth::Caller;
use crate::world::{Repository, World};

/// The answer of an endpoint; limits and faults are behind it already.
pub(crate) fn endpoint(shared: &Shared, world: &World, route: &Route, call: Call<'_>) -> Answer {
    let is_owned_by = |owner: &str| {
        let owner = owner.to_owned();
        move |repository: &Repository| repository.owner().eq_ignore_ascii_case(&owner)
    };
    match route {
        Route::Root => root::addresses(call),
        Route::Viewer => users::viewer(world, call),
        Route::User(login) => users::single(world, login, call),
        Route::ViewerRepositories if matches!(call.caller, Caller::Anonymous) => {
            Answer::error(401, "Requires authentication")
        }
        Route::ViewerRepositories => repositories::listed(world, call, "/user/repos", |_| true),
        Route::OwnerRepositories { owner, .. } if world.users.find(owner).is_none() => Answer::not_found(),
        Route::OwnerRepositories { owner, is_organization } => {
            let root = if *is_organization { "orgs" } else { "users" };
            let path = format!("/{root}/{owner}/repos");
            let is_own = is_owned_by(owner);
            // The list of a user is public for everybody.
            let is_wanted =
                |repository: &Repository| is_own(repository) && (*is_organization || !repository.is_private());
            repositories::listed(world, call, &path, is_wanted)
        }
        Route::App => apps::app(world, call),
        Route::Installations => apps::list(world, call),
        Route::Installation(id) => apps::single(world, *id, call),
        Route::AccessTokens(id) => apps::new_token(shared, world, *id, call),
        Route::InstallationRepositories => {
            let installations = shared.installations();
            let owner = call.caller.token().and_then(|token| installations.owner(&token.text));
            match owner {
                Some(owner) => repositories::of_installation(world, owner, call),
                None => Answer::error(403, "You must authenticate with an installation access token"),
            }
        }
        Route::Repository { target, part } => repositories::answer(world, target, *part, call),
        Route::Graphql | Route::RateLimit | Route::Unknown => Answer::not_found(),
    }
}
