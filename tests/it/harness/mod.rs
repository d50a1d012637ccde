//! Running the `lazaret` command on a real engine, and looking at what it leaves.

mod engine;
mod gone;
mod hostile;
mod lazaret;
mod ran;

pub use engine::{Engine, docker, none, podman, repository, rootless};
pub use gone::{assert_gone, marker, processes_with};
pub use hostile::{Told, attack, hold};
pub use lazaret::Lazaret;
pub use ran::Ran;
