//! `lazaret check`.
//!
//! Files are checked at once, as many as there are processors, and told of in the order in which
//! they were named, as soon as they are known. A file that cannot be checked is told of in its
//! place, and the others go on.

use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::args::{Check, CheckFormat};
use super::input::{self, InputError};
use super::many::{Event, in_order};
use super::progress::Progress;
use super::{exit, output, setup};
use crate::check::{Report, check_bytes};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::render::{self, Sarif, SarifFile};
use crate::sandbox::Request;

pub(super) fn check(options: &Check) -> u8 {
    match setup::policy(&options.policy) {
        Ok(policy) => all(options, &policy),
        Err(error) => {
            output::message(&error.to_string());
            exit::INVALID
        }
    }
}

fn all(options: &Check, policy: &Policy) -> u8 {
    let checker = Checker::new(options, policy);
    let mut sarif = (options.format == CheckFormat::Sarif).then(|| Sarif::new(policy));
    let mut progress = Progress::new(options.files.len());
    let mut files = options.files.iter();
    let mut worst = exit::OK;
    let work = |number| checker.file(number);
    in_order(options.files.len(), work, |event| match event {
        Event::Waiting => progress.tick(),
        Event::Done(told) => {
            let file = files.next().map_or(Path::new(""), PathBuf::as_path);
            let told = told.unwrap_or_else(|| checker.unreadable(file, &broken(file)));
            // An unreadable file weighs more than a rejected one.
            worst = worst.max(told.code);
            progress.step(|| told.print());
            if let (Some(sarif), Some(file)) = (&mut sarif, told.sarif) {
                sarif.add(file);
            }
        }
    });
    drop(progress);
    if let Some(sarif) = sarif {
        output::result(&(sarif.document() + "\n"));
    }
    worst
}

/// What is to be told of one file, and where.
#[derive(Default)]
struct Told {
    code: u8,
    /// For stdout, as it is.
    result: String,
    /// For stderr.
    message: Option<String>,
    sarif: Option<SarifFile>,
}

impl Told {
    fn print(&self) {
        if let Some(message) = &self.message {
            output::message(message);
        }
        if !self.result.is_empty() {
            output::result(&self.result);
        }
    }
}

/// What every file needs.
struct Checker<'a> {
    options: &'a Check,
    policy: &'a Policy,
    /// Which of the files is the first that is stdin.
    stdin: Option<usize>,
    /// Where the command was called, to which the artifacts of SARIF are relative.
    folder: Option<PathBuf>,
}

impl<'a> Checker<'a> {
    fn new(options: &'a Check, policy: &'a Policy) -> Self {
        Self {
            options,
            policy,
            stdin: options.files.iter().position(|file| is_stdin(file)),
            folder: std::env::current_dir().ok(),
        }
    }

    fn file(&self, number: usize) -> Told {
        let Some(file) = self.options.files.get(number) else {
            return Told::default();
        };
        if is_stdin(file) && self.stdin != Some(number) {
            return self.unreadable(file, &named_twice());
        }
        match self.read(file) {
            Ok((script, report)) => self.checked(file, &script, &report),
            Err(error) => self.unreadable(file, &error),
        }
    }

    fn read(&self, file: &Path) -> Result<(String, Report), InputError> {
        let script = input::script(file)?;
        let language = input::language(self.options.language.language.as_deref(), &script, file)?;
        let report = check_bytes(&script, language, self.policy);
        Ok((String::from_utf8_lossy(&script).into_owned(), report))
    }

    fn checked(&self, file: &Path, script: &str, report: &Report) -> Told {
        let name = input::name(file);
        let mut told = Told::default();
        if !report.accepted() {
            told.code = exit::REJECTED_BY_CHECK;
        }
        match self.options.format {
            CheckFormat::Text => {
                told.result = render::check_text(&name, script, report, output::coloured_stdout());
            }
            CheckFormat::Json => told.result = render::check_document(&name, report) + "\n",
            CheckFormat::Github => told.result = render::github_commands(&name, report),
            CheckFormat::Sarif => {
                told.sarif = Some(SarifFile::checked(self.path(file), script, report));
            }
        }
        told
    }

    fn unreadable(&self, file: &Path, error: &InputError) -> Told {
        let (name, message) = (input::name(file), &error.message);
        let mut told = Told {
            code: exit::INVALID,
            message: Some(message.clone()),
            ..Told::default()
        };
        match self.options.format {
            CheckFormat::Text => {}
            CheckFormat::Json => told.result = render::unreadable_document(&name, message) + "\n",
            CheckFormat::Github => {
                // GitHub obeys commands on stderr too, and there the name would not be escaped.
                told.message = None;
                told.result = render::github_error(&name, message);
            }
            CheckFormat::Sarif => {
                let path = self.path(file);
                told.sarif = Some(SarifFile::unreadable(path, error.kind, message));
            }
        }
        told
    }

    /// The bytes of a path, relative where it lies below where the command was called.
    fn path<'file>(&self, file: &'file Path) -> &'file [u8] {
        let folder = self.folder.as_deref();
        let relative = folder.and_then(|folder| file.strip_prefix(folder).ok());
        relative.unwrap_or(file).as_os_str().as_bytes()
    }
}

fn is_stdin(file: &Path) -> bool {
    file == Path::new("-")
}

fn named_twice() -> InputError {
    InputError {
        kind: "usage",
        message: "`-` is named twice: stdin can be read only once".to_owned(),
    }
}

fn broken(file: &Path) -> InputError {
    let name = input::shown(file);
    InputError {
        kind: "internal-error",
        message: format!(
            "Lazaret itself failed on {name}, which was not checked: please report it"
        ),
    }
}

/// The findings of a run with carets, without a verdict; that is the outcome's.
pub(super) fn findings_text(file: &str, request: &Request, outcome: &Outcome) -> String {
    let script = String::from_utf8_lossy(&request.script);
    render::findings_text(file, &script, &outcome.findings, output::coloured_stderr())
}
