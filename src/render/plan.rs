//! A plan for reading and pasting.

use serde::Serialize;

use crate::plan::{Flag, Plan};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    language: &'static str,
    engine: &'static str,
    host: &'a str,
    argv: Vec<String>,
    launcher: &'a str,
    flags: Vec<Reasoned<'a>>,
}

#[derive(Serialize)]
struct Reasoned<'a> {
    words: &'a [String],
    reason: &'static str,
}

/// `lazaret.plan/1` on one line without its end.
#[must_use]
pub fn plan_document(
    plan: &Plan,
    language: &'static str,
    engine: &'static str,
    host: &str,
) -> String {
    super::table::json(&Document {
        schema: "lazaret.plan/1",
        language,
        engine,
        host,
        argv: plan.argv(),
        launcher: &plan.launcher,
        flags: plan
            .flags
            .iter()
            .map(|flag| Reasoned {
                words: &flag.words,
                reason: flag.reason,
            })
            .collect(),
    })
}

/// Comment lines that give each flag's reason and what stdin begins with, then the command, a flag a
/// line: all of it can be pasted into a shell.
#[must_use]
pub fn plan_text(plan: &Plan, host: &str) -> String {
    let mut shown = format!("# It talks to {}.\n#\n", crate::text::single_line(host));
    for flag in &plan.flags {
        shown += &format!("# {:<44} {}\n", abridged(flag), flag.reason);
    }
    shown += "#\n# Its stdin begins with the launcher's second part, which `lazaret payload` prints before the script:\n#\n";
    for line in plan.launcher.lines() {
        shown += format!("#   {line}").trim_end();
        shown.push('\n');
    }
    shown += "#\n";
    let lines: Vec<String> = plan.flags.iter().map(|flag| quoted(&flag.words)).collect();
    shown + &lines.join(" \\\n  ") + "\n"
}

fn quoted(words: &[String]) -> String {
    // No word of a plan holds a NUL, the one character that cannot be quoted.
    shlex::try_join(words.iter().map(String::as_str)).unwrap_or_default()
}

/// The launcher's text is in the command itself; the list names it.
fn abridged(flag: &Flag) -> String {
    let words: Vec<&str> = flag
        .words
        .iter()
        .map(|word| {
            if word.contains('\n') {
                "LAUNCHER"
            } else {
                word
            }
        })
        .collect();
    words.join(" ")
}
