//! The commands, one file each.

mod audit;
mod auth;
mod demo;
mod doctor;
mod export;
mod import;
mod inspect;
mod list;
mod plan;
mod publish;
mod query;
mod remove;
mod report;
mod repositories;
mod run;
mod runs;
mod selections;
mod sim;
mod traffic;
mod trending;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Command, ImportCommand, PublishCommand};
use crate::home::Home;
use crate::settings::Settings;

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything is done.
    Done,
    /// Nothing of what was asked for could be done; it has been said why.
    Failed,
    /// Some repositories failed and the rest are published.
    Partly,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::SUCCESS,
            Ended::Failed => Self::from(1),
            Ended::Partly => Self::from(3),
        }
    }
}

/// Carries out a command.
pub async fn dispatch(command: Command) -> Result<Ended> {
    let command = match command {
        Command::Inspect(command) => return inspect::inspect(command),
        command => command,
    };
    let settings = Settings::read()?;
    match command {
        Command::Sim(args) => return sim::sim(args).await,
        Command::Demo(args) => return demo::demo(settings, args).await,
        Command::Plan(args) => return plan::plan(settings, args).await,
        _ => {}
    }
    let home = Home::open(settings).await?;
    match command {
        Command::Init => {
            say!("home {} and lake {} are ready", home.settings.home.display(), home.lake.root());
            say!("next: hublake auth, then hublake add OWNER/NAME, then hublake run issues");
            Ok(Ended::Done)
        }
        Command::Auth(args) => auth::auth(&home, args).await,
        Command::Add(args) => repositories::add(&home, &args).await,
        Command::Remove(args) => remove::remove(&home, args).await,
        Command::List(args) => list::list(&home, args.format).await,
        Command::Run(args) => run::run(&home, args).await,
        Command::Report(args) => report::report(&home, args).await,
        Command::Traffic(args) => traffic::traffic(&home, args).await,
        Command::Trending(args) => trending::trending(&home, &args.repositories, args.format).await,
        Command::Import(ImportCommand::Traffic(args)) => import::traffic(&home, args).await,
        Command::Query(args) => query::query(&home, args).await,
        Command::Export(args) => export::export(&home, args).await,
        Command::Publish(PublishCommand::Postgres(args)) => publish::postgres(&home, args).await,
        Command::Doctor => doctor::doctor(&home).await,
        Command::Audit(command) => audit::audit(&home, command).await,
        Command::Runs(args) => runs::runs(&home, args.format).await,
        Command::Sim(_) | Command::Demo(_) | Command::Plan(_) | Command::Inspect(_) => Ok(Ended::Done),
    }
}
