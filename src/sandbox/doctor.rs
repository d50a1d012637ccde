//! Whether this host is fit to run scripts, and what to do where it is not.

use super::diagnosis::{Diagnosis, Health};
use super::{Request, Sandbox, Watch};
use crate::audit;
use crate::engine::{Engine, EngineError, Patience};
use crate::language::{LANGUAGES, Language};
use crate::outcome::{Outcome, Status};
use crate::policy::{Accept, Pull, layers::weaknesses};

/// The exit code that a script must get back.
const CODE: u8 = 42;

impl Sandbox {
    /// Looks at everything that a run needs, with a real run for each language.
    pub async fn diagnose(&self) -> Diagnosis {
        self.look(None).await
    }

    /// As [`Self::diagnose`], and then runs the hostile scripts that Lazaret brings along: bombs,
    /// floods, escapes. Each is a check; it fails where the script succeeds. Takes a minute or two;
    /// cancelled, it ends after the container of the moment is gone.
    pub async fn diagnose_hostile(&self, watch: &Watch) -> Diagnosis {
        self.look(Some(watch)).await
    }

    async fn look(&self, hostile: Option<&Watch>) -> Diagnosis {
        let mut diagnosis = Diagnosis::default();
        self.look_at_policy(&mut diagnosis);
        let patience = Patience::of(&self.policy);
        if let Some(engine) = self.look_at_engine(&patience, &mut diagnosis).await {
            for language in &LANGUAGES {
                let is_there = self
                    .look_at_image(&engine, language, &patience, &mut diagnosis)
                    .await;
                let runs = is_there && self.look_at_run(language, &mut diagnosis).await;
                match hostile {
                    Some(watch) if runs => self.withstand(language, watch, &mut diagnosis).await,
                    Some(_) => untried(language, &mut diagnosis),
                    None => {}
                }
            }
            self.look_for_leftovers(&engine, &patience, &mut diagnosis)
                .await;
        }
        self.look_at_log(&mut diagnosis);
        diagnosis
    }

    fn look_at_policy(&self, diagnosis: &mut Diagnosis) {
        let weak = weaknesses(&self.policy);
        if weak.is_empty() {
            diagnosis.add("policy", Health::Ok, "no weak settings");
        }
        for weakness in weak {
            let check = diagnosis.add("policy", Health::Warn, weakness);
            check.lazaret(&["policy", "show"]);
        }
    }

    async fn look_at_engine(
        &self,
        patience: &Patience,
        diagnosis: &mut Diagnosis,
    ) -> Option<Engine> {
        let engine = match self.find(patience).await {
            Ok(engine) => engine,
            Err(error) => {
                failed("engine-found", &error, diagnosis);
                return None;
            }
        };
        let kind = engine.dialect.name();
        diagnosis.add(
            "engine-found",
            Health::Ok,
            format!("{} ({kind})", engine.program),
        );
        match engine.version(patience).await {
            Ok(version) => {
                let host = engine.host(patience).await;
                diagnosis.add(
                    "engine-answers",
                    Health::Ok,
                    format!("{kind} {version}; {host}"),
                );
            }
            Err(error) => {
                failed("engine-answers", &error, diagnosis);
                return None;
            }
        }
        if let Ok(true) = engine.is_podmans_service(patience).await {
            let seen = "the docker command talks to Podman's service, which refuses what a hardened container needs, and returns 0 for scripts that fail";
            let check = diagnosis.add("engine-service", Health::Fail, seen);
            check.mend = Some("use Podman's own command: --engine podman, or engine.command = \"podman\" in the policy".to_owned());
            return None;
        }
        self.look_at_limits(&engine, patience, diagnosis).await;
        Some(engine)
    }

    /// What every engine of this kind can limit; the attestations show what this one did.
    async fn look_at_limits(
        &self,
        engine: &Engine,
        patience: &Patience,
        diagnosis: &mut Diagnosis,
    ) {
        let host = match engine.confinement(patience).await {
            Ok(host) => host,
            Err(error) => return failed("engine-limits", &error, diagnosis),
        };
        let user = if host.rootless { "rootless" } else { "as root" };
        let seen = format!("{user}, cgroups v{}", host.cgroups);
        if !host.rootless || host.cgroups != "1" {
            diagnosis.add("engine-limits", Health::Ok, seen);
            return;
        }
        let needed = [Accept::Memory, Accept::Cpu, Accept::Pids];
        let accepted = needed
            .iter()
            .all(|limit| self.policy.accept.contains(limit));
        let health = if accepted { Health::Warn } else { Health::Fail };
        let seen = format!("{seen}: memory, CPU and processes of a container cannot be limited");
        diagnosis.add("engine-limits", health, seen).mend = Some(mend_for_cgroups());
    }

    /// Whether a run makes sense.
    async fn look_at_image(
        &self,
        engine: &Engine,
        language: &'static Language,
        patience: &Patience,
        diagnosis: &mut Diagnosis,
    ) -> bool {
        let image = self.policy.image(language);
        let id = format!("image-{}", language.name);
        match engine.image_id(image, patience).await {
            Ok(Some(digest)) => {
                diagnosis.add(id, Health::Ok, format!("{image} is {digest}"));
                true
            }
            Ok(None) => {
                let is_pulled = self.policy.pull != Pull::Never;
                let health = if is_pulled {
                    Health::Warn
                } else {
                    Health::Fail
                };
                let check = diagnosis.add(id, health, format!("{image} is not there"));
                check.run(&[&engine.program, "pull", image]);
                false
            }
            Err(error) => {
                failed(&id, &error, diagnosis);
                false
            }
        }
    }

    /// A live attestation, and whether an exit code comes back as it was given: scripts run here.
    async fn look_at_run(&self, language: &'static Language, diagnosis: &mut Diagnosis) -> bool {
        let outcome = self
            .run(&Request::new(language, probe(language)), &Watch::default())
            .await;
        let broken: Vec<&str> = outcome.breaches.iter().map(|breach| breach.name).collect();
        let id = format!("attestation-{}", language.name);
        let proved = outcome.proofs.len();
        let check = match (proved, broken.as_slice()) {
            (0, _) => diagnosis.add(id, Health::Fail, problem(&outcome)),
            (_, []) => diagnosis.add(id, Health::Ok, format!("all {proved} promises hold")),
            (_, names) => {
                let accepted = outcome.breaches.iter().all(|breach| breach.accepted);
                let health = if accepted { Health::Warn } else { Health::Fail };
                let check = diagnosis.add(id, health, format!("not held: {}", names.join(", ")));
                check.mend = mend(names);
                check
            }
        };
        check.proofs.clone_from(&outcome.proofs);
        let id = format!("exit-code-{}", language.name);
        let is_exact = outcome.verdict.exit_code == Some(CODE);
        if is_exact {
            let version = outcome.stdout.text();
            let version = version.trim();
            let seen = format!("{language} {version}: a script's exit {CODE} came back as {CODE}");
            diagnosis.add(id, Health::Ok, seen);
        } else if outcome.verdict.status != Status::Refused {
            diagnosis.add(id, Health::Fail, problem(&outcome));
        }
        is_exact
    }

    async fn look_for_leftovers(
        &self,
        engine: &Engine,
        patience: &Patience,
        diagnosis: &mut Diagnosis,
    ) {
        match engine.leftovers(self.longest(), patience).await {
            Ok(leftovers) => {
                let count = leftovers
                    .iter()
                    .filter(|leftover| leftover.claim.permits_removal())
                    .count();
                if count == 0 {
                    diagnosis.add(
                        "leftovers",
                        Health::Ok,
                        "no container that nobody waits for",
                    );
                } else {
                    let seen = format!("{count} containers that nobody waits for");
                    let check = diagnosis.add("leftovers", Health::Warn, seen);
                    check.lazaret(&["reap"]);
                }
            }
            Err(error) => failed("leftovers", &error, diagnosis),
        }
    }

    fn look_at_log(&self, diagnosis: &mut Diagnosis) {
        let audit = &self.policy.audit;
        if !audit.enabled {
            diagnosis.add("audit-log", Health::Warn, "switched off by the policy");
            return;
        }
        let report = self
            .log()
            .and_then(|log| audit::verify(&log, None).map_err(|error| error.to_string()));
        match report {
            Ok(report) if report.head.count == 0 && has_run(diagnosis) => {
                let seen = "nothing of the runs above was written to it";
                let check = diagnosis.add("audit-log", Health::Fail, seen);
                check.mend = Some(
                    "audit.directory in the policy names a directory that this user may write to"
                        .to_owned(),
                );
            }
            Ok(report) if report.is_whole() => {
                let seen = format!("{} records, each in its place", report.head.count);
                diagnosis.add("audit-log", Health::Ok, seen);
            }
            Ok(_) => {
                let seen = "a record was changed, removed, moved or torn";
                let check = diagnosis.add("audit-log", Health::Fail, seen);
                check.lazaret(&["audit", "verify"]);
            }
            Err(message) => {
                diagnosis.add("audit-log", Health::Fail, message);
            }
        }
    }
}

fn untried(language: &Language, diagnosis: &mut Diagnosis) {
    let seen = "no hostile script was tried: scripts do not run here, as said above";
    diagnosis.add(format!("hostile-{}", language.name), Health::Fail, seen);
}

/// Every run writes to the log, whatever comes of it.
fn has_run(diagnosis: &Diagnosis) -> bool {
    let mut ids = diagnosis.checks.iter().map(|check| check.id.as_str());
    ids.any(|id| id.starts_with("attestation-"))
}

fn failed(id: &str, error: &EngineError, diagnosis: &mut Diagnosis) {
    diagnosis.add(id, Health::Fail, error.to_string());
}

fn problem(outcome: &Outcome) -> String {
    let problem = outcome.verdict.problem.as_ref();
    let message = problem.map_or("the script did not end as it should", |problem| {
        &problem.message
    });
    format!("{}: {message}", outcome.verdict.status.name())
}

/// Prints the interpreter's version and exits with the code.
fn probe(language: &Language) -> &'static str {
    match language.launcher {
        crate::language::Launcher::Python => {
            "import sys\nprint(sys.version.split()[0])\nsys.exit(42)\n"
        }
        crate::language::Launcher::Bash => "echo \"$BASH_VERSION\"\nexit 42\n",
    }
}

fn mend(broken: &[&str]) -> Option<String> {
    let is_cgroup = |name: &&str| ["memory", "swap", "cpu", "pids"].contains(name);
    broken.iter().all(is_cgroup).then(mend_for_cgroups)
}

fn mend_for_cgroups() -> String {
    "boot with systemd.unified_cgroup_hierarchy=1 (cgroups v2), or run the engine as root; or live without these limits: accept = [\"memory\", \"cpu\", \"pids\"] in the policy".to_owned()
}
