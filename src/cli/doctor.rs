//! `lazaret doctor`.

use std::path::Path;

use super::args::{DoctorOptions, Format};
use super::{exit, output, setup, signals};
use crate::render;
use crate::sandbox::{OptionFor, Watch};

pub(super) async fn doctor(options: &DoctorOptions) -> u8 {
    let policy = match setup::policy(&options.policy) {
        Ok(policy) => policy,
        Err(error) => {
            output::message(&error.to_string());
            return exit::INVALID;
        }
    };
    let sandbox = setup::sandbox(policy, &options.engine);
    let mut diagnosis = if options.hostile {
        let watch = Watch::default();
        signals::cancel_on_signals(&watch.cancel);
        output::message("running hostile scripts on this engine, which takes a minute or two");
        sandbox.diagnose_hostile(&watch).await
    } else {
        sandbox.diagnose().await
    };
    diagnosis.with_options(&given(options));
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

/// What this call was told, for commands that are pasted elsewhere: another engine or another policy
/// would make them tell of something else.
fn given(options: &DoctorOptions) -> Vec<OptionFor> {
    let words = |flag: &str, value: &str| vec![flag.to_owned(), value.to_owned()];
    let engine = options.engine.engine.as_deref();
    let policy = options.policy.policy.as_deref();
    // A name that is no text cannot be printed; `--policy ''` means none.
    let policy = policy.and_then(|file| std::path::absolute(file).ok());
    let policy = policy.as_deref().and_then(Path::to_str);
    let engine = engine.map(|command| OptionFor::Engine(words("--engine", command)));
    let policy = policy.map(|file| OptionFor::All(words("--policy", file)));
    engine.into_iter().chain(policy).collect()
}
