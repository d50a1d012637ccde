# The recipes of our own images: Debian's packages in, root file systems as tars out.
# A change in this file makes the images anew: its hash is part of each tar's name, and a label.
# shellcheck shell=bash

RECIPE=$(sha256sum "${BASH_SOURCE[0]}" | cut -c 1-12)

tar_path() { echo "$TAR_DIR/$1.$RECIPE.tar"; }

# tar_of NAME: the path of NAME's tar, built if it is not there: python, bash, busybox or empty.
tar_of() {
    local tar tree=$TAR_DIR/$1.tree
    tar=$(tar_path "$1")
    if [[ ! -f $tar ]]; then
        rm -rf "$tree"
        mkdir -p "$tree"
        # Recent tars of other recipes stay: another checkout may still use them.
        find "$TAR_DIR" -name "$1.*.tar" -mtime +7 -delete
        "fill_$1" "$tree"
        tar --numeric-owner --create --file "$tar.part" --directory "$tree" .
        mv "$tar.part" "$tar"
        rm -rf "$tree"
    fi
    echo "$tar"
}

# Debian's smallest system, with python3: 3.11, as in python:3.11-slim.
fill_python() {
    local tree=$1 mirror keyring arguments=(--variant=minbase --include=python3)
    require_admin "build an image with debootstrap (and no registry answers)"
    install_needs "${BUILD_NEEDS[@]}"
    [[ -n $(apt_mirror) ]] || apt_update
    mirror=$(apt_mirror)
    [[ -n $mirror ]] || die "apt's configuration names no Debian mirror, and no registry answers"
    keyring=$(apt_keyring)
    [[ -z $keyring ]] || arguments+=(--keyring="$keyring")
    say "building ${BUILT_IMAGE[python]} from Debian's packages: about half a minute, once"
    export_apt_proxies
    # Nobody reads this tree after a crash, so dpkg need not sync each file: 32 s instead of 45 s.
    mkdir -p "$tree/etc/dpkg/dpkg.cfg.d"
    echo force-unsafe-io >"$tree/etc/dpkg/dpkg.cfg.d/unsafe-io"
    # In a mount namespace, so that no mount stays behind if it is interrupted.
    quietly debootstrap unshare --mount debootstrap "${arguments[@]}" \
        "$PYTHON_SUITE" "$tree" "$mirror"
    ln -s python3 "$tree/usr/bin/python"
    trim_debian "$tree"
}

# Takes out what no script needs, and what debootstrap copied from this machine.
trim_debian() (
    cd "$1" || exit
    rm -rf var/cache/apt/* var/lib/apt/lists/* var/cache/debconf/*-old var/lib/dpkg/*-old var/log/*
    rm -rf usr/share/{doc,info,lintian,locale,man}/* dev/*
    rm -f etc/{apt/sources.list,hostname,machine-id,resolv.conf} etc/dpkg/dpkg.cfg.d/unsafe-io
)

# Static bash and busybox, laid out as in bash:5.2-alpine: bash in /usr/local/bin, all else busybox.
fill_bash() {
    local tree=$1 packages=$TAR_DIR/bash.packages
    require_debian "bash-static and busybox-static"
    mkdir -p "$packages" "$tree"/{bin,dev,etc,proc,root,sys,usr/local/bin}
    mkdir --mode=1777 "$tree/tmp"
    say "building ${BUILT_IMAGE[bash]} from Debian's packages"
    fetch_packages "$packages" bash-static busybox-static
    find "$packages" -path '*bin/bash-static' -exec cp {} "$tree/usr/local/bin/bash" \;
    find "$packages" -path '*bin/busybox' -exec cp {} "$tree/bin/busybox" \;
    "$tree/bin/busybox" --install "$tree/bin"
    ln -s bin "$tree/sbin"
    ln -s ../bin "$tree/usr/bin"
    ln -s ../bin "$tree/usr/sbin"
    printf '%s\n' root:x:0:0:root:/root:/bin/sh nobody:x:65534:65534:nobody:/:/sbin/nologin \
        >"$tree/etc/passwd"
    printf '%s\n' root:x:0: nobody:x:65534: >"$tree/etc/group"
    rm -rf "$packages"
}

# The tools that a launcher takes from its image, as busybox has them.
fill_busybox() {
    local tool all=$TAR_DIR/busybox.all
    mkdir -p "$all"
    # In the tar, all but one of busybox's names are links to that one.
    tar --extract --file "$(tar_of bash)" --directory "$all" ./bin
    for tool in sh env grep mkfifo; do
        cp "$all/bin/busybox" "$1/$tool"
    done
    rm -rf "$all"
}

# fetch_packages DIRECTORY PACKAGE…: unpacks the packages there; the machine itself stays as it is.
fetch_packages() {
    local directory=$1 package
    if ! download_packages "$@" >/dev/null 2>&1 </dev/null; then
        apt_update
        quietly apt-download download_packages "$@"
    fi
    for package in "$directory"/*.deb; do
        dpkg-deb --extract "$package" "$directory"
    done
}

download_packages() (
    cd "$1" || exit
    shift
    apt-get download "$@"
)

# No program, no shell: an engine can make a container of it, and start nothing in it.
fill_empty() { mkdir "$1/etc"; }
