//! Leftover containers: a table, `lazaret.reap/1`.

use serde::Serialize;

use crate::engine::Leftover;
use crate::text::single_line;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    dry_run: bool,
    containers: &'a [Leftover],
}

/// `lazaret.reap/1` on one line without its end.
#[must_use]
pub fn leftovers_document(leftovers: &[Leftover], dry_run: bool) -> String {
    super::table::json(&Document {
        schema: "lazaret.reap/1",
        dry_run,
        containers: leftovers,
    })
}

/// A line for each container of ours under a line of titles.
#[must_use]
pub fn leftovers_table(leftovers: &[Leftover]) -> String {
    if leftovers.is_empty() {
        return "no container of Lazaret's is there\n".to_owned();
    }
    let rows = leftovers.iter().map(|leftover| {
        let fate = match (leftover.removed, leftover.claim.permits_removal()) {
            (Some(true), _) => "removed",
            (Some(false), _) => "NOT REMOVED",
            (None, true) => "to be removed",
            (None, false) => "left alone",
        };
        [&leftover.name, &leftover.state, fate, &leftover.detail].map(single_line)
    });
    super::table::table(["CONTAINER", "STATE", "", "WHY"], rows)
}
