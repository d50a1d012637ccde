# Every name and constant of the scripts, in one place.
# shellcheck shell=bash disable=SC2034  # they are used by the files that source this one

# Where our own Docker daemon, the image cache and the policies live.
# Nothing of ours is ever written elsewhere, apart from Debian's packages and one system user.
STATE_DIR=/var/lib/lazaret-engine
RUN_DIR=/run/lazaret-engine

# Our own Docker daemon, apart from any other on the machine.
DOCKERD_SOCKET=$RUN_DIR/docker.sock
DOCKERD_PID_FILE=$RUN_DIR/dockerd.pid
DOCKERD_EXEC_ROOT=$RUN_DIR/docker
DOCKERD_DATA_ROOT=$STATE_DIR/docker
DOCKERD_LOG=$STATE_DIR/dockerd.log
DOCKERD_WAIT_SECONDS=30

# The images of our own, built from Debian packages where no registry answers.
# They never carry an official name: they are stand-ins, and say so.
PYTHON_IMAGE=localhost/lazaret-test/python:3.11
BASH_IMAGE=localhost/lazaret-test/bash:5.2

# Debian's packages. No recommended packages come with them.
DOCKER_PACKAGES=(docker.io iptables)
IMAGE_PACKAGES=(debootstrap busybox-static bash-static)

# Debian's release whose python3 is 3.11.
PYTHON_SUITE=bookworm

APT_LOCK_SECONDS=300

# The test images as tars, kept for the next call and for the other engines.
TAR_DIR=$STATE_DIR/images
