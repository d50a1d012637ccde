//! `lazaret check`.

use std::path::Path;

use super::args::{Check, Format};
use super::input::{self, InputError};
use super::{exit, output, setup};
use crate::check::{Report, check_bytes};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::render;
use crate::sandbox::Request;

pub(super) fn check(options: &Check) -> u8 {
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    let codes = options.files.iter().map(|file| one(options, file, &policy));
    // An unreadable file weighs more than a rejected one.
    codes.max().unwrap_or(exit::OK)
}

fn one(options: &Check, file: &Path, policy: &Policy) -> u8 {
    let name = input::name(file);
    match checked(options, file, policy) {
        Ok((script, report)) => {
            output::result(&match options.format {
                Format::Json => render::check_document(&name, &report) + "\n",
                Format::Text => {
                    render::check_text(&name, &script, &report, output::coloured_stdout())
                }
            });
            if report.accepted() {
                exit::OK
            } else {
                exit::REJECTED_BY_CHECK
            }
        }
        Err(error) => {
            output::message(&error.message);
            if options.format == Format::Json {
                output::result(&(render::unreadable_document(&name, &error.message) + "\n"));
            }
            exit::INVALID
        }
    }
}

fn checked(options: &Check, file: &Path, policy: &Policy) -> Result<(String, Report), InputError> {
    let script = input::script(file)?;
    let language = input::language(options.language.language.as_deref(), &script, file)?;
    let report = check_bytes(&script, language, policy);
    Ok((String::from_utf8_lossy(&script).into_owned(), report))
}

/// The findings of a run with carets, without a verdict; that is the outcome's.
pub(super) fn findings_text(file: &str, request: &Request, outcome: &Outcome) -> String {
    let script = String::from_utf8_lossy(&request.script);
    render::findings_text(file, &script, &outcome.findings, output::coloured_stderr())
}
