//! Values in, documents and text for people out: JSON, SARIF, carets, tables.
//!
//! Pure: it writes into strings, and the command line decides where they go. Everything that came
//! from a script, a container or an engine is made safe for a terminal here.

mod check;
mod doctor;
mod fingerprint;
mod github;
mod history;
mod leftovers;
mod plan;
mod policy;
mod result;
mod rules;
mod sarif;
mod table;

pub use check::{check_document, check_text, findings_text, unreadable_document};
pub use doctor::{doctor_document, doctor_text};
pub use github::{github_commands, github_error};
pub use history::{
    Counts, history_document, history_stats_document, history_stats_table, history_table,
    story_document, story_text, verify_document, verify_text,
};
pub use leftovers::{leftovers_document, leftovers_table};
pub use plan::{plan_document, plan_text};
pub use policy::{
    default_policy, policy_check_document, policy_document, policy_problems, policy_text,
};
pub use result::result_document;
pub use rules::{rule_manual, rules_document, rules_table};
pub use sarif::{Sarif, SarifFile};
pub use table::{languages_document, languages_table};

#[cfg(test)]
mod properties;
