//! What a rule is: its manual and its proof, apart from the code that applies it.

use serde::Serialize;

use super::Layer;
use crate::policy::{Level, Policy};

/// One rule, complete enough to be its own manual page and its own test.
///
/// Examples are whole scripts. A sample secret in them is written as a placeholder that a test
/// expands (`{digits20}`, `{hex40}`, `{alnum40}`, `{upper16}`, `{dashes}`), so that no scanner
/// trips over this repository.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Stable id, `language-name` or `layer-name`; what a policy's `[rules]` table names.
    pub id: &'static str,
    /// The layer that speaks.
    pub layer: Layer,
    /// The level where no policy says otherwise.
    pub level: Level,
    /// The language it reads, by name; `None` for every language.
    pub language: Option<&'static str>,
    /// What it finds, as one line.
    pub what: &'static str,
    /// Why that is a problem in a script nobody has vetted.
    pub why: &'static str,
    /// Scripts it must catch.
    pub catches: &'static [&'static str],
    /// Scripts it must not catch.
    pub passes: &'static [&'static str],
    /// What to write instead.
    pub instead: &'static str,
}

impl Rule {
    /// The level the rule has under a policy: off with its layer, else as the policy names it, else
    /// its own.
    #[must_use]
    pub fn level_under(&self, policy: &Policy) -> Level {
        if policy.checks_off.contains(self.layer.name()) {
            Level::Off
        } else {
            policy.level(self.id, self.level)
        }
    }

    /// Whether it reads scripts of that language.
    #[must_use]
    pub fn reads(&self, language: &str) -> bool {
        self.language.is_none_or(|own| own == language)
    }
}
