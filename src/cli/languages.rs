//! `lazaret languages`.

use super::args::{Format, LanguagesOptions};
use super::{exit, output, setup};
use crate::render;

pub(super) fn languages(options: &LanguagesOptions) -> u8 {
    match setup::policy(&options.policy) {
        Ok(policy) => {
            output::result(&match options.format {
                Format::Text => render::languages_table(&policy),
                Format::Json => render::languages_document(&policy) + "\n",
            });
            exit::OK
        }
        Err(error) => {
            output::message(&error.to_string());
            exit::INVALID
        }
    }
}
