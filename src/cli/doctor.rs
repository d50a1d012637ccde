//! `lazaret doctor`.

use super::args::{DoctorOptions, Format};
use super::{exit, output, setup, signals};
use crate::render;
use crate::sandbox::Watch;

pub(super) async fn doctor(options: &DoctorOptions) -> u8 {
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    let sandbox = setup::sandbox(policy, &options.engine);
    let diagnosis = if options.hostile {
        let watch = Watch::default();
        signals::cancel_on_signals(&watch.cancel);
        output::message("running hostile scripts on this engine, which takes a minute or two");
        sandbox.diagnose_hostile(&watch).await
    } else {
        sandbox.diagnose().await
    };
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
