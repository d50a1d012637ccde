//! Script text in, findings out: size, syntax, secrets, dangerous code.
//!
//! Pure: no process, file, clock or randomness. A filter against accidents, secrets and lazy
//! attacks; the container is the boundary.

mod finding;

pub use finding::{Finding, Layer, Report};
