//! What a container says of its own limits, and whether that is what was promised.
//!
//! The launcher writes the kernel's own files; [`Attestation::parse`] takes them apart, [`judge`]
//! holds them against a [`Promise`]. What cannot be read is a breach. The kernel and the image are
//! trusted for this, the engine and its flags are not.

mod cgroup;
mod devices;
mod judge;
mod membership;
mod mounts;
mod sections;
mod status;

pub use cgroup::Figures;
pub use judge::{Breach, Promise, Proof, judge, prove};
pub use sections::{Attestation, Collector};

/// Collects what each check of an attestation compares: the promise and what was seen.
#[derive(Default)]
struct Proofs(Vec<Proof>);

impl Proofs {
    fn add(
        &mut self,
        name: &'static str,
        promised: impl Into<String>,
        seen: impl AsRef<str>,
        holds: bool,
    ) {
        // What was seen came out of a container: one line of safe text, and not an endless one.
        let seen = crate::text::single_line(seen.as_ref());
        let seen = String::from_utf8_lossy(crate::text::head(seen.as_bytes(), 300)).into_owned();
        self.0.push(Proof {
            name,
            promised: promised.into(),
            seen,
            holds,
        });
    }
}
