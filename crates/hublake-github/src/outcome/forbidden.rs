//! Missing rights.

/// Which right a 403 misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ForbiddenKind {
    /// "Must have push access to repository": the user may only read.
    NeedsPushAccess,
    /// "Resource not accessible by personal access token": a fine-grained token without the permission.
    TokenLacksPermission,
    /// "Resource not accessible by integration": an App or a workflow token without the permission.
    IntegrationLacksPermission,
    /// The organisation wants the token authorised for its single sign-on.
    NeedsSingleSignOn,
    /// The organisation refuses this kind of token.
    TokenKindRefused,
    /// "Repository access blocked": GitHub took the repository down.
    RepositoryBlocked,
    /// Anything else.
    Other,
}

impl ForbiddenKind {
    /// Tells the kind by GitHub's words.
    pub(crate) fn of_message(message: &str) -> Self {
        const WORDS: [(&str, ForbiddenKind); 8] = [
            ("must have push access", ForbiddenKind::NeedsPushAccess),
            ("not accessible by personal access token", ForbiddenKind::TokenLacksPermission),
            ("not accessible by integration", ForbiddenKind::IntegrationLacksPermission),
            ("saml", ForbiddenKind::NeedsSingleSignOn),
            ("forbids access via a personal access token", ForbiddenKind::TokenKindRefused),
            ("forbids access via a fine-grained", ForbiddenKind::TokenKindRefused),
            ("repository access blocked", ForbiddenKind::RepositoryBlocked),
            ("must have admin", ForbiddenKind::NeedsPushAccess),
        ];
        let lower = message.to_ascii_lowercase();
        WORDS.iter().find(|(words, _)| lower.contains(words)).map_or(Self::Other, |(_, kind)| *kind)
    }

    /// The next step.
    pub fn hint(self) -> &'static str {
        match self {
            Self::NeedsPushAccess => "the token's user needs write access to the repository",
            Self::TokenLacksPermission => {
                "give the fine-grained token the permission that the request needs, for this repository"
            }
            Self::IntegrationLacksPermission => {
                "give the GitHub App the permission and accept it for the installation; a workflow's own token cannot have it"
            }
            Self::NeedsSingleSignOn => "authorise the token for the organisation's single sign-on in its settings",
            Self::TokenKindRefused => {
                "the organisation refuses this kind of token; use a fine-grained token or a GitHub App"
            }
            Self::RepositoryBlocked => "GitHub took the repository down; remove it from the list",
            Self::Other => "check what the token may do with this repository",
        }
    }
}
