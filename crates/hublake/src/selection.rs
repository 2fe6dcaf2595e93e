//! Which of an account's repositories are collected.

use std::str::FromStr;

use anyhow::{Result, bail};
use hublake_github::RepoName;

/// What rules are asked about.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// `owner/name`.
    pub name: &'a RepoName,
    /// Whether it is a fork.
    pub is_fork: bool,
    /// Whether its owner has archived it.
    pub is_archived: bool,
    /// Whether its owner is an account that is selected.
    pub is_of_account: bool,
}

/// One rule, as people of ghstats write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `*`: everything, for lists that name some beside it.
    Everything,
    /// `owner/*` or `!owner/*`.
    Owner {
        /// The account.
        owner: String,
        /// Whether they are taken or left out.
        is_taken: bool,
    },
    /// `owner/name` or `!owner/name`.
    Repository {
        /// The repository.
        name: RepoName,
        /// Whether it is taken or left out.
        is_taken: bool,
    },
    /// `!fork`.
    NoForks,
    /// `!archived`.
    NoArchived,
}

impl Rule {
    /// Whether a text is meant as a rule rather than as a repository's name.
    pub fn has_form_of(text: &str) -> bool {
        text.starts_with('!') || text.contains('*')
    }

    /// The owner whose repositories it takes.
    pub fn owner_taken(&self) -> Option<&str> {
        match self {
            Self::Owner { owner, is_taken: true } => Some(owner),
            _ => None,
        }
    }
}

impl FromStr for Rule {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "*" => return Ok(Self::Everything),
            "!fork" => return Ok(Self::NoForks),
            "!archived" => return Ok(Self::NoArchived),
            _ => {}
        }
        let (is_taken, rest) = match text.strip_prefix('!') {
            Some(rest) => (false, rest),
            None => (true, text),
        };
        if let Some(owner) = rest.strip_suffix("/*") {
            // An owner's name has the form of a repository's.
            return match RepoName::new(owner, "any") {
                Ok(name) => Ok(Self::Owner { owner: name.owner().to_owned(), is_taken }),
                Err(_) => bail!("{text} is no rule\nhint: {FORMS}"),
            };
        }
        match rest.parse() {
            Ok(name) => Ok(Self::Repository { name, is_taken }),
            Err(_) => bail!("{text} is no rule\nhint: {FORMS}"),
        }
    }
}

const FORMS: &str = "rules are *, owner/*, owner/name, !owner/*, !owner/name, !fork and !archived";

/// Whether a repository is taken by rules.
///
/// One that is named is taken or left out as it is named, even if it is a fork or archived. Else it must be of a
/// selected account, or of an owner that is taken, if any rule takes something and none takes everything; and forks and
/// archived ones are left out by their rules.
pub fn takes(rules: &[Rule], candidate: Candidate<'_>) -> bool {
    let mut is_any_taken = false;
    let mut is_owner_taken = candidate.is_of_account;
    for rule in rules {
        match rule {
            Rule::Repository { name, is_taken } => {
                if name.key() == candidate.name.key() {
                    return *is_taken;
                }
                is_any_taken |= is_taken;
            }
            Rule::Owner { owner, is_taken } => {
                let is_of_owner = owner.eq_ignore_ascii_case(candidate.name.owner());
                is_owner_taken |= is_of_owner && *is_taken;
                is_any_taken |= is_taken;
            }
            Rule::Everything | Rule::NoForks | Rule::NoArchived => {}
        }
    }
    let is_left_out = rules.iter().any(|rule| match rule {
        Rule::Owner { owner, is_taken: false } => owner.eq_ignore_ascii_case(candidate.name.owner()),
        Rule::NoForks => candidate.is_fork,
        Rule::NoArchived => candidate.is_archived,
        _ => false,
    });
    let is_taken = is_owner_taken || !is_any_taken || rules.contains(&Rule::Everything);
    is_taken && !is_left_out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(rules: &str) -> Vec<&'static str> {
        let rules: Vec<Rule> = rules.split_whitespace().map(|rule| rule.parse().expect("a rule")).collect();
        // name, whether it is a fork, whether it is archived
        let all = [
            ("ann/tool", false, false),
            ("ann/fork", true, false),
            ("ann/old", false, true),
            ("bob/lib", false, false),
            ("bob/fork", true, true),
        ];
        let is_taken = |(name, is_fork, is_archived): &(&str, bool, bool)| {
            let name = name.parse().expect("a name");
            let (is_fork, is_archived) = (*is_fork, *is_archived);
            takes(&rules, Candidate { name: &name, is_fork, is_archived, is_of_account: false })
        };
        all.into_iter().filter(is_taken).map(|(name, ..)| name).collect()
    }

    #[test]
    fn rules_take_what_ghstats_says_they_take() {
        assert_eq!(taken(""), ["ann/tool", "ann/fork", "ann/old", "bob/lib", "bob/fork"], "no rule: all");
        assert_eq!(taken("ann/tool bob/lib"), ["ann/tool", "bob/lib"], "only these two");
        assert_eq!(taken("ann/* bob/lib"), ["ann/tool", "ann/fork", "ann/old", "bob/lib"]);
        assert_eq!(taken("ann/* !ann/old"), ["ann/tool", "ann/fork"]);
        assert_eq!(taken("* !ann/old !bob/lib"), ["ann/tool", "ann/fork", "bob/fork"]);
        assert_eq!(taken("* !fork"), ["ann/tool", "ann/old", "bob/lib"]);
        assert_eq!(taken("!fork"), ["ann/tool", "ann/old", "bob/lib"], "nothing is named, so * is meant");
        assert_eq!(taken("ann/* !fork"), ["ann/tool", "ann/old"]);
        assert_eq!(taken("* bob/fork !fork !archived"), ["ann/tool", "bob/lib", "bob/fork"], "named, so kept");
        assert_eq!(taken("* !archived"), ["ann/tool", "ann/fork", "bob/lib"]);
        assert_eq!(taken("!bob/*"), ["ann/tool", "ann/fork", "ann/old"]);
        assert_eq!(taken("ANN/TOOL"), ["ann/tool"], "case does not matter");
    }

    #[test]
    fn what_is_no_rule_is_refused_with_the_forms() {
        for text in ["", "!", "ann", "!everything", "ann/*/x", "*/tool", "ann /tool", "!*"] {
            let error = text.parse::<Rule>().expect_err("no rule").to_string();
            assert!(error.contains("is no rule\nhint: rules are *, owner/*"), "{error}");
        }
    }
}
