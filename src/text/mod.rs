//! Text as people and terminals see it: positions, cutting, and making hostile bytes safe to show.
//!
//! Pure. Knows nothing of scripts, languages or containers; every other room may use it.

mod cut;
mod position;
mod safe;

pub use cut::{floor_char_boundary, head, tail};
pub use position::{LineIndex, Position};
pub use safe::{safe_for_terminal, safe_in_place, single_line};
