# Docker Engine: found, or installed and started as a daemon of our own.
# shellcheck shell=bash

docker_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
our_docker_answers() { [[ -S $DOCKERD_SOCKET ]] && DOCKER_HOST=unix://$DOCKERD_SOCKET docker_answers; }

docker_up() {
    if have docker && docker_answers; then
        say "docker answers already"
    elif have docker && our_docker_answers; then
        say "our docker answers already at $DOCKERD_SOCKET"
    else
        install_packages "${DOCKER_PACKAGES[@]}"
        start_dockerd
    fi
}

start_dockerd() {
    require_root "start dockerd"
    say "starting dockerd: socket $DOCKERD_SOCKET, data $DOCKERD_DATA_ROOT, log $DOCKERD_LOG"
    mkdir -p "$RUN_DIR" "$STATE_DIR"
    setsid nohup dockerd \
        --host "unix://$DOCKERD_SOCKET" --pidfile "$DOCKERD_PID_FILE" \
        --exec-root "$DOCKERD_EXEC_ROOT" --data-root "$DOCKERD_DATA_ROOT" \
        </dev/null >"$DOCKERD_LOG" 2>&1 &
    wait_for_dockerd "$!"
}

wait_for_dockerd() {
    local pid=$1 tenth
    for ((tenth = 0; tenth < DOCKERD_WAIT_SECONDS * 10; tenth++)); do
        our_docker_answers && return
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    say "dockerd does not answer; the last lines of $DOCKERD_LOG:"
    tail -n 20 "$DOCKERD_LOG" >&2
    return 1
}

# The docker command, at the engine that docker_up found or started.
docker_() {
    if docker_answers; then docker "$@"; else DOCKER_HOST=unix://$DOCKERD_SOCKET docker "$@"; fi
}
