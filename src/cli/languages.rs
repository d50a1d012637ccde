//! `lazaret languages`.

use super::args::{Format, LanguagesOptions};
use super::{output, setup};
use crate::render;

pub(super) fn languages(options: &LanguagesOptions) -> u8 {
    let policy = setup::policy(&options.policy).map_err(|error| error.to_string());
    output::told(policy.map(|policy| match options.format {
        Format::Text => render::languages_table(&policy),
        Format::Json => render::languages_document(&policy) + "\n",
    }))
}
