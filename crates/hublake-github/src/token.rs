//! Kinds of tokens.

use std::fmt;

/// What a token is, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// Classic personal access token, `ghp_`.
    Classic,
    /// Fine-grained personal access token, `github_pat_`.
    FineGrained,
    /// OAuth token, `gho_`.
    OAuth,
    /// Token of a user given to an App, `ghu_`.
    AppUser,
    /// Token of an App's installation (also the one of a workflow run), `ghs_`; it lasts one hour.
    Installation,
    /// A GitHub App itself.
    App,
    /// No token.
    Anonymous,
    /// A token with another prefix, such as the 40 hex digits of old.
    Unknown,
}

impl TokenKind {
    /// Tells the kind of `token`.
    pub fn of(token: &str) -> Self {
        const PREFIXES: [(&str, TokenKind); 5] = [
            ("ghp_", TokenKind::Classic),
            ("github_pat_", TokenKind::FineGrained),
            ("gho_", TokenKind::OAuth),
            ("ghu_", TokenKind::AppUser),
            ("ghs_", TokenKind::Installation),
        ];
        PREFIXES.iter().find(|(prefix, _)| token.starts_with(prefix)).map_or(Self::Unknown, |(_, kind)| *kind)
    }

    /// A short name: `classic`, `fine-grained`, `oauth`, `app-user`, `installation`, `app`, `anonymous`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::FineGrained => "fine-grained",
            Self::OAuth => "oauth",
            Self::AppUser => "app-user",
            Self::Installation => "installation",
            Self::App => "app",
            Self::Anonymous => "anonymous",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ghp_abc", TokenKind::Classic)]
    #[case("github_pat_abc", TokenKind::FineGrained)]
    #[case("gho_abc", TokenKind::OAuth)]
    #[case("ghu_abc", TokenKind::AppUser)]
    #[case("ghs_abc", TokenKind::Installation)]
    #[case("0123456789abcdef0123456789abcdef01234567", TokenKind::Unknown)]
    fn kind_is_told_by_prefix(#[case] token: &str, #[case] kind: TokenKind) {
        assert_eq!(TokenKind::of(token), kind);
    }
}
