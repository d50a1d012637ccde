//! `lazaret reap`.

use super::args::{Format, ReapOptions};
use super::{exit, output, setup};
use crate::render;

pub(super) async fn reap(options: &ReapOptions) -> u8 {
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    let sandbox = setup::sandbox(policy, &options.engine);
    let leftovers = match sandbox.reap(options.dry_run).await {
        Ok(leftovers) => leftovers,
        Err(error) => {
            output::message(&error.to_string());
            return exit::UNAVAILABLE;
        }
    };
    output::result(&match options.format {
        Format::Text => render::leftovers_table(&leftovers),
        Format::Json => render::leftovers_document(&leftovers, options.dry_run) + "\n",
    });
    let failed = leftovers
        .iter()
        .any(|leftover| leftover.removed == Some(false));
    if failed {
        exit::REJECTED_BY_CHECK
    } else {
        exit::OK
    }
}
