//! Hostile scripts of our own, run on the user's engine: what they try must fail there too.
//!
//! They go the way of every script, container, attestation, delivery and audit log, but for two
//! things: no check reads them, since most would be rejected, and no breach is accepted of a limit
//! that they would overrun. A host that cannot limit processes does not get a fork bomb from us.

mod attack;
mod judge;
mod reports;
mod table;

use std::sync::Mutex;
use std::time::Duration;

use self::attack::Attack;
use self::judge::Fate;
use super::diagnosis::{Diagnosis, Health};
use super::{Request, Sandbox, Watch};
use crate::check::Layer;
use crate::language::Language;
use crate::outcome::{Outcome, Status};
use crate::policy::{Ask, Bytes, Limit, Limits, Policy};

/// Enough for every report; what a policy keeps may be less.
const OUTPUT: Bytes = Bytes::mib(1);

impl Sandbox {
    /// Runs every hostile script in that language, one after the other: some of them would slow their
    /// neighbours down.
    pub(super) async fn withstand(
        &self,
        language: &'static Language,
        watch: &Watch,
        diagnosis: &mut Diagnosis,
    ) {
        let attacks = table::ATTACKS.iter();
        for attack in attacks.filter(|attack| attack.language == language.name) {
            let against = self.against(attack);
            let outcome = against
                .run(&request(attack, language, &against), watch)
                .await;
            if outcome.verdict.status == Status::Cancelled {
                let seen = "cancelled: what follows was not tried";
                diagnosis.add(attack.id(), Health::Fail, seen);
                return;
            }
            self.tell(attack, &outcome, diagnosis);
        }
    }

    fn tell(&self, attack: &Attack, outcome: &Outcome, diagnosis: &mut Diagnosis) {
        let (health, seen) = match judge::judge(attack, outcome) {
            Fate::Held(seen) => (Health::Ok, seen),
            Fate::Succeeded(seen) => (Health::Fail, format!("IT SUCCEEDED: {seen}")),
            Fate::NotTried(seen) if self.knows_why(attack, outcome) => (Health::Warn, seen),
            Fate::NotTried(seen) => (Health::Fail, seen),
        };
        let seen = format!("{}: {seen}", attack.tries);
        // It may quote all that the script printed.
        let seen = String::from_utf8_lossy(crate::text::head(seen.as_bytes(), 2000)).into_owned();
        let check = diagnosis.add(attack.id(), health, seen);
        if health != Health::Ok {
            check.mend = attack.mend.map(str::to_owned);
            check.lazaret(&["history", "show", &outcome.id]);
        }
    }

    /// It was not tried for want of a limit that the operator has said this host cannot hold.
    fn knows_why(&self, attack: &Attack, outcome: &Outcome) -> bool {
        let refused = outcome.verdict.status == Status::Refused;
        let mut broken = outcome.breaches.iter().filter(|breach| !breach.accepted);
        let accepted = |name| self.policy.accept.iter().any(|limit| limit.name() == name);
        refused && broken.all(|breach| attack.needs(breach.name) && accepted(breach.name))
    }

    /// The same sandbox without checks, and without mercy for the limits that this one overruns.
    fn against(&self, attack: &Attack) -> Self {
        let covered = self
            .covered
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Self {
            policy: policy(&self.policy, attack),
            engine: self.engine.clone(),
            caller: self.caller.clone(),
            covered: Mutex::new(covered.clone()),
        }
    }
}

fn policy(permitted: &Policy, attack: &Attack) -> Policy {
    let layers = [Layer::Size, Layer::Syntax, Layer::Secrets, Layer::Dangerous];
    let mut policy = permitted.clone();
    policy.checks_off = layers.map(|layer| layer.name().to_owned()).into();
    policy.accept.retain(|limit| !attack.needs(limit.name()));
    policy.limits.output = Limit::new(OUTPUT, OUTPUT);
    policy.limits.grace = policy.limits.grace.min(Duration::from_secs(1));
    policy
}

/// The script under limits that are tight, and never looser than the policy's own.
fn request(attack: &Attack, language: &'static Language, sandbox: &Sandbox) -> Request {
    let own = &sandbox.policy.limits;
    let arguments = attack.arguments.iter();
    Request {
        script: attack.script.into(),
        language,
        arguments: arguments.map(|argument| (*argument).into()).collect(),
        stdin: Vec::new(),
        ask: Ask {
            memory: Some(own.memory.default.min(attack.memory)),
            pids: Some(own.pids.default.min(100)),
            timeout: Some(own.timeout.max.min(attack.timeout)),
            tmp: Some(own.tmp.default.min(Bytes::mib(16))),
            work: Some(own.work.default.min(Bytes::mib(16))),
            ..Ask::default()
        },
    }
}

/// What a run may take beyond its deadline: a grace, `kill`, and a busy machine.
fn latest(limits: &Limits) -> Duration {
    limits.timeout + Duration::from_secs(10)
}
