//! What a script can reach from inside: nothing. (Group F of the behaviours, by number.)
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

mod files;
mod host;
mod kernel;
mod network;
mod privileges;
mod system_calls;

use crate::harness::{Engine, attack, hold};

/// A bash script that tries things and says which of them it could do.
fn tries_in_vain(engine: &'static Engine, script: &str) {
    let told = hold(engine, attack(engine, script)).is("succeeded");
    let count = told.stdout().strip_prefix("tried ").map(str::trim_end);
    let count = count.and_then(|count| count.parse::<u32>().ok());
    assert!(count.is_some_and(|count| count > 20), "{:#}", told.document);
}
