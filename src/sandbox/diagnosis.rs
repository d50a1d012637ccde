//! What a doctor says: checks, each with how it came out, why, and what mends it.
//!
//! Values alone; nothing is looked at here.

use serde::Serialize;

use crate::protocol::attestation::Proof;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Ok,
    /// It works, and could be better.
    Warn,
    /// Scripts cannot run here, or not as promised.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable id, such as `engine-answers` or `attestation-python`.
    pub id: String,
    /// How it came out.
    pub health: Health,
    /// What was seen, and why it matters; safe text.
    pub seen: String,
    /// What mends it, in words: a setting, say.
    pub mend: Option<String>,
    /// The command that mends it or tells more, word by word, for a shell of this user.
    pub command: Option<Vec<String>>,
    /// Each promise beside what the container showed, where one was asked.
    pub proofs: Vec<Proof>,
}

/// An option of the command line, as its words.
#[derive(Debug, Clone)]
pub enum OptionFor {
    /// For every command.
    All(Vec<String>),
    /// For commands that talk to an engine.
    Engine(Vec<String>),
}

/// What was looked at, in order.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Diagnosis {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Check {
    pub(super) fn run(&mut self, command: &[&str]) {
        self.command = Some(command.iter().map(|word| (*word).to_owned()).collect());
    }

    /// A command of Lazaret's own.
    pub(super) fn lazaret(&mut self, arguments: &[&str]) {
        self.run(&[&["lazaret"], arguments].concat());
    }
}

impl Diagnosis {
    /// Adds options to Lazaret's own commands: without those that this diagnosis was called with, they
    /// would talk to another engine or read another log.
    pub fn with_options(&mut self, options: &[OptionFor]) {
        for command in self
            .checks
            .iter_mut()
            .filter_map(|check| check.command.as_mut())
        {
            if command.first().is_none_or(|program| program != "lazaret") {
                continue;
            }
            let on_engine = command.get(1).is_some_and(|word| word == "reap");
            for option in options {
                match option {
                    OptionFor::All(words) => command.extend_from_slice(words),
                    OptionFor::Engine(words) if on_engine => command.extend_from_slice(words),
                    OptionFor::Engine(_) => {}
                }
            }
        }
    }

    /// Nothing fails.
    #[must_use]
    pub fn is_fit(&self) -> bool {
        self.checks.iter().all(|check| check.health != Health::Fail)
    }

    pub(super) fn add(
        &mut self,
        id: impl Into<String>,
        health: Health,
        seen: impl Into<String>,
    ) -> &mut Check {
        self.checks.push_mut(Check {
            id: id.into(),
            health,
            seen: crate::text::safe_for_terminal(&seen.into()),
            mend: None,
            command: None,
            proofs: Vec::new(),
        })
    }
}
