//! Running the `lazaret` command on a real engine, and looking at what it leaves.

mod engine;
mod lazaret;
mod ran;

pub use engine::{Engine, docker, podman, rootless};
pub use lazaret::Lazaret;
pub use ran::Ran;
