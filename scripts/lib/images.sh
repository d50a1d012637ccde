# shellcheck shell=bash

debian_mirror() {
    apt-get indextargets 'Created-By: Packages' "Codename: $PYTHON_SUITE" 'Component: main' \
        --format '$(REPO_URI)' | head -n 1
}

build_python_tar() {
    local tar=$1 tree=$TAR_DIR/python.tree
    rm -rf "$tree"
    quietly "$STATE_DIR/debootstrap.log" debootstrap --variant=minbase --include=python3 \
        "$PYTHON_SUITE" "$tree" "$(debian_mirror)"
    rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/share/{doc,man,info,locale,lintian}/* "$tree"/var/log/* "$tree"/dev/* "$tree"/proc/* "$tree"/sys/*
    tar --numeric-owner -C "$tree" -cf "$tar.part" .
    mv "$tar.part" "$tar"
    rm -rf "$tree"
}

build_bash_tar() {
    local tar=$1 tree=$TAR_DIR/bash.tree applet
    rm -rf "$tree"
    mkdir -p "$tree"/{bin,usr/bin,etc,dev,proc,sys,root}
    mkdir -m 1777 "$tree/tmp"
    cp /usr/bin/bash-static "$tree/bin/bash" 2>/dev/null || cp /bin/bash-static "$tree/bin/bash"
    cp /bin/busybox "$tree/bin/busybox"
    for applet in $("$tree/bin/busybox" --list); do
        [[ -e $tree/bin/$applet ]] || ln "$tree/bin/busybox" "$tree/bin/$applet"
    done
    ln -s ../../bin/env "$tree/usr/bin/env"
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$tree/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' >"$tree/etc/group"
    tar --numeric-owner -C "$tree" -cf "$tar.part" .
    mv "$tar.part" "$tar"
    rm -rf "$tree"
}

docker_images() {
    install_packages "${IMAGE_PACKAGES[@]}"
    mkdir -p "$TAR_DIR"
    [[ -f $TAR_DIR/bash.tar ]] || build_bash_tar "$TAR_DIR/bash.tar"
    docker_ import --change 'CMD ["bash"]' "$TAR_DIR/bash.tar" "$BASH_IMAGE"
    [[ -f $TAR_DIR/python.tar ]] || build_python_tar "$TAR_DIR/python.tar"
    docker_ import --change 'CMD ["python3"]' "$TAR_DIR/python.tar" "$PYTHON_IMAGE"
}
