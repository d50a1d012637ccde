//! `lazaret doctor`.

use super::args::{DoctorOptions, Format};
use super::{exit, output, setup};
use crate::render;

pub(super) async fn doctor(options: &DoctorOptions) -> u8 {
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    let diagnosis = setup::sandbox(policy, &options.engine).diagnose().await;
    output::result(&match options.format {
        Format::Text => render::doctor_text(&diagnosis),
        Format::Json => render::doctor_document(&diagnosis) + "\n",
    });
    if diagnosis.is_fit() {
        exit::OK
    } else {
        exit::REJECTED_BY_CHECK
    }
}
