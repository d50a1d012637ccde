use super::*;

fn trailer(ending: Ending, oom_kills: u64) -> Trailer {
    Trailer {
        ending,
        oom_kills,
        peak_bytes: 0,
        cpu: Duration::ZERO,
        wall: Duration::ZERO,
    }
}

fn facts() -> Facts {
    Facts {
        stop: None,
        begun: true,
        syntax: None,
        stdout_trailer: None,
        stderr_trailer: None,
        garbled: false,
        surplus: 0,
        cli: CliEnd::Exit(0),
        events: None,
        ran_for: Duration::from_secs(1),
        timeout: Duration::from_secs(60),
    }
}

fn ended(ending: Ending, oom_kills: u64) -> Facts {
    let trailer = Some(trailer(ending, oom_kills));
    Facts {
        stdout_trailer: trailer.clone(),
        stderr_trailer: trailer,
        ..facts()
    }
}

fn codes(verdict: &Verdict) -> Vec<&'static str> {
    verdict
        .evidence
        .iter()
        .map(|evidence| evidence.code)
        .collect()
}

#[test]
fn exit_codes_are_the_scripts_own() {
    assert_eq!(
        conclude(&ended(Ending::Exit(0), 0)).status,
        Status::Succeeded
    );
    for code in [1, 2, 124, 125, 126, 127, 128, 130, 137, 139, 143, 255] {
        let verdict = conclude(&ended(Ending::Exit(code), 0));
        assert_eq!(
            (verdict.status, verdict.exit_code),
            (Status::Failed, Some(code))
        );
        assert_eq!(verdict.executed, Executed::Yes);
    }
}

#[test]
fn signals_are_named() {
    let verdict = conclude(&ended(Ending::Signal(11), 0));
    assert_eq!(
        (verdict.status, verdict.signal),
        (Status::Signaled, Some(11))
    );
    assert!(
        verdict
            .problem
            .expect("a problem")
            .message
            .contains("SIGSEGV")
    );
}

#[test]
fn an_oom_kill_is_told_from_a_plain_137() {
    for ending in [Ending::Signal(9), Ending::Exit(137)] {
        let verdict = conclude(&ended(ending, 1));
        assert_eq!(verdict.status, Status::OutOfMemory);
        assert_eq!(codes(&verdict), ["oom-kill"]);
    }
    let child = conclude(&ended(Ending::Exit(0), 2));
    assert_eq!(
        (child.status, codes(&child)),
        (Status::Succeeded, vec!["oom-kill"])
    );
    assert_eq!(conclude(&ended(Ending::Exit(1), 1)).status, Status::Failed);
}

#[test]
fn what_we_did_comes_first() {
    let late = Facts {
        stop: Some(Stop::Deadline),
        ..ended(Ending::Exit(0), 0)
    };
    assert_eq!(conclude(&late).status, Status::TimedOut);
    let cancelled = Facts {
        stop: Some(Stop::Cancelled),
        ..ended(Ending::Exit(0), 0)
    };
    assert_eq!(conclude(&cancelled).status, Status::Cancelled);
    let early = Facts {
        begun: false,
        stop: Some(Stop::Cancelled),
        ..facts()
    };
    assert_eq!(conclude(&early).executed, Executed::Unknown);
}

#[test]
fn a_deadline_before_the_script_began_is_lost() {
    let verdict = conclude(&Facts {
        begun: false,
        stop: Some(Stop::Deadline),
        ..facts()
    });
    assert_eq!(
        (verdict.status, verdict.executed),
        (Status::Lost, Executed::Unknown)
    );
}

#[test]
fn the_launchers_own_net_is_a_timeout_too() {
    let verdict = conclude(&Facts {
        ran_for: Duration::from_secs(61),
        ..ended(Ending::Signal(9), 0)
    });
    assert_eq!(verdict.status, Status::TimedOut);
}

#[test]
fn the_interpreters_word_is_a_rejection() {
    let syntax = SyntaxError {
        reason: "'(' was \u{1b}never closed".to_owned(),
        line: 3,
        column: 1,
    };
    let verdict = conclude(&Facts {
        begun: false,
        syntax: Some(syntax),
        ..facts()
    });
    assert_eq!(
        (verdict.status, verdict.executed),
        (Status::Rejected, Executed::No)
    );
    assert_eq!(
        verdict.problem.expect("a problem").message,
        "line 3: '(' was \\x1bnever closed"
    );
}

#[test]
fn without_a_trailer_the_engines_records_speak() {
    let with = |events| {
        conclude(&Facts {
            events: Some(events),
            cli: CliEnd::Exit(137),
            ..facts()
        })
    };
    let oom = with(Events {
        oom: true,
        died: Some(137),
        killed: false,
    });
    assert_eq!(oom.status, Status::OutOfMemory);
    let died = with(Events {
        died: Some(137),
        ..Events::default()
    });
    assert_eq!((died.status, died.signal), (Status::Signaled, Some(9)));
    let killed = with(Events {
        died: Some(137),
        killed: true,
        oom: false,
    });
    assert_eq!(
        (killed.status, codes(&killed)),
        (Status::Lost, vec!["cli-end", "killed-event"])
    );
    assert_eq!(
        with(Events {
            died: Some(0),
            ..Events::default()
        })
        .status,
        Status::Lost
    );
    let lost = conclude(&facts());
    assert_eq!(
        (lost.status, lost.executed),
        (Status::Lost, Executed::Unknown)
    );
}

#[test]
fn forgeries_are_noted_and_change_nothing_else() {
    let mut forged = ended(Ending::Exit(0), 0);
    forged.stderr_trailer = Some(trailer(Ending::Exit(7), 0));
    forged.garbled = true;
    forged.surplus = 9;
    let verdict = conclude(&forged);
    assert_eq!(verdict.status, Status::Succeeded);
    assert_eq!(
        codes(&verdict),
        ["trailers-differ", "garbled-mark", "after-trailer"]
    );
    let single = Facts {
        stderr_trailer: None,
        ..ended(Ending::Exit(3), 0)
    };
    assert_eq!(codes(&conclude(&single)), ["one-trailer"]);
}
