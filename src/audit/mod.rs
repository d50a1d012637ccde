//! What ran here, for an administrator: an append-only log of JSON lines in a chain of hashes.
//!
//! One record before a script is delivered, one after its end. The log is evidence against
//! accidents and against those who may write to it but not to the place where its head is noted; it
//! is no defence against root on the same machine, who can write a new one.

mod backwards;
mod chain;
mod history;
mod log;
mod record;
mod store;
#[cfg(test)]
mod tests;
mod verify;

pub use chain::{Fault, Head, SCHEMA};
pub use history::{Entry, EntryProblem, EntryScript, EntryTimings, history, story};
pub use log::{AuditError, Durability, Log};
pub use record::{Caller, Kind, Known, Record, ScriptTold, Told};
pub use store::{Place, Store, Stored};
pub use verify::{BadLine, Report, verify};
