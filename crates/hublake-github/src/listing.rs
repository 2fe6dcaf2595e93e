//! Lists of repositories.

use crate::client::Client;
use crate::error::Error;
use crate::outcome::{Decoded, Outcome, Request, Spent};
use crate::repository::{Body, Repository};
use crate::token::TokenKind;

/// Repositories of a page; GitHub gives no more.
const PER_PAGE: &str = "100";

/// Whose repositories are listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// The token's own: those of its user, those of others on which that user works, and those of organisations.
    Own,
    /// The public ones of a user.
    User(String),
    /// Those of an organisation that the token may see.
    Organisation(String),
}

/// What asking for a list came to.
#[derive(Debug, Clone)]
pub enum ListOutcome {
    /// The whole list.
    Found {
        /// By name.
        repositories: Vec<Repository>,
        /// What it took: a request for each 100.
        spent: Spent,
    },
    /// It cannot be had; never [`Outcome::Page`]. [`Outcome::problem`] says it in words.
    Unavailable(Outcome),
}

impl Client {
    /// Lists the repositories of an account, a hundred a request; what the list gives twice, because it moved
    /// while it was read, is there once.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub async fn repositories(&self, of: &Account) -> Result<ListOutcome, Error> {
        let mut next = Some(self.list_request(of));
        let mut spent = Spent::default();
        let mut repositories: Vec<Repository> = Vec::new();
        while let Some(request) = next {
            let decoded = self.get_decoded(request, |body| serde_json::from_slice::<List>(body)).await?;
            let (page, list) = match decoded {
                Decoded::Page(page, list) => (page, list),
                Decoded::Other(outcome) => return Ok(ListOutcome::Unavailable(outcome)),
            };
            let (List::Bare(elements) | List::OfInstallation { repositories: elements }) = list;
            repositories.extend(elements.into_iter().map(Repository::from));
            spent += page.spent;
            next = page.next.map(|url| of_owner(Request::new(url), of));
        }
        repositories.sort_by_key(|repository| repository.repo_id);
        repositories.dedup_by_key(|repository| repository.repo_id);
        repositories.sort_by_key(|repository| repository.name.key());
        for repository in &repositories {
            self.learn_owner(repository.repo_id, repository.name.owner());
        }
        Ok(ListOutcome::Found { repositories, spent })
    }

    fn list_request(&self, of: &Account) -> Request {
        let is_installed = matches!(self.token_kind(), TokenKind::App | TokenKind::Installation);
        let path = match of {
            _ if is_installed => "installation/repositories".to_owned(),
            Account::Own => "user/repos".to_owned(),
            Account::User(login) => format!("users/{login}/repos"),
            Account::Organisation(login) => format!("orgs/{login}/repos"),
        };
        of_owner(Request::new(self.url(&path, &[("per_page", PER_PAGE)])), of)
    }
}

/// An App asks as its installation at the account.
fn of_owner(request: Request, of: &Account) -> Request {
    match of {
        Account::Own => request,
        Account::User(login) | Account::Organisation(login) => request.for_owner(login),
    }
}

/// A page of a list; that of an installation lies in an object.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum List {
    Bare(Vec<Body>),
    OfInstallation { repositories: Vec<Body> },
}
