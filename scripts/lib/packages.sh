# Debian's packages: which are missing, how they are installed, where they come from.
# shellcheck shell=bash

# missing_packages COMMAND=PACKAGE…: the packages of those commands, or files where a path stands in
# the place of the command, that are not there; each once.
missing_packages() {
    local need
    for need in "$@"; do
        [[ ${need%=*} == /* && -e ${need%=*} ]] || have "${need%=*}" || echo "${need#*=}"
    done | sort -u
}

# install_needs COMMAND=PACKAGE…: says what it installs, then does so; nothing if all is there.
install_needs() {
    local packages
    mapfile -t packages < <(missing_packages "$@")
    ((${#packages[@]} > 0)) || return 0
    require_debian "${packages[*]}"
    require_admin "install ${packages[*]}"
    install_told "${packages[@]}"
}

# install_tools COMMAND=PACKAGE…: the same for what needs no engine, so that any root will do.
install_tools() {
    local packages
    mapfile -t packages < <(missing_packages "$@")
    ((${#packages[@]} > 0)) || return 0
    have apt-get || die "missing: ${packages[*]}, or what your system calls it; this is not Debian (no apt-get)"
    ((EUID == 0)) || die "missing: ${packages[*]}; call me as root, or let root call:" \
        "apt-get install ${packages[*]}"
    install_told "${packages[@]}"
}

install_told() {
    say "installing from Debian's packages: $* (and what they depend on)"
    mkdir -p "$STATE_DIR"
    install_packages "$@"
}

# A first failure most often means that apt's lists are missing or out of date.
install_packages() {
    apt_install "$@" >"$STATE_DIR/apt.log" 2>&1 </dev/null && return
    apt_update
    quietly apt apt_install "$@"
}

apt_install() {
    # Without systemd a package's init script would start a daemon that nobody supervises. With
    # this run level it does not, and the daemon we start is ours. Under systemd it is welcome.
    local start_nothing=()
    systemd_runs || start_nothing=(RUNLEVEL=1)
    env "${start_nothing[@]}" DEBIAN_FRONTEND=noninteractive apt-get \
        -o DPkg::Lock::Timeout="$APT_LOCK_SECONDS" --yes --no-install-recommends install "$@"
}

apt_update() {
    say "updating apt's package lists"
    quietly apt-update apt-get -o DPkg::Lock::Timeout="$APT_LOCK_SECONDS" update
}

systemd_runs() { [[ -d /run/systemd/system ]]; }

require_root() { ((EUID == 0)) || die "only root can $1: call me as root"; }

# Root, with CAP_SYS_ADMIN (bit 21): root in an ordinary container lacks it, and can start no engine.
require_admin() {
    local effective
    ((EUID == 0)) || die "only root can $1: call me as root, or let DOCKER_HOST name an engine" \
        "that answers to $(id --user --name)"
    effective=$(sed -n 's/^CapEff:[[:space:]]*/0x/p' /proc/self/status)
    (((effective >> 21) & 1)) || die "root lacks CAP_SYS_ADMIN here, as in an ordinary container, and" \
        "cannot $1: use a virtual machine, or let DOCKER_HOST name an engine elsewhere"
}

require_debian() {
    have apt-get || die "this is not Debian (no apt-get): install $1, or what your system" \
        "calls it, start the engine, and call me again"
}

# --- The machine's own mirror, for debootstrap ---------------------------------------------------

# apt_source FIELD: a field of the source that apt itself takes Debian's main packages from. apt
# reads its configuration for us, in the one-line and in the deb822 format alike.
apt_source() {
    apt-get indextargets --format "\$($1)" \
        'Created-By: Packages' 'Label: Debian' 'Component: main' | sed -n 1p
}

apt_mirror() {
    local uri
    uri=$(apt_source REPO_URI)
    uri=${uri%/}
    case $uri in
        # A file that lists mirrors, as in Debian's cloud images: the first of them.
        mirror+file:*) grep -m 1 -o -E '^[a-z]+://[^[:space:]]+' "${uri#mirror+file:}" ;;
        *) echo "$uri" ;;
    esac
}

# The keyring file that apt trusts for that source; nothing if none is named.
apt_keyring() {
    local file
    file=$(apt_source SOURCESENTRY)
    sed -n -E -e 's/^Signed-By:[[:space:]]*(\/[^[:space:]]+).*/\1/ip' \
        -e 's/^deb[[:space:]]+\[.*signed-by=(\/[^],[:space:]]+).*/\1/ip' "${file%:*}" | sed -n 1p
}

# Exports the proxies that apt is configured with; debootstrap does not look for them itself.
export_apt_proxies() {
    local http='' https=''
    eval "$(apt-config shell http Acquire::http::Proxy https Acquire::https::Proxy)"
    [[ -z $http || -n ${http_proxy:-} ]] || export http_proxy=$http
    [[ -z $https || -n ${https_proxy:-} ]] || export https_proxy=$https
}
