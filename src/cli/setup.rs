//! From options to a sandbox and a request.

use std::path::{Path, PathBuf};

use super::args::{EngineOptions, PolicyOption, ScriptOptions};
use super::input::{self, InputError};
use crate::check;
use crate::engine::places;
use crate::policy::layers::{Layered, Owner};
use crate::policy::{self, Policy, PolicyError};
use crate::sandbox::{Request, Sandbox};

/// The policy of this machine, this user and this call, laid over each other. An empty
/// `LAZARET_POLICY` names none.
///
/// A rule that does not exist is refused: a slip of the pen would otherwise leave the rule that was
/// meant as it was, and nobody would know.
pub(super) fn layered(option: &PolicyOption) -> Result<Layered, PolicyError> {
    let rules: Vec<&str> = check::rules().map(|rule| rule.id).collect();
    let named = option
        .policy
        .as_deref()
        .filter(|path| *path != Path::new(""));
    let places = [
        (
            Owner::Administrator,
            Some(PathBuf::from(places::ADMINISTRATORS_POLICY)),
        ),
        (Owner::User, places::users_policy()),
        (Owner::Caller, named.map(Path::to_path_buf)),
    ];
    let mut sources = Vec::new();
    for (owner, path) in places {
        if let Some(path) = path {
            sources.extend(policy::source(owner, &path)?);
        }
    }
    policy::layers::layer(&sources, Some(&rules)).map_err(PolicyError::Mistakes)
}

/// The policy alone.
pub(super) fn policy(option: &PolicyOption) -> Result<Policy, PolicyError> {
    layered(option).map(|layered| layered.policy)
}

/// The sandbox: the flag names the engine, else `LAZARET_ENGINE`, else the policy.
pub(super) fn sandbox(policy: Policy, option: &EngineOptions) -> Sandbox {
    let sandbox = Sandbox::new(policy);
    if let Some(command) = &option.engine {
        return sandbox.with_engine(command, "--engine");
    }
    match std::env::var("LAZARET_ENGINE") {
        Ok(command) if !command.is_empty() => sandbox.with_engine(command, "LAZARET_ENGINE"),
        _ => sandbox,
    }
}

/// The request, with everything it needs read.
pub(super) fn request(options: &ScriptOptions, policy: &Policy) -> Result<Request, InputError> {
    let from_stdin = Path::new("-");
    if options.file == from_stdin && options.stdin.as_deref() == Some(from_stdin) {
        let message =
            "the script and its stdin cannot both come from our stdin: name a file for one of them";
        return Err(InputError {
            kind: "usage",
            message: message.to_owned(),
        });
    }
    let script = input::script(&options.file)?;
    let language = input::language(options.language.language.as_deref(), &script, &options.file)?;
    let stdin = input::stdin(options.stdin.as_deref(), policy.limits.input.get())?;
    let arguments = options
        .arguments
        .iter()
        .map(|argument| argument.as_encoded_bytes().to_vec())
        .collect();
    Ok(Request {
        script,
        language,
        arguments,
        stdin,
        ask: options.limits.ask(),
    })
}
