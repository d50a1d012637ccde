//! What a record tells besides the outcome: which engine, image and container it was, exactly.
//!
//! The engine is asked beside the container's start, not oftener than its word serves, and nothing
//! waits for its answers. The
//! container's id costs no question: the engine's own files are mounted inside, and the kernel tells
//! from where. As much as the rest of an attestation it is the word of a trusted kernel and image.

use std::collections::BTreeSet;

use crate::audit::{Known, Stored, Told};
use crate::engine::{Engine, Enquiry, Patience};
use crate::protocol::attestation::Attestation;

/// Gathered while a run goes on.
#[derive(Debug, Default)]
pub(super) struct Traces {
    enquiry: Option<Enquiry>,
    container: Known,
    pub(super) stored: Known<Stored>,
}

impl Traces {
    /// Begins to ask, anew for each start: an image may have been pulled since.
    pub(super) fn ask(&mut self, engine: &Engine, image: &str, patience: Patience) {
        self.container = None;
        self.enquiry = Some(Enquiry::start(engine, image, patience));
    }

    /// Waits until the engine has answered or failed to. Cancel-safe.
    pub(super) async fn answered(&self) {
        if let Some(enquiry) = &self.enquiry {
            enquiry.complete().await;
        }
    }

    /// Reads who the container is, and whether it is of the image that was told of.
    pub(super) fn identify(&mut self, attestation: &Attestation) {
        self.container = Some(container_id(attestation));
        if let Some(enquiry) = &mut self.enquiry {
            enquiry.compare(attestation);
        }
    }

    /// Keeps what the engine said for the next runs.
    pub(super) fn keep(&self) {
        if let Some(enquiry) = &self.enquiry {
            enquiry.keep();
        }
    }

    /// What is known by now; `silence` says until when the engine had time to answer.
    pub(super) fn told(&self, silence: &str) -> Told {
        let Some(enquiry) = &self.enquiry else {
            let stored = self.stored.clone();
            return Told {
                stored,
                ..Told::default()
            };
        };
        let answers = enquiry.so_far();
        let engine = answers.engine.unwrap_or_else(|| Err(silence.to_owned()));
        let known = |answer: Option<Result<String, String>>, otherwise: &str| {
            Some(answer.unwrap_or_else(|| Err(otherwise.to_owned())))
        };
        Told {
            version: Some(engine.clone().map(|(version, _)| version)),
            host: Some(engine.map(|(_, host)| host)),
            asked_at: answers.asked_at,
            image: known(answers.image, silence),
            container: known(self.container.clone(), "the container had not attested"),
            stored: self.stored.clone(),
        }
    }
}

/// Files that engines mount from a directory named by the container's id.
const OF_THE_ENGINE: [&str; 4] = [
    "/etc/hostname",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/run/.containerenv",
];

fn container_id(attestation: &Attestation) -> Result<String, String> {
    let mounts = attestation
        .section("/proc/self/mountinfo")
        .unwrap_or_default();
    let ids: BTreeSet<&str> = mounts.iter().filter_map(|line| id_of(line)).collect();
    match (ids.first(), ids.len()) {
        (Some(id), 1) => Ok((*id).to_owned()),
        (_, 0) => Err("no mount of the container shows it".to_owned()),
        _ => Err("the container's mounts show more than one".to_owned()),
    }
}

/// The innermost directory that is named like an id: an engine may live within another's.
fn id_of(mount: &str) -> Option<&str> {
    let mut fields = mount.split(' ').skip(3);
    let (root, point) = (fields.next()?, fields.next()?);
    if !OF_THE_ENGINE.contains(&point) {
        return None;
    }
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    root.rsplit('/')
        .find(|name| name.len() == 64 && name.bytes().all(is_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(text: &str) -> Result<String, String> {
        container_id(&Attestation::parse(text))
    }

    #[test]
    fn the_mounts_of_real_engines_show_the_id() {
        for (text, id) in [
            (
                include_str!("../../fixtures/attestations/docker-20.10-cgroup1-python.txt"),
                "5120d3ffe3ca0bc3c5dbf1cd091f2150b2eb6beb296afedaadb38ed540540de3",
            ),
            (
                include_str!("../../fixtures/attestations/podman-4.3-rootful-cgroup1-bash.txt"),
                "9b1d31f38a4278ab5b7adc4f873c0a4a680f74208a1e75a85e6491a6f72a0970",
            ),
            (
                include_str!("../../fixtures/attestations/podman-4.3-rootless-cgroup1-python.txt"),
                "7419420a5e21780d84241a9cb00772875d3ca63d6b379caf5efd23b3f99a8877",
            ),
        ] {
            assert_eq!(recorded(text).as_deref(), Ok(id));
        }
    }

    #[test]
    fn mounts_that_disagree_or_say_nothing_are_no_evidence() {
        let mount = |id: &str, point: &str| {
            format!("/proc/self/mountinfo:1 2 254:0 /x/{id}/y {point} ro - ext4 a rw\n")
        };
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        let both = format!(
            "{}{}",
            mount(&one, "/etc/hostname"),
            mount(&other, "/etc/hosts")
        );
        assert!(recorded(&both).is_err());
        assert!(recorded(&mount(&one, "/data")).is_err());
        let nested = mount(&format!("{other}/_data/{one}"), "/etc/hosts");
        assert_eq!(recorded(&nested), Ok(one));
        assert!(recorded("/proc/self/mountinfo:1 2\n").is_err());
    }
}
