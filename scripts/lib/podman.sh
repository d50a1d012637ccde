# Podman, as root and rootless. It has no daemon: "up" means installed and working.
# shellcheck shell=bash

podman_version() { timeout "$ANSWER_SECONDS" podman info --format '{{.Version.Version}}' 2>/dev/null; }

podman_answers() { have podman && podman_version >/dev/null; }

podman_where() { ((EUID == 0)) && echo "run by root" || echo "run by $(id --user --name)"; }

podman_up() {
    install_needs "${PODMAN_NEEDS[@]}"
    podman_answers || die_of podman info
    say "podman $(podman_version) works, $(podman_where)"
}

# crun 1.8, the default beside Podman 4.3, refuses cgroups v1, and hybrid ones too; runc does not.
podman_needs_runc() { [[ $(podman info --format '{{.Host.CgroupsVersion}}' 2>/dev/null) == v1 ]]; }

# --- Rootless: as a user of our own --------------------------------------------------------------

rootless_version() {
    as_rootless timeout "$ANSWER_SECONDS" podman info --format '{{.Version.Version}}' 2>/dev/null
}

rootless_answers() { have podman && rootless_user_ready && rootless_version >/dev/null; }

rootless_where() { echo "run by the user $ROOTLESS_USER"; }

rootless_up() {
    require_admin "set up rootless Podman for a user of its own"
    install_needs "${PODMAN_NEEDS[@]}" "${ROOTLESS_NEEDS[@]}"
    clear_run_dir_of_another_boot
    rootless_user_ready || create_rootless_user
    rootless_answers || die_of as_rootless podman info
    say "rootless podman $(rootless_version) works, $(rootless_where)"
}

rootless_user_ready() {
    ((EUID == 0)) && id "$ROOTLESS_USER" >/dev/null 2>&1 &&
        [[ -d $ROOTLESS_RUN_DIR && -f $ROOTLESS_HOME/.config/containers/storage.conf ]]
}

create_rootless_user() {
    if ! id "$ROOTLESS_USER" >/dev/null 2>&1; then
        say "creating the system user $ROOTLESS_USER, with a range of subordinate ids"
        quietly useradd useradd --system --user-group --add-subids-for-system --no-create-home \
            --home-dir "$ROOTLESS_HOME" --shell /usr/sbin/nologin "$ROOTLESS_USER"
    fi
    local config=$ROOTLESS_HOME/.config/containers
    install --directory --owner="$ROOTLESS_USER" --group="$ROOTLESS_USER" --mode=700 \
        "$ROOTLESS_RUN_DIR" "$ROOTLESS_HOME" "$ROOTLESS_HOME/.config" "$config"
    # Left alone, Podman 4.3 takes "vfs" for a new user, which copies the whole image for each run.
    printf '[storage]\ndriver = "overlay"\n' >"$config/storage.conf"
}

as_rootless() { (exec_as_rootless "$@"); }

# Becomes COMMAND, run by the rootless user, with nothing in between and the caller's streams.
exec_as_rootless() {
    local user=(setpriv --reuid="$ROOTLESS_USER" --regid="$ROOTLESS_USER" --init-groups --inh-caps=-all)
    # The caller's directory if the user may look into it, else the user's home.
    "${user[@]}" test -r . -a -x . || cd "$ROOTLESS_HOME" || exit
    # What leads to the caller's own engines, files and session.
    unset DOCKER_HOST DOCKER_CONTEXT CONTAINER_HOST CONTAINERS_CONF CONTAINERS_STORAGE_CONF \
        XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME XDG_CACHE_HOME DBUS_SESSION_BUS_ADDRESS TMPDIR
    export HOME=$ROOTLESS_HOME USER=$ROOTLESS_USER LOGNAME=$ROOTLESS_USER \
        XDG_RUNTIME_DIR=$ROOTLESS_RUN_DIR LAZARET_ENGINE=podman LAZARET_POLICY=$POLICY_DIR/rootless.toml
    exec "${user[@]}" "$@"
}

# Rootless Podman keeps one process for each user, which holds the user's namespaces. Without it
# there is nothing to stop, and any podman command would start it.
rootless_stop() {
    local pid
    pid=$(cat "$ROOTLESS_RUN_DIR/libpod/tmp/pause.pid" 2>/dev/null) || return 0
    [[ $(stat --format=%U "/proc/$pid" 2>/dev/null) == "$ROOTLESS_USER" ]] || return 0
    require_root "stop rootless Podman"
    remove_our_containers rootless
    say "ending rootless Podman's pause process, $pid"
    kill -TERM "$pid"
}
