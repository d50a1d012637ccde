//! The command line: arguments in, one library call, rendering out.
//!
//! One file for each subcommand; exit codes in `exit`, streams in `output`, input files in `input`.
//! stdout carries results only, everything else goes to stderr.

mod args;
mod audit;
mod check;
mod doctor;
mod exit;
mod history;
mod input;
mod languages;
mod live;
mod manual;
mod many;
mod output;
mod payload;
mod plan;
mod policy;
mod progress;
mod reap;
mod report;
mod rules;
mod run;
mod setup;
mod signals;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Arguments, Command};

/// Runs one command line and gives its exit code.
pub async fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let code = match Arguments::try_parse_from(&arguments) {
        Ok(Arguments { command }) => match command {
            Command::Run(options) => run::run(&options).await,
            Command::Check(options) => check::check(&options),
            Command::Plan(options) => plan::plan(&options).await,
            Command::Payload(options) => payload::payload(&options),
            Command::Rules(options) => rules::rules(&options),
            Command::Policy { command } => policy::policy(&command),
            Command::Doctor(options) => doctor::doctor(&options).await,
            Command::History(options) => history::history(&options),
            Command::Audit { command } => audit::audit(&command),
            Command::Reap(options) => reap::reap(&options).await,
            Command::Completions(options) => manual::completions(&options),
            Command::Man(options) => manual::man(&options),
            Command::Languages(options) => languages::languages(&options),
        },
        Err(error) => args::explain(&error, &arguments),
    };
    ExitCode::from(code)
}
