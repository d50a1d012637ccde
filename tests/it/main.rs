//! Lazaret on real engines: the command line, the isolation, the outcomes, the clean-up.
//!
//! `scripts/test` installs the engines and runs all of it. Without them, a test that needs one is
//! skipped with a word on stderr, or fails where `LAZARET_REQUIRE_ENGINE=1` is set.

#![expect(
    clippy::disallowed_methods,
    reason = "tests start the command itself, engines and hostile bystanders"
)]
#![expect(clippy::print_stderr, reason = "a skipped test says so")]
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod at_once;
mod audit;
mod audited;
mod checking;
mod cleanup;
mod command_line;
mod confidential;
mod descriptors;
mod doctor;
mod engine_choice;
mod exits;
mod failures;
mod fake_engine;
mod harness;
mod images;
mod input;
mod interpreters;
mod isolation;
mod memory;
mod outcomes;
mod policy;
mod processes;
mod readme;
mod reap;
mod reap_storage;
mod rooms;
mod rootless;
mod rules;
mod running;
mod sets;
mod smoke;
mod streams;
