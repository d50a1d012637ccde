# Talking to the caller: always on stderr, so that stdout stays free for `env`.
# shellcheck shell=bash

say() { printf 'engine: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# quietly LOG COMMAND…: runs COMMAND with its output in LOG; shows the end of LOG if it fails.
quietly() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null && return
    say "failed: $*"
    say "the last lines of $log:"
    tail -n 20 "$log" >&2
    return 1
}
