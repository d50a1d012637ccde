//! The wire between the host and the container: launcher, payload, attestation, marks.
//!
//! Pure. The host sends one payload; the container sends an attestation before it, and marks with the
//! payload's nonce around the script's output. Everything that comes from a container is hostile
//! input here: bounded, and parsed without panics. Called by `plan` (for the launcher's text) and by
//! `engine` (for the streams).

pub mod attestation;
mod launcher;
mod mark;
mod nonce;
mod payload;
mod stream;

pub use launcher::{Program, SHELL, launcher};
pub use mark::{Ending, Mark, SyntaxError, Trailer};
pub use nonce::Nonce;
pub use payload::Payload;
pub use stream::{Channel, Part, Reader};
