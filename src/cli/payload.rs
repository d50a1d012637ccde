//! `lazaret payload`.

use super::args::PayloadOptions;
use super::{exit, output, setup};
use crate::sandbox::Sandbox;

pub(super) fn payload(options: &PayloadOptions) -> u8 {
    match bytes(options) {
        Ok(bytes) => {
            output::bytes(&bytes);
            exit::OK
        }
        Err(message) => {
            output::message(&message);
            exit::INVALID
        }
    }
}

fn bytes(options: &PayloadOptions) -> Result<Vec<u8>, String> {
    let policy = setup::policy(&options.script.policy).map_err(|error| error.to_string())?;
    let request = setup::request(&options.script, &policy).map_err(|error| error.message)?;
    Sandbox::new(policy)
        .payload(&request)
        .map_err(|error| error.to_string())
}
