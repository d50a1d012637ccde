//! When the audit log is written: the intent while the container starts, the result at the end.

use std::path::PathBuf;

use super::traces::Traces;
use super::{Request, Sandbox};
use crate::audit::{AuditError, Caller, Durability, Kind, Log, Record, ScriptTold};
use crate::engine::state_directory;
use crate::outcome::{Outcome, Status, Verdict};
use crate::policy::Notice;

impl Sandbox {
    /// Writes that a container was asked for, and how: once the engine has said what it is, at the
    /// latest when the container is ready. Returns when the record is on the disk, and before it the
    /// script, where the policy keeps scripts.
    pub(super) async fn intend(
        &self,
        request: &Request,
        outcome: &Outcome,
        traces: &mut Traces,
        ready: impl Future<Output = ()>,
    ) -> Result<(), String> {
        if !self.policy.audit.enabled {
            return Ok(());
        }
        traces.stored = self.keep_script(request, outcome).await?;
        tokio::select! {
            () = traces.answered() => {}
            () = ready => {}
        }
        let log = self.log();
        let fields = self.fields(request, outcome, traces, Kind::Intent);
        let writing = tokio::task::spawn_blocking(move || append(log, fields, Durability::OnDisk));
        writing.await.unwrap_or_else(|error| Err(error.to_string()))
    }

    /// Writes what came of a request. Nothing can be undone here: a failure is told.
    pub(super) fn record(&self, request: &Request, outcome: &mut Outcome, traces: &mut Traces) {
        if !self.policy.audit.enabled {
            return;
        }
        if let Some(Ok(stored)) = &mut traces.stored
            && let Err(message) = self.keep_output(outcome, stored)
        {
            outcome.notices.push(Notice {
                code: "audit-unwritten",
                message: format!("what this run printed was not stored: {message}"),
            });
        }
        traces.keep();
        let fields = self.fields(request, outcome, traces, Kind::Result);
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
        traces: &Traces,
        kind: Kind,
    ) -> Result<String, AuditError> {
        let told = traces.told(match kind {
            Kind::Intent => "the engine had not answered when the container was ready",
            Kind::Result => "the engine had not answered when the run was over",
        });
        let script = ScriptTold::new(&request.script, request.language.name);
        let time = jiff::Timestamp::now().to_string();
        let record = Record::new(kind, outcome, &script, &self.caller, &told, time);
        Ok(serde_json::to_string(&record)?)
    }

    /// What follows from an intent that is not on the disk.
    pub(super) fn unwritten(&self, message: &str, outcome: &mut Outcome) -> Result<(), Verdict> {
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
