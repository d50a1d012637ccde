//! Lazaret runs scripts nobody has vetted.
//!
//! It reads a Python or bash script, refuses what is broken or dangerous, opens a hardened one-shot
//! container with the plain `docker` or `podman` command, has that container *prove from inside*
//! that every limit holds, and only then hands the script in through stdin. What comes back is one
//! unambiguous [`Outcome`](outcome::Outcome).
//!
//! ```text
//! request ─► check ─► plan ─► engine starts the container ─► attest ─► deliver ─► capture ─► outcome
//!              │ rejected                                       │ refused
//! ```
//!
//! The checks are a filter for accidents and lazy attacks. The container is the boundary.
//!
//! # Example
//!
//! ```
//! use lazaret::language::Language;
//! use lazaret::outcome::Status;
//! use lazaret::policy::Policy;
//! use lazaret::sandbox::{Request, Sandbox, Watch};
//!
//! # fn policy() -> Policy {
//! #     let file = std::env::var("LAZARET_POLICY").unwrap_or_default();
//! #     if file.is_empty() { Policy::default() } else { lazaret::policy::load(file.as_ref()).unwrap() }
//! # }
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let sandbox = Sandbox::new(policy()); // or Policy::default(), or policy::load(path)
//! let python = Language::by_name("python").unwrap();
//!
//! let request = Request::new(python, "print(6 * 7)");
//! let outcome = sandbox.run(&request, &Watch::default()).await;
//! match outcome.verdict.status {
//!     Status::Succeeded => assert_eq!(outcome.stdout.text(), "42\n"),
//!     other => println!("{}: {:?}", other.name(), outcome.verdict.problem),
//! }
//! # let required = std::env::var("LAZARET_REQUIRE_ENGINE").is_ok_and(|value| value == "1");
//! # assert!(!required || outcome.verdict.status == Status::Succeeded, "{:?}", outcome.verdict);
//!
//! // No engine is needed to refuse a script.
//! let request = Request::new(python, "import os as o\no.system('id')");
//! let outcome = sandbox.run(&request, &Watch::default()).await;
//! assert_eq!(outcome.verdict.status, Status::Rejected);
//! # }
//! ```
//!
//! # The house
//!
//! Each module is a room; a room may use those above it in this list, never one below.
//!
//! | room | does |
//! | --- | --- |
//! | [`text`] | positions, cutting UTF-8, making text safe for a terminal |
//! | [`language`] | the one table of languages |
//! | [`policy`] | limits, images, levels; what a request may ask for |
//! | [`check`] | script text in, findings out |
//! | [`protocol`] | the wire between host and container: launcher, payload, attestation, marks |
//! | [`plan`] | policy and language to argv; docker and podman told apart |
//! | [`outcome`] | what came of it, from facts |
//! | [`engine`] | the only floor that starts processes |
//! | [`audit`] | the record, the append-only chain of them, history |
//! | [`sandbox`] | the only place that knows all floors |
//! | [`render`] | JSON, SARIF, carets, tables |
//! | [`cli`] | arguments in, one library call, rendering out |

pub mod audit;
pub mod check;
pub mod cli;
pub mod engine;
pub mod language;
pub mod outcome;
pub mod plan;
pub mod policy;
pub mod protocol;
pub mod render;
pub mod sandbox;
pub mod text;

// The fuzz targets and the unit tests share a file, which names the crate as its users do.
#[cfg(test)]
extern crate self as lazaret;

/// The library example of the README must compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
