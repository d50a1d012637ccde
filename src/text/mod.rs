//! Text as people and terminals see it: positions, cutting, hashes, and making hostile bytes safe to
//! show.
//!
//! Pure. Knows nothing of scripts, languages or containers; every other room may use it.

mod cut;
mod hash;
mod position;
mod safe;

pub use cut::{floor_char_boundary, head, tail};
pub use hash::Hash;
pub use position::{LineIndex, Position};
pub use safe::{safe_for_terminal, safe_in_place, single_line};
