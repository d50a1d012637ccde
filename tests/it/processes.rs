//! Processes and time: bombs, daemons, signals, deadlines. (Group A of the behaviours, by number.)
#![expect(
    clippy::indexing_slicing,
    reason = "a document without the field fails the test"
)]

use std::time::{Duration, Instant};

use crate::harness::{
    Engine, Lazaret, Told, attack, docker, hold, marker, podman, processes_with, repository,
};

/// What a container may hold in these tests; the policy's own default.
const PIDS: usize = 100;

/// Runs an attack until the host shows `wanted` processes of it, then to its end. No process of it
/// is left afterwards.
fn hold_family(engine: &'static Engine, script: &str, timeout: f64, wanted: usize) -> Told {
    let marker = marker();
    let lazaret = attack(engine, script)
        .args(&["--timeout", &timeout.to_string(), "--format", "json"])
        .script_args(&[&marker]);
    let started = Instant::now();
    let mut child = lazaret.spawn();
    let mut most = 0;
    while most < wanted && child.try_wait().expect("a child").is_none() {
        most = most.max(processes_with(&marker));
        assert!(most <= PIDS, "{script}: {most} processes");
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{script}: no more than {most}"
        );
    }
    let output = child.wait_with_output().expect("lazaret ends");
    let document = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert!(most >= wanted, "{script}: {most} processes, {document:#}");
    assert_eq!(processes_with(&marker), 0, "{script}: {document:#}");
    Told::new(engine, document, started.elapsed())
}

/// The deadline ended it: not sooner, and not much later.
fn ended_on_time(told: &Told, seconds: f64) {
    let limit = seconds * 1000.0;
    let document = &told.document;
    assert_eq!(document["status"], "timed_out", "{document:#}");
    assert_eq!(document["executed"], "yes", "{document:#}");
    assert!(told.run_ms() >= limit, "{document:#}");
    // A grace of 1 s, and half of that before `kill`; the rest is for a busy machine.
    assert!(told.run_ms() < limit + 10_000.0, "{document:#}");
}

/// It ended on SIGTERM, before anybody had to kill: the launcher's report came.
fn was_asked_to_end(told: &Told, seconds: f64) {
    ended_on_time(told, seconds);
    let resources = &told.document["resources"];
    assert!(!resources.is_null(), "no report: {:#}", told.document);
}

fn next_run_works(engine: &'static Engine) {
    Lazaret::python(engine, "print('next')").output().exits(0);
    Lazaret::bash(engine, "echo next").output().exits(0);
}

/// 1: at the limit there is no other process, and at the end there is none at all.
fn fork_bombs(engine: &'static Engine) {
    for script in ["fork-bomb.py", "fork-bomb.sh"] {
        let told = hold_family(engine, script, 3.0, 3);
        ended_on_time(&told, 3.0);
        let refused = told.stderr().contains("Resource temporarily unavailable");
        assert!(refused, "{script} met no limit: {:#}", told.document);
    }
}

#[test]
fn fork_bombs_end_on_docker() {
    let Some(engine) = docker() else { return };
    fork_bombs(engine);
}

#[test]
fn fork_bombs_end_on_podman() {
    let Some(engine) = podman() else { return };
    fork_bombs(engine);
}

/// 2: the limit counts threads as well; the launcher and the script itself are two of them.
#[test]
fn threads_and_children_end_at_the_limit() {
    let Some(engine) = docker() else { return };
    for (script, error) in [
        ("thread-bomb.py", "can't start new thread"),
        ("many-children.py", "Resource temporarily unavailable"),
    ] {
        let told = hold(engine, attack(engine, script)).is("succeeded");
        assert_eq!(told.stdout(), format!("{} {error}\n", PIDS - 2));
    }
    // bash waits for a free place instead of failing.
    let told = hold(
        engine,
        attack(engine, "many-children.sh").args(&["--timeout", "1"]),
    );
    ended_on_time(&told, 1.0);
    let last = told.stdout().lines().last();
    assert_eq!(last, Some((PIDS - 2).to_string().as_str()));
}

/// 2: a pool of a legal size works.
#[test]
fn a_pool_of_processes_works() {
    let Some(engine) = docker() else { return };
    let script = "import multiprocessing\n\
        def square(n):\n    return n * n\n\
        if __name__ == '__main__':\n    \
            for method in ('fork', 'spawn'):\n        \
                with multiprocessing.get_context(method).Pool(4) as pool:\n            \
                    print(sum(pool.map(square, range(1000))))\n";
    let ran = Lazaret::python(engine, script).unchecked().output();
    assert_eq!(ran.stdout, "332833500\n332833500\n", "{ran}");
    ran.exits(0);
}

/// 3, 12: nothing runs beyond its deadline, what was printed is kept, and the next run works.
#[test]
fn endless_scripts_are_ended() {
    let Some(engine) = docker() else { return };
    for (name, script) in [
        (
            "busy.py",
            "print('before', flush=True)\nwhile True: pass\n".to_owned(),
        ),
        ("busy.sh", "echo before; while :; do :; done".to_owned()),
        (
            "sleep.py",
            "import time\nprint('before')\ntime.sleep(1e9)".to_owned(),
        ),
        ("sleep.sh", "echo before; sleep inf".to_owned()),
    ] {
        let lazaret = Lazaret::new(engine).run(name, script.as_bytes());
        let told = hold(engine, lazaret.unchecked().args(&["--timeout", "1"]));
        was_asked_to_end(&told, 1.0);
        assert_eq!(told.stdout(), "before\n", "{name}");
    }
    next_run_works(engine);
}

/// 3: output without end, from which the beginning and the end are kept.
fn output_without_end(engine: &'static Engine) {
    for script in ["output-without-end.py", "output-without-end.sh"] {
        let lazaret = attack(engine, script).args(&["--timeout", "1", "--output", "64k"]);
        let told = hold(engine, lazaret);
        was_asked_to_end(&told, 1.0);
        assert!(told.stdout().starts_with("0123456789abcde"), "{script}");
        let (total, dropped) = (told.number("stdout_bytes"), told.number("stdout_dropped"));
        assert!(total > 1 << 20, "{script}: {total}");
        assert_eq!(total - dropped, 64 << 10, "{script}");
    }
}

#[test]
fn output_without_end_is_ended_on_docker() {
    let Some(engine) = docker() else { return };
    output_without_end(engine);
}

#[test]
fn output_without_end_is_ended_on_podman() {
    let Some(engine) = podman() else { return };
    output_without_end(engine);
}

/// 4: whoever ignores every signal that can be ignored gets the one that cannot.
fn ignoring_signals(engine: &'static Engine) {
    for script in ["ignore-term.py", "ignore-term.sh"] {
        let told = hold(engine, attack(engine, script).args(&["--timeout", "1"]));
        ended_on_time(&told, 1.0);
        assert!(told.run_ms() >= 2000.0, "{script}: no grace was given");
        assert_eq!(told.stdout(), "ignoring\n", "{script}");
    }
}

#[test]
fn ignoring_signals_does_not_help_on_docker() {
    let Some(engine) = docker() else { return };
    ignoring_signals(engine);
    next_run_works(engine);
}

#[test]
fn ignoring_signals_does_not_help_on_podman() {
    let Some(engine) = podman() else { return };
    ignoring_signals(engine);
    next_run_works(engine);
}

/// 5: what a script says on SIGTERM is kept; that it then exits 0 does not make it a success.
fn last_words(engine: &'static Engine) {
    for script in ["term-handler.py", "term-handler.sh"] {
        let told = hold(engine, attack(engine, script).args(&["--timeout", "1"]));
        was_asked_to_end(&told, 1.0);
        assert_eq!(told.stdout(), "working\npartial result: 42\n", "{script}");
        assert!(told.stderr().ends_with("interrupted\n"), "{script}");
    }
}

#[test]
fn last_words_are_kept_on_docker() {
    let Some(engine) = docker() else { return };
    last_words(engine);
}

#[test]
fn last_words_are_kept_on_podman() {
    let Some(engine) = podman() else { return };
    last_words(engine);
}

/// 6: the whole family goes, sessions of their own or not.
#[test]
fn a_deadline_ends_children_and_grandchildren() {
    let Some(engine) = docker() else { return };
    for script in ["family.py", "family.sh"] {
        let told = hold_family(engine, script, 3.0, 4);
        ended_on_time(&told, 3.0);
        assert_eq!(told.stdout(), "here\n".repeat(4), "{script}");
    }
}

/// 7: the result comes when the script ends, though a daemon holds its output open; the daemon goes.
fn daemons(engine: &'static Engine) {
    for script in ["daemon.py", "daemon.sh"] {
        let marker = marker();
        let lazaret = attack(engine, script)
            .args(&["--timeout", "60"])
            .script_args(&[&marker]);
        let told = hold(engine, lazaret).is("succeeded");
        assert!(told.took < Duration::from_secs(40), "{:?}", told.took);
        assert_eq!(told.stdout(), "the daemon is up\ndone\n", "{script}");
        assert_eq!(processes_with(&marker), 0, "{script}: the daemon is there");
    }
}

#[test]
fn daemons_do_not_outlive_their_script_on_docker() {
    let Some(engine) = docker() else { return };
    daemons(engine);
}

#[test]
fn daemons_do_not_outlive_their_script_on_podman() {
    let Some(engine) = podman() else { return };
    daemons(engine);
}

/// 8: orphans are buried by the launcher, so that 1 000 of them fit into 100 places.
#[test]
fn orphans_are_buried() {
    let Some(engine) = docker() else { return };
    for script in ["zombies.py", "zombies.sh"] {
        let told = hold(engine, attack(engine, script)).is("succeeded");
        assert_eq!(told.stdout(), "all 1000\n", "{script}");
    }
}

/// 9: no signal from inside ends, stops or silences the launcher.
fn signals_to_all(engine: &'static Engine) {
    for script in ["signal-all.py", "signal-all.sh"] {
        let told = hold(engine, attack(engine, script)).is("succeeded");
        assert_eq!(told.stdout(), "survived\n", "{script}");
    }
}

#[test]
fn the_launcher_survives_every_signal_on_docker() {
    let Some(engine) = docker() else { return };
    signals_to_all(engine);
}

#[test]
fn the_launcher_survives_every_signal_on_podman() {
    let Some(engine) = podman() else { return };
    signals_to_all(engine);
}

/// 9: a script that asks the launcher to stop is ended as asked, and the result says of what.
#[test]
fn asking_the_launcher_to_stop_is_no_success() {
    let Some(engine) = docker() else { return };
    for signal in ["HUP", "INT", "QUIT", "TERM"] {
        let script = format!("kill -{signal} 1; sleep 30");
        let lazaret = Lazaret::bash(engine, &script).unchecked();
        let told = hold(engine, lazaret.args(&["--timeout", "20"])).is("signaled");
        assert_eq!(told.document["signal"], "SIGTERM", "{signal}");
    }
}

/// 9: a script that stops itself, and tries to stop its launcher, is ended like any other.
fn stopped_scripts(engine: &'static Engine) {
    for script in ["stop-everything.py", "stop-everything.sh"] {
        let told = hold(engine, attack(engine, script).args(&["--timeout", "1"]));
        ended_on_time(&told, 1.0);
        assert_eq!(told.stdout(), "stopping\n", "{script}");
    }
}

#[test]
fn stopped_scripts_are_ended_on_docker() {
    let Some(engine) = docker() else { return };
    stopped_scripts(engine);
}

#[test]
fn stopped_scripts_are_ended_on_podman() {
    let Some(engine) = podman() else { return };
    stopped_scripts(engine);
}

/// 10: a fast death by a signal is told as that, with what was printed before.
#[test]
fn a_fast_death_is_no_timeout() {
    let Some(engine) = docker() else { return };
    for script in ["die-at-once.py", "die-at-once.sh"] {
        for signal in ["SIGKILL", "SIGTERM", "SIGSEGV", "SIGABRT", "SIGUSR1"] {
            let lazaret = attack(engine, script).script_args(&[signal]);
            let told = hold(engine, lazaret).is("signaled");
            assert_eq!(told.document["signal"], signal, "{script}");
            assert_eq!(told.stdout(), "before\n", "{script} {signal}");
            assert_eq!(told.document["timed_out"], false, "{script} {signal}");
        }
    }
}

/// 11: a timeout that makes no sense is a usage error, and nothing starts.
#[test]
fn senseless_timeouts_are_refused() {
    let Some(engine) = docker() else { return };
    for timeout in ["0", "-1", "-0.5", "0.0", "nan", "", "soon", "1e-12"] {
        let lazaret = Lazaret::python(engine, "print('ran')");
        let ran = lazaret.arg(&format!("--timeout={timeout}")).output();
        assert_eq!(ran.stdout, "", "{timeout}: {ran}");
        assert!(ran.stderr.contains("timeout"), "{timeout}: {ran}");
        ran.exits(2);
    }
}

/// 11: more than the policy permits is clamped, and the result says so.
#[test]
fn huge_timeouts_are_clamped() {
    let Some(engine) = docker() else { return };
    for timeout in ["301", "1000000000"] {
        let lazaret = Lazaret::python(engine, "print('ran')");
        let told = hold(engine, lazaret.args(&["--timeout", timeout])).is("succeeded");
        assert_eq!(told.document["notices"][0]["code"], "timeout-clamped");
        assert_eq!(told.document["limits"]["effective"]["timeout"], 300.0);
    }
}

/// 11: a fraction of a second is that.
#[test]
fn fractional_timeouts_are_exact() {
    let Some(engine) = docker() else { return };
    let lazaret = Lazaret::bash(engine, "echo before; sleep inf").unchecked();
    let told = hold(engine, lazaret.args(&["--timeout", "0.25"])).is("timed_out");
    assert!(told.run_ms() >= 250.0, "{:#}", told.document);
    assert_eq!(told.stdout(), "before\n");
}

/// 11: the clock starts at delivery, so a start that takes longer than the timeout costs the script
/// nothing. The engine's command is made slow by a wrapper.
#[test]
fn a_slow_start_costs_the_script_nothing() {
    let Some(engine) = docker() else { return };
    let slow = repository().join("fixtures/scripts/hostile/engine-with-a-slow-start");
    let lazaret = Lazaret::bash(engine, "sleep 0.2; echo done")
        .args(&["--timeout", "2", "--engine"])
        .arg(slow.to_str().expect("a UTF-8 path"));
    let told = hold(engine, lazaret).is("succeeded");
    let startup = told.document["timings"]["startup_ms"].as_f64();
    assert!(
        startup.is_some_and(|ms| ms >= 3000.0),
        "{:#}",
        told.document
    );
    assert_eq!(told.stdout(), "done\n");
}
