# Docker Engine: one that answers already, or else a daemon of our own.
# shellcheck shell=bash

docker_version() { timeout "$ANSWER_SECONDS" docker version --format '{{.Server.Version}}' 2>/dev/null; }

# True if an engine answers: the caller's own, or else ours, to which DOCKER_HOST then points.
docker_answers() {
    have docker || return 1
    docker_version >/dev/null && return
    [[ -S $DOCKERD_SOCKET ]] || return 1
    export DOCKER_HOST=unix://$DOCKERD_SOCKET
    docker_version >/dev/null
}

docker_where() { echo "${DOCKER_HOST:-the default socket}"; }

docker_up() {
    if ! docker_answers; then
        require_admin "install and start Docker Engine"
        install_needs "${DOCKER_NEEDS[@]}"
        # Under systemd the package has started docker.service: that one will do.
        docker_service_answers || start_dockerd
    fi
    say "docker $(docker_version) answers at $(docker_where)"
}

docker_service_answers() { systemd_runs && systemctl --quiet is-active docker.service && docker_answers; }

start_dockerd() {
    clear_run_dir_of_another_boot
    mkdir -p "$RUN_DIR" "$DOCKERD_DATA_ROOT"
    our_dockerd_runs || rm -f "$DOCKERD_PID_FILE"
    say "starting dockerd, with its bridge and firewall rules:" \
        "socket $DOCKERD_SOCKET, data $DOCKERD_DATA_ROOT, log $DOCKERD_LOG"
    export DOCKER_HOST=unix://$DOCKERD_SOCKET
    spawn_dockerd &
    wait_for_dockerd "$!"
}

# Becomes the daemon, in a session of its own and without any descriptor of the caller's, who may
# be waiting for their end.
spawn_dockerd() {
    cd /
    exec </dev/null >"$DOCKERD_LOG" 2>&1
    close_other_descriptors
    exec setsid nohup dockerd --host "$DOCKER_HOST" --pidfile "$DOCKERD_PID_FILE" \
        --exec-root "$DOCKERD_EXEC_ROOT" --data-root "$DOCKERD_DATA_ROOT" --log-level warn
}

close_other_descriptors() {
    local descriptor
    for descriptor in /proc/self/fd/*; do
        descriptor=${descriptor##*/}
        ((descriptor <= 2)) || eval "exec $descriptor>&-"
    done
}

wait_for_dockerd() {
    local pid=$1 deadline=$((SECONDS + DOCKERD_START_SECONDS))
    until docker_version >/dev/null; do
        if ((SECONDS >= deadline)) || ! kill -0 "$pid" 2>/dev/null; then
            say "dockerd does not answer"
            show_end_of "$DOCKERD_LOG"
            exit 1
        fi
        sleep 0.1
    done
}

# Where /run is not a tmpfs, pid files and sockets survive a reboot and mislead both engines.
clear_run_dir_of_another_boot() {
    local boot
    boot=$(</proc/sys/kernel/random/boot_id)
    if [[ -f $RUN_DIR/boot_id && $(<"$RUN_DIR/boot_id") != "$boot" ]]; then
        rm -rf "$RUN_DIR"
    fi
    mkdir -p "$RUN_DIR"
    echo "$boot" >"$RUN_DIR/boot_id"
}

# --- The end -------------------------------------------------------------------------------------

our_dockerd_runs() {
    local pid
    pid=$(cat "$DOCKERD_PID_FILE" 2>/dev/null) && is_our_dockerd "$pid"
}

# True if that process was given our pid file as an argument. A zombie has no arguments.
is_our_dockerd() {
    grep --quiet --null-data --line-regexp --fixed-strings -- "$DOCKERD_PID_FILE" \
        "/proc/$1/cmdline" 2>/dev/null
}

docker_stop() {
    local pid removal deadline=$((SECONDS + DOCKERD_STOP_SECONDS))
    if ! our_dockerd_runs; then
        say "no dockerd of ours runs"
        return
    fi
    require_root "stop dockerd"
    pid=$(<"$DOCKERD_PID_FILE")
    DOCKER_HOST=unix://$DOCKERD_SOCKET remove_our_containers docker &
    removal=$!
    while kill -0 "$removal" 2>/dev/null; do
        if ((SECONDS >= deadline)); then
            say "dockerd does not remove them within $DOCKERD_STOP_SECONDS s: they end with it"
            kill "$removal"
        fi
        sleep 0.1
    done
    deadline=$((SECONDS + DOCKERD_STOP_SECONDS))
    say "stopping our dockerd, process $pid"
    kill -TERM "$pid"
    while is_our_dockerd "$pid"; do
        ((SECONDS < deadline)) || die "dockerd, process $pid, is still there; its log is $DOCKERD_LOG"
        sleep 0.1
    done
}
