//! What can be typed. Parsing validates and never acts.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{exit, output};
use crate::audit::Head;
use crate::outcome::{Outcome, Status, Verdict};
use crate::policy::{Ask, Bytes, Cpus, parse_seconds};
use crate::render;

/// Runs scripts nobody has vetted: checked first, then in a hardened container that proves its
/// limits from inside before it gets the script.
#[derive(Debug, Parser)]
#[command(name = "lazaret", version, arg_required_else_help = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check a script and run it in a hardened container.
    Run(Run),
    /// Check scripts and run nothing.
    Check(Check),
    /// Print the exact command line of a run, with the reason of each flag.
    Plan(PlanOptions),
    /// Print the bytes that a run would deliver: `lazaret payload FILE | <the pasted plan>` replays it.
    Payload(PayloadOptions),
    /// List the rules of the checks, or show the manual of one.
    Rules(RulesOptions),
    /// Show what is permitted here and who decided it, or check a policy file.
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Tell whether this host is fit to run scripts, and what to do where it is not.
    Doctor(DoctorOptions),
    /// List past runs, newest first, or tell the whole story of one.
    #[command(args_conflicts_with_subcommands = true)]
    History(HistoryOptions),
    /// Check that the audit log is whole.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Remove containers that nobody waits for any more.
    Reap(ReapOptions),
    /// Print completions for a shell.
    Completions(CompletionsOptions),
    /// Print a manual page in roff: `lazaret man run | man -l -`.
    Man(ManOptions),
    /// List the languages with their images.
    Languages(LanguagesOptions),
}

#[derive(Debug, Args)]
pub(super) struct Run {
    #[command(flatten)]
    pub(super) script: ScriptOptions,
    #[command(flatten)]
    pub(super) engine: EngineOptions,
    /// text passes the script's streams and exit code through; json prints one result object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Write the JSON result to this file as well.
    #[arg(long, value_name = "FILE")]
    pub(super) result: Option<PathBuf>,
    /// Print the exact command line and run nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
}

/// A script and everything it gets.
#[derive(Debug, Args)]
pub(super) struct ScriptOptions {
    /// The script; `-` reads it from stdin.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// Arguments for the script.
    #[arg(last = true, value_name = "ARGS")]
    pub(super) arguments: Vec<OsString>,
    #[command(flatten)]
    pub(super) language: LanguageOption,
    /// The script's stdin comes from this file, `-` for our own stdin; empty unless given.
    #[arg(long, value_name = "FILE")]
    pub(super) stdin: Option<PathBuf>,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// The scripts, files and not folders; `-` reads one from stdin.
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) language: LanguageOption,
    /// text shows source lines with carets; json prints one object a file, one a line; sarif is one
    /// SARIF 2.1.0 document; github prints workflow commands, which GitHub shows beside the lines.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
}

#[derive(Debug, Args)]
pub(super) struct PlanOptions {
    /// The language: python or bash.
    #[arg(value_name = "LANGUAGE", default_value = "python")]
    pub(super) language: String,
    #[command(flatten)]
    pub(super) engine: EngineOptions,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text can be pasted into a shell; json has the argv as an array.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct PayloadOptions {
    #[command(flatten)]
    pub(super) script: ScriptOptions,
}

#[derive(Debug, Args)]
pub(super) struct RulesOptions {
    /// The rule whose manual is shown; all rules are listed without it.
    #[arg(value_name = "RULE")]
    pub(super) rule: Option<String>,
    /// Only the rules that read this language.
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) language: Option<String>,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a table, or a manual page; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Print each effective value with its origin.
    Show(PolicyShow),
    /// Find every mistake in a policy file, with its line, and warn of weak settings.
    Check(PolicyCheck),
    /// Print the built-in defaults as a policy file with comments.
    Default,
}

#[derive(Debug, Args)]
pub(super) struct PolicyShow {
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a policy file with origins as comments; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct PolicyCheck {
    /// The policy file.
    #[arg(value_name = "FILE")]
    pub(super) file: PathBuf,
    /// text is a line for each mistake and warning; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct DoctorOptions {
    /// Also run hostile scripts (bombs, floods, escapes) on the engine: each must get nothing.
    #[arg(long)]
    pub(super) hostile: bool,
    #[command(flatten)]
    pub(super) engine: EngineOptions,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a screen; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct HistoryOptions {
    #[command(subcommand)]
    pub(super) show: Option<HistoryCommand>,
    /// Only runs with this status, such as failed; `unfinished` for those without an end.
    #[arg(long, value_name = "STATUS")]
    pub(super) status: Option<String>,
    /// Only scripts in this language.
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) language: Option<String>,
    /// Only runs since then: 2026-11-21, 2026-11-21T10:00:00Z, or how long ago: 90m, 2h, 7d.
    #[arg(long, value_name = "TIME")]
    pub(super) since: Option<String>,
    /// Only runs whose id, user, image, script hash or problem has this text.
    #[arg(long, value_name = "TEXT")]
    pub(super) text: Option<String>,
    /// At most so many.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    pub(super) limit: usize,
    /// Counts by status and language, and percentiles of start-up and run time, over all that fit.
    #[arg(long)]
    pub(super) stats: bool,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a table; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum HistoryCommand {
    /// Everything that the log has of one run, with its command line ready to paste.
    Show(HistoryShow),
}

#[derive(Debug, Args)]
pub(super) struct HistoryShow {
    /// The run's id, or its beginning.
    #[arg(value_name = "RUN")]
    pub(super) run: String,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text for people; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Read the whole log and name the first line that was changed, removed, moved or torn.
    Verify(AuditVerify),
    /// Print count and hash of the last record, to be kept elsewhere as an anchor.
    Head(AuditHead),
}

#[derive(Debug, Args)]
pub(super) struct AuditVerify {
    /// What `lazaret audit head` printed once: its record must still be there.
    #[arg(long, value_name = "COUNT:HASH", value_parser = anchor)]
    pub(super) anchor: Option<Head>,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a line; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct AuditHead {
    #[command(flatten)]
    pub(super) policy: PolicyOption,
}

fn anchor(given: &str) -> Result<Head, &'static str> {
    given
        .parse()
        .map_err(|()| "write COUNT:HASH, as `lazaret audit head` prints it")
}

#[derive(Debug, Args)]
pub(super) struct ReapOptions {
    /// Show what would be removed and remove nothing.
    #[arg(long)]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) engine: EngineOptions,
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a table; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsOptions {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(super) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(super) struct ManOptions {
    /// The command, such as `run` or `policy show`; Lazaret itself without one.
    #[arg(value_name = "COMMAND")]
    pub(super) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct LanguagesOptions {
    #[command(flatten)]
    pub(super) policy: PolicyOption,
    /// text is a table; json one object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct LanguageOption {
    /// The script's language; otherwise its #! line or its file's extension tells.
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) language: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct PolicyOption {
    /// The policy file, over /etc/lazaret/policy.toml and the user's own.
    #[arg(long, value_name = "FILE", env = "LAZARET_POLICY")]
    pub(super) policy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct EngineOptions {
    /// The engine's command, a name in PATH or a path; otherwise `LAZARET_ENGINE`, the policy, docker, podman.
    #[arg(long, value_name = "COMMAND")]
    pub(super) engine: Option<String>,
}

/// Limits, within the policy's ceilings.
#[derive(Debug, Args)]
pub(super) struct LimitOptions {
    /// Seconds from delivery, such as 2.5 or 90s; clamped to the policy's ceiling.
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds, allow_hyphen_values = true)]
    timeout: Option<Duration>,
    /// Memory, such as 512m; files in /work and /tmp count.
    #[arg(long, value_name = "SIZE")]
    memory: Option<Bytes>,
    /// Swap beyond memory.
    #[arg(long, value_name = "SIZE")]
    swap: Option<Bytes>,
    /// CPUs, such as 1.5.
    #[arg(long, value_name = "NUMBER")]
    cpus: Option<Cpus>,
    /// Processes and threads.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pids: Option<u64>,
    /// Size of /work, the working directory.
    #[arg(long, value_name = "SIZE")]
    work: Option<Bytes>,
    /// Size of /tmp.
    #[arg(long, value_name = "SIZE")]
    tmp: Option<Bytes>,
    /// Kept of each output stream in the JSON result, half head and half tail.
    #[arg(long, value_name = "SIZE")]
    output: Option<Bytes>,
}

impl LimitOptions {
    pub(super) fn ask(&self) -> Ask {
        Ask {
            memory: self.memory,
            swap: self.swap,
            cpus: self.cpus,
            pids: self.pids,
            timeout: self.timeout,
            tmp: self.tmp,
            work: self.work,
            output: self.output,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    Text,
    Json,
    Sarif,
    Github,
}

/// Help and version go to stdout with 0; a usage error goes to stderr with 2, and where a run was
/// asked for JSON, to stdout as the one document that was promised.
pub(super) fn explain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    if !error.use_stderr() {
        output::result(&error.to_string());
        return exit::OK;
    }
    // It quotes what was typed, which may be a file name that somebody else chose.
    let shown = crate::text::safe_for_terminal(&error.render().to_string());
    output::message_as_is(&shown);
    if wants_json_result(arguments) {
        let message = shown.trim().to_owned();
        let verdict = Verdict::not_run(Status::Invalid, "usage", message);
        let outcome = Outcome::new(
            uuid::Uuid::now_v7().to_string(),
            jiff::Timestamp::now().to_string(),
            verdict,
        );
        output::result(&(render::result_document(&outcome) + "\n"));
    }
    exit::INVALID
}

fn wants_json_result(arguments: &[OsString]) -> bool {
    let ours = arguments.iter().take_while(|argument| *argument != "--");
    let words: Vec<&str> = ours.filter_map(|argument| argument.to_str()).collect();
    let json = words.windows(2).any(|pair| pair == ["--format", "json"])
        || words.contains(&"--format=json");
    json && words.get(1) == Some(&"run")
}
