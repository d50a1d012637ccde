//! When the audit log is written: the intent while the container starts, the result at the end.

use std::path::PathBuf;

use tokio::task::JoinHandle;

use super::{Request, Sandbox};
use crate::audit::{AuditError, Caller, Durability, Kind, Log, Record, ScriptTold};
use crate::engine::state_directory;
use crate::outcome::{Outcome, Status, Verdict};
use crate::policy::Notice;

/// A record on its way to the disk.
pub(super) struct Intent(Option<JoinHandle<Result<(), String>>>);

impl Intent {
    /// The record is on the disk, or nothing may run.
    pub(super) async fn settled(
        self,
        sandbox: &Sandbox,
        outcome: &mut Outcome,
    ) -> Result<(), Verdict> {
        let Some(writing) = self.0 else { return Ok(()) };
        let written = match writing.await {
            Ok(written) => written,
            Err(error) => Err(error.to_string()),
        };
        written.or_else(|message| sandbox.unwritten(&message, outcome))
    }
}

impl Sandbox {
    /// Begins to write that a container was asked for, and how.
    pub(super) fn intend(&self, request: &Request, outcome: &Outcome) -> Intent {
        if !self.policy.audit.enabled {
            return Intent(None);
        }
        let log = self.log();
        let fields = self.fields(request, outcome, Kind::Intent);
        Intent(Some(tokio::task::spawn_blocking(move || {
            append(log, fields, Durability::OnDisk)
        })))
    }

    /// Writes what came of a request. Nothing can be undone here: a failure is told.
    pub(super) fn record(&self, request: &Request, outcome: &mut Outcome) {
        if !self.policy.audit.enabled {
            return;
        }
        let fields = self.fields(request, outcome, Kind::Result);
        if let Err(message) = append(self.log(), fields, Durability::Written) {
            outcome.notices.push(Notice {
                code: "audit-unwritten",
                message: format!("what came of this run is not in the audit log: {message}"),
            });
        }
    }

    /// The log that the policy names.
    ///
    /// # Errors
    /// There is no place for one.
    pub fn log(&self) -> Result<Log, String> {
        let audit = &self.policy.audit;
        let directory = match &audit.directory {
            Some(directory) => PathBuf::from(directory),
            None => state_directory()
                .ok_or("there is no place for the audit log: HOME is not set; set it, or audit.directory in the policy")?
                .join("audit"),
        };
        Ok(Log::new(directory, audit.rotate.get()))
    }

    fn fields(
        &self,
        request: &Request,
        outcome: &Outcome,
        kind: Kind,
    ) -> Result<String, AuditError> {
        let script = ScriptTold::new(&request.script, request.language.name);
        let time = jiff::Timestamp::now().to_string();
        let record = Record::new(kind, outcome, &script, &self.caller, time);
        Ok(serde_json::to_string(&record)?)
    }

    fn unwritten(&self, message: &str, outcome: &mut Outcome) -> Result<(), Verdict> {
        if self.policy.audit.required {
            let message = format!(
                "the run could not be logged, so the script was not delivered: {message}; mend it, or permit runs without a log: audit.required = false in the policy"
            );
            return Err(Verdict::not_run(
                Status::Unavailable,
                "audit-unwritable",
                message,
            ));
        }
        outcome.notices.push(Notice {
            code: "audit-unwritten",
            message: format!("this run is not in the audit log: {message}"),
        });
        Ok(())
    }
}

fn append(
    log: Result<Log, String>,
    fields: Result<String, AuditError>,
    durability: Durability,
) -> Result<(), String> {
    let fields = fields.map_err(|error| error.to_string())?;
    let head = log?.append_fields(&fields, durability);
    head.map(|_| ()).map_err(|error| error.to_string())
}

/// Who runs this process, and where.
pub(super) fn caller() -> Caller {
    let uid = nix::unistd::getuid();
    let user = nix::unistd::User::from_uid(uid).ok().flatten();
    let host =
        nix::sys::utsname::uname().map(|system| system.nodename().to_string_lossy().into_owned());
    Caller {
        user: user.map(|user| user.name),
        uid: uid.as_raw(),
        host: host.unwrap_or_default(),
    }
}
