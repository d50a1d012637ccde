# Debian's packages: what is missing, and how it is installed.
# shellcheck shell=bash

missing_packages() {
    local package
    for package in "$@"; do
        dpkg-query --show --showformat='${db:Status-Abbrev}' "$package" 2>/dev/null \
            | grep -q '^ii' || printf '%s\n' "$package"
    done
}

# True if apt knows a version of every package, i.e. its lists are there.
apt_knows() {
    local package
    for package in "$@"; do
        apt-get install --simulate --no-install-recommends "$package" >/dev/null 2>&1 || return 1
    done
}

install_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0
    require_root "install ${missing[*]}"
    have apt-get || die "this machine has no apt-get: install ${missing[*]} (or what your system calls them) yourself, then call me again"
    say "installing from Debian: ${missing[*]}"
    if ! apt_knows "${missing[@]}"; then
        quietly "$STATE_DIR/apt.log" apt-get -o DPkg::Lock::Timeout="$APT_LOCK_SECONDS" update
    fi
    # RUNLEVEL=1: without systemd, the packages' init scripts shall start nothing; we do.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive quietly "$STATE_DIR/apt.log" \
        apt-get -o DPkg::Lock::Timeout="$APT_LOCK_SECONDS" install --yes --no-install-recommends "${missing[@]}"
}
