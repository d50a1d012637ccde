//! What a record tells besides the outcome: which engine, image and container it was, exactly.
//!
//! The engine is asked beside the container's start and nothing waits for its answers. The
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

    /// Reads who the container is.
    pub(super) fn identify(&mut self, attestation: &Attestation) {
        self.container = Some(container_id(attestation));
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
            version: Some(engine.clone().map(|engine| engine.version)),
            host: Some(engine.map(|engine| engine.host)),
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
    let mounts = attestation.section("mountinfo").unwrap_or_default();
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
                "836d42fc2c20b69037e62a76fcbbf1050db63ad94eee25e8e49878ca5ef91184",
            ),
            (
                include_str!("../../fixtures/attestations/podman-4.3-rootful-cgroup1-bash.txt"),
                "a1292bb793d3c22faab0f1189bb335d74e3efad10bc6b13cd63799e7073acb7f",
            ),
            (
                include_str!("../../fixtures/attestations/podman-4.3-rootless-cgroup1-python.txt"),
                "efe5b142e6699849e95f13bddb986fe7d838e13d07799c6912aa7ed042f44a24",
            ),
        ] {
            assert_eq!(recorded(text).as_deref(), Ok(id));
        }
    }

    #[test]
    fn mounts_that_disagree_or_say_nothing_are_no_evidence() {
        let mount =
            |id: &str, point: &str| format!(" 1 2 254:0 /x/{id}/y {point} ro - ext4 a rw\n");
        let (one, other) = ("a".repeat(64), "b".repeat(64));
        let both = format!(
            "=mountinfo\n{}{}",
            mount(&one, "/etc/hostname"),
            mount(&other, "/etc/hosts")
        );
        assert!(recorded(&both).is_err());
        let elsewhere = format!("=mountinfo\n{}", mount(&one, "/data"));
        assert!(recorded(&elsewhere).is_err());
        let nested = mount(&format!("{other}/_data/{one}"), "/etc/hosts");
        assert_eq!(recorded(&format!("=mountinfo\n{nested}")), Ok(one));
        assert!(recorded("=mountinfo\n 1 2\n").is_err());
    }
}
