//! Lazaret on real engines: the command line, the isolation, the outcomes, the clean-up.
//!
//! `scripts/test` installs the engines and runs all of it. Without them, a test that needs one is
//! skipped with a word on stderr, or fails where `LAZARET_REQUIRE_ENGINE=1` is set.

mod harness;
mod rooms;
mod smoke;
