//! A policy for people and programs: every effective value with its origin.

use std::fmt::Write as _;

use serde::Serialize;

use crate::policy::layers::{Layered, Origin, Problem};
use crate::policy::{Key, Policy, keys};
use crate::text::single_line;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    values: Vec<Row<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    key: String,
    /// As it would stand in a policy file; null where nothing is set.
    value: Option<String>,
    origin: Option<OriginTold<'a>>,
}

#[derive(Serialize)]
struct OriginTold<'a> {
    file: String,
    line: usize,
    locked: bool,
    #[serde(skip)]
    origin: &'a Origin,
}

#[derive(Serialize)]
struct Verdict<'a> {
    schema: &'static str,
    file: &'a str,
    valid: bool,
    problems: Vec<ProblemTold<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct ProblemTold<'a> {
    file: String,
    line: usize,
    message: &'a str,
}

fn rows(layered: &Layered) -> Vec<Row<'_>> {
    let fixed = keys()
        .filter(|key| !matches!(key.name, "images" | "rules"))
        .map(|key| (key.name.to_owned(), (key.show)(&layered.policy)));
    let images = crate::language::LANGUAGES.iter().map(|language| {
        let image = layered.policy.image(language);
        (format!("images.{}", language.name), Some(text(image)))
    });
    let rules = layered.policy.rules.iter();
    let rules = rules.map(|(rule, level)| (format!("rules.{rule}"), Some(text(level.name()))));
    fixed
        .chain(images)
        .chain(rules)
        .map(|(key, value)| Row {
            origin: layered.origins.get(&key).map(|origin| OriginTold {
                file: origin.path.display().to_string(),
                line: origin.line,
                locked: origin.locked,
                origin,
            }),
            key,
            value,
        })
        .collect()
}

fn text(value: &str) -> String {
    format!("{value:?}")
}

/// Every effective value as a line of TOML, with its origin as a comment: what is printed can be read
/// as a policy again.
#[must_use]
pub fn policy_text(layered: &Layered) -> String {
    let mut shown = String::new();
    for row in rows(layered) {
        let origin = row
            .origin
            .as_ref()
            .map_or_else(|| "built in".to_owned(), |told| origin_text(told.origin));
        let line = match &row.value {
            Some(value) => format!("{} = {value}", row.key),
            None => format!("# {} is not set", row.key),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(shown, "{line:<44} # {origin}");
    }
    shown
}

fn origin_text(origin: &Origin) -> String {
    let file = single_line(&origin.path.display().to_string());
    let locked = if origin.locked { ", locked" } else { "" };
    format!("{file}:{}{locked}", origin.line)
}

/// `lazaret.policy/1` on one line without its end.
#[must_use]
pub fn policy_document(layered: &Layered, warnings: &[String]) -> String {
    super::table::json(&Document {
        schema: "lazaret.policy/1",
        values: rows(layered),
        warnings,
    })
}

/// `lazaret.policy-check/1` on one line without its end.
#[must_use]
pub fn policy_check_document(file: &str, problems: &[Problem], warnings: &[String]) -> String {
    super::table::json(&Verdict {
        schema: "lazaret.policy-check/1",
        file,
        valid: problems.is_empty(),
        problems: problems
            .iter()
            .map(|problem| ProblemTold {
                file: problem.path.display().to_string(),
                line: problem.line,
                message: &problem.message,
            })
            .collect(),
        warnings,
    })
}

/// A line for each mistake, as compilers write them.
#[must_use]
pub fn policy_problems(problems: &[Problem]) -> String {
    let line = |problem: &Problem| {
        format!(
            "{}:{}: error: {}\n",
            single_line(&problem.path.display().to_string()),
            problem.line,
            crate::text::safe_for_terminal(&problem.message)
        )
    };
    problems.iter().map(line).collect()
}

/// The built-in defaults as a policy file, each key with its meaning.
#[must_use]
pub fn default_policy() -> String {
    let policy = Policy::default();
    let mut file = "# Lazaret's policy: these are the built-in defaults. What a file leaves out stays as it is.\n\
         # Read in this order, later over earlier: /etc/lazaret/policy.toml, the user's\n\
         # ~/.config/lazaret/policy.toml, --policy FILE. In /etc, a `max` is a ceiling for the others, and\n\
         # the keys that it lists here cannot be named again:\n\
         # lock = [\"images\", \"checks.off\"]\n"
        .to_owned();
    for key in keys() {
        default_line(&mut file, key, &policy);
    }
    file
}

fn default_line(file: &mut String, key: &Key, policy: &Policy) {
    // The ceiling follows its default, which has said what both are about.
    let is_ceiling = key
        .name
        .rsplit_once('.')
        .is_some_and(|(_, end)| end == "max");
    if !is_ceiling {
        let _ = write!(file, "\n# {}\n", key.meaning);
    }
    let _ = match ((key.show)(policy), key.name) {
        (Some(value), name) => writeln!(file, "{name} = {value}"),
        (None, "images") => writeln!(file, "# images.python = \"python:3.11-slim@sha256:…\""),
        (None, "rules") => writeln!(file, "# rules.python-process = \"block\""),
        (None, name) => writeln!(file, "# {name} = \"…\""),
    };
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::policy::layers::{Owner, Source, layer};

    fn layered(text: &str) -> Layered {
        let source = Source {
            owner: Owner::Administrator,
            path: PathBuf::from("/etc/lazaret/policy.toml"),
            text: text.to_owned(),
        };
        layer(&[source], None).expect("a policy")
    }

    #[test]
    fn the_default_policy_is_the_built_in_one() {
        let policy = Policy::from_toml(&default_policy()).expect("a policy");
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn what_is_shown_is_a_policy_again() {
        let layered = layered(
            "lock = ['limits.memory']\naccept = ['pids']\nchecks.off = ['secrets']\n[limits]\nmemory.max = '1g'\n\
             timeout.default = 2.5\ncpus.default = 1.25\n[engine]\nruntime = 'runsc'\n[rules]\npython-eval = 'warn'\n\
             [images]\nbash = 'b@sha256:00'\n",
        );
        let shown = policy_text(&layered);
        let mut again = Policy::from_toml(&shown).expect("a policy");
        // Every language has an image, whoever named it.
        again.images.remove("python");
        assert_eq!(again, layered.policy, "{shown}");
        assert!(shown.contains("limits.memory.max = \"1g\""), "{shown}");
        assert!(
            shown.contains("# /etc/lazaret/policy.toml:5, locked"),
            "{shown}"
        );
        assert!(shown.contains("# built in"), "{shown}");
    }
}
