//! The engine's own records of a container that left no report.

use std::time::SystemTime;

use serde_json::Value;

use super::{Engine, Patience};
use crate::outcome::Events;
use crate::plan::Dialect;

impl Engine {
    /// Asks for the records of a container since `start`. `None` where the engine gives none.
    pub(super) async fn events(
        &self,
        name: &str,
        start: SystemTime,
        patience: &Patience,
    ) -> Option<Events> {
        let since = format!("--since={}", moment(start));
        // Docker waits for events until the moment that is named, so it must not lie ahead; cut to
        // whole seconds it would leave out the death itself.
        let until = format!("--until={}", moment(SystemTime::now()));
        let filter = format!("container={name}");
        let format = match self.dialect {
            Dialect::Docker => "{{json .}}",
            Dialect::Podman => "json",
        };
        let arguments = [
            "events", &since, &until, "--filter", &filter, "--format", format,
        ];
        let answer = self.ask(&arguments, patience.command).await.ok()?;
        answer
            .success
            .then(|| read(&String::from_utf8_lossy(&answer.stdout)))
    }
}

/// Seconds since 1970 with nanoseconds, as the engines read them.
fn moment(time: SystemTime) -> String {
    let since = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    format!("{}.{:09}", since.as_secs(), since.subsec_nanos())
}

/// A JSON object a line: Docker says `Action` and puts the code into `Actor.Attributes.exitCode`,
/// Podman says `Status` and `ContainerExitCode`.
fn read(lines: &str) -> Events {
    let mut events = Events::default();
    for event in lines
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
    {
        let action = event.get("Action").or_else(|| event.get("Status"));
        match action.and_then(Value::as_str) {
            Some("oom") => events.oom = true,
            Some("kill" | "remove") => events.killed = true,
            Some("die" | "died") => events.died = exit_code(&event),
            _ => {}
        }
    }
    events
}

fn exit_code(event: &Value) -> Option<i32> {
    let docker = event
        .pointer("/Actor/Attributes/exitCode")
        .and_then(Value::as_str);
    let podman = event.get("ContainerExitCode").and_then(Value::as_i64);
    docker
        .and_then(|code| code.parse().ok())
        .or_else(|| podman.and_then(|code| i32::try_from(code).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dockers_records_are_read() {
        let lines = r#"{"status":"oom","Action":"oom","Actor":{"Attributes":{"name":"x"}}}
            {"status":"die","Action":"die","Actor":{"Attributes":{"exitCode":"137","name":"x"}}}
            {"status":"destroy","Action":"destroy","Actor":{"Attributes":{"name":"x"}}}"#;
        assert_eq!(
            read(lines),
            Events {
                oom: true,
                killed: false,
                died: Some(137)
            }
        );
        let killed = r#"{"Action":"kill","Actor":{"Attributes":{"signal":"9"}}}"#;
        assert!(read(killed).killed);
    }

    #[test]
    fn podmans_records_are_read() {
        let lines = r#"{"Name":"x","Status":"died","ContainerExitCode":137,"Type":"container"}"#;
        assert_eq!(
            read(lines),
            Events {
                oom: false,
                killed: false,
                died: Some(137)
            }
        );
    }

    #[test]
    fn garbage_says_nothing() {
        assert_eq!(read("oom\n{\"Action\":7}\n{}\nnull"), Events::default());
    }
}
