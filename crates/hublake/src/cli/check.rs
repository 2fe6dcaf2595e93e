//! Options that not every pipeline has: wrong usage is told before anything is opened.

use clap::error::ErrorKind;
use clap::{CommandFactory, ValueEnum};

use super::{Cli, Command, PipelineName, PlanArgs, ReportArgs, RunArgs};

type Given = Vec<(&'static str, bool)>;

/// Refuses an option that says nothing about the command's pipeline.
///
/// # Errors
/// The option and what to do in place of it, as clap tells wrong usage.
pub fn check(command: &Command) -> Result<(), clap::Error> {
    let (pipeline, given, known, hint) = match command {
        Command::Run(args) => of_runs(args.pipeline, given_to_run(args)),
        Command::Plan(args) => of_runs(args.pipeline, given_to_plan(args)),
        Command::Report(args) => of_report(args),
        _ => return Ok(()),
    };
    let Some((option, _)) = given.iter().find(|(option, is_given)| *is_given && !known.contains(option)) else {
        return Ok(());
    };
    let name = pipeline.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let message = format!("{option} says nothing about {name}\nhint: {hint}");
    Err(Cli::command().error(ErrorKind::ArgumentConflict, message))
}

type Rule = (PipelineName, Given, &'static [&'static str], &'static str);

fn of_runs(pipeline: PipelineName, given: Given) -> Rule {
    match pipeline {
        PipelineName::Issues => {
            (pipeline, given, &["--since", "--overlap", "--full", "--sweep", "--api", "--repo"], "")
        }
        PipelineName::Traffic => (
            pipeline,
            given,
            &["--repo"],
            "each run asks for all that GitHub still knows; `hublake import traffic` brings in what others kept",
        ),
        PipelineName::Trending => (
            pipeline,
            given,
            &["--api"],
            "each run looks anew; [trending] in hublake.toml says for what, see `hublake --help`",
        ),
    }
}

fn of_report(args: &ReportArgs) -> Rule {
    let given = vec![
        ("--repo", !args.repositories.is_empty()),
        ("--list", args.list.is_some()),
        ("--until", args.until.is_some()),
        ("--language", args.language.is_some()),
        ("--limit", args.limit.is_some()),
    ];
    let (known, hint): (&[&str], _) = match args.pipeline {
        PipelineName::Issues if args.list.is_none() => {
            (&["--repo", "--until"], "--limit belongs to --list: hublake report issues --list oldest --limit 5")
        }
        PipelineName::Issues => (&["--repo", "--list", "--until", "--limit"], "--repo names repositories"),
        PipelineName::Traffic => (&["--repo"], "hublake traffic OWNER/NAME shows the whole history of one repository"),
        PipelineName::Trending => {
            (&["--language", "--limit"], "hublake trending OWNER/NAME tells why one repository is trending")
        }
    };
    (args.pipeline, given, known, hint)
}

fn given_to_run(args: &RunArgs) -> Given {
    vec![
        ("--since", args.since.is_some()),
        ("--overlap", args.overlap.is_some()),
        ("--full", args.full),
        ("--sweep", args.sweep),
        ("--api", args.api.is_some()),
        ("--repo", !args.repositories.is_empty()),
    ]
}

fn given_to_plan(args: &PlanArgs) -> Given {
    vec![
        ("--since", args.since.is_some()),
        ("--overlap", args.overlap.is_some()),
        ("--full", args.full),
        ("--sweep", args.sweep),
        ("--api", args.api.is_some()),
        ("--repo", !args.repositories.is_empty()),
    ]
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use rstest::rstest;

    use super::*;

    fn checked(words: &[&str]) -> Result<(), String> {
        let words = [&["hublake"], words].concat();
        check(&Cli::try_parse_from(words).unwrap().command).map_err(|error| error.to_string())
    }

    #[rstest]
    #[case(&["run", "traffic", "--full"], "--full says nothing about traffic")]
    #[case(&["run", "trending", "--repo", "a/b"], "--repo says nothing about trending")]
    #[case(&["plan", "trending", "--since", "2026-01-01"], "--since says nothing about trending")]
    #[case(&["report", "issues", "--limit", "5"], "--limit belongs to --list")]
    #[case(&["report", "traffic", "--until", "2026-01-01"], "--until says nothing about traffic")]
    #[case(&["report", "trending", "--list", "oldest"], "--list says nothing about trending")]
    #[case(&["report", "issues", "--language", "go"], "--language says nothing about issues")]
    fn an_option_of_another_pipeline_is_named(#[case] words: &[&str], #[case] said: &str) {
        let message = checked(words).unwrap_err();
        assert!(message.contains(said), "{message}");
    }

    #[rstest]
    #[case(&["run", "issues", "--full", "--repo", "a/b"])]
    #[case(&["run", "trending", "--api", "rest"])]
    #[case(&["plan", "traffic", "--repo", "a/b"])]
    #[case(&["report", "issues", "--list", "oldest", "--limit", "5"])]
    #[case(&["report", "trending", "--language", "go", "--limit", "5"])]
    #[case(&["list"])]
    fn an_option_of_the_pipeline_passes(#[case] words: &[&str]) {
        assert_eq!(checked(words), Ok(()));
    }
}
