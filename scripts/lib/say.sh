# Talking to the caller, always on stderr: stdout belongs to `env` and `status`.
# shellcheck shell=bash

say() { printf '%s: %s\n' "${SPEAKER:-engine}" "$*" >&2; }

die() {
    say "$@"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# quietly NAME COMMAND…: runs COMMAND with its output in a log, and shows the log's end if it fails.
quietly() {
    local log=$STATE_DIR/$1.log
    shift
    if ! "$@" >"$log" 2>&1 </dev/null; then
        say "failed: $*"
        show_end_of "$log"
        return 1
    fi
}

# die_of COMMAND…: runs what has just failed or hung once more, for its own words, and exits.
die_of() {
    quietly last-words "$@" || exit 1
    die "this worked at the second attempt only, so call me again: $*"
}

show_end_of() {
    say "the last lines of $1:"
    tail -n 15 "$1" | sed 's/^/    /' >&2
}
