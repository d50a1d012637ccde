# Every name and constant of these scripts, in one place.
# shellcheck shell=bash disable=SC2034  # they are used by the files that source this one

# --- Where things live ---------------------------------------------------------------------------
# Root keeps everything of ours in these two directories. Outside them there are only Debian's
# packages, one system user, and the images in rootful Podman's own storage.
if ((EUID == 0)); then
    STATE_DIR=/var/lib/lazaret-engine
else
    STATE_DIR=${XDG_STATE_HOME:-$HOME/.local/state}/lazaret-engine
fi
RUN_DIR=/run/lazaret-engine
TAR_DIR=$STATE_DIR/images       # the root file systems of the built images, for all engines
POLICY_DIR=$STATE_DIR/policy    # one Lazaret policy for each engine

# --- The engines ---------------------------------------------------------------------------------
ENGINES=(docker podman rootless)

# What each needs, as COMMAND=PACKAGE: a package is installed only if its command is missing.
DOCKER_NEEDS=(docker=docker.io dockerd=docker.io iptables=iptables)
PODMAN_NEEDS=(podman=podman runc=runc)
ROOTLESS_NEEDS=(newuidmap=uidmap catatonit=catatonit slirp4netns=slirp4netns)
BUILD_NEEDS=(debootstrap=debootstrap)

# What `scripts/bench oracle` needs where no Python 3.11 on the PATH has it all: a path is a file.
ORACLE_PYTHON=/usr/bin/python3.11
ORACLE_NEEDS=(
    "$ORACLE_PYTHON=python3.11"
    /usr/lib/python3.11/test/test_grammar.py=libpython3.11-testsuite
    /usr/lib/python3/dist-packages/pip/__init__.py=python3-pip
)

# Our own Docker daemon, apart from any other on the machine.
DOCKERD_SOCKET=$RUN_DIR/docker.sock
DOCKERD_PID_FILE=$RUN_DIR/dockerd.pid
DOCKERD_EXEC_ROOT=$RUN_DIR/docker
DOCKERD_DATA_ROOT=$STATE_DIR/docker
DOCKERD_LOG=$STATE_DIR/dockerd.log

# The unprivileged user under whom Podman runs rootless.
ROOTLESS_USER=lazaret-rootless
ROOTLESS_HOME=$STATE_DIR/rootless
ROOTLESS_RUN_DIR=$RUN_DIR/rootless

# The label by which a container is known to be Lazaret's.
CONTAINER_LABEL=lazaret

# --- The images ----------------------------------------------------------------------------------
# Pulled where a registry answers …
declare -A OFFICIAL_IMAGE=(
    [python]=docker.io/library/python:3.11-slim
    [bash]=docker.io/library/bash:5.2-alpine
)

# … else built from Debian's packages, under names that say what they are: stand-ins.
declare -A BUILT_IMAGE=(
    [python]=localhost/lazaret-test/python:3.11
    [bash]=localhost/lazaret-test/bash:5.2
)
declare -A COMMAND_OF=([python]=python3 [bash]=bash)
PYTHON_SUITE=bookworm           # the Debian release whose python3 is 3.11

# What the tests need besides, always made here.
VOLUME_IMAGE=localhost/lazaret-test/volume:1            # Python with VOLUME /data
ENTRYPOINT_IMAGE=localhost/lazaret-test/entrypoint:1    # Python with an ENTRYPOINT of its own
EMPTY_IMAGE=localhost/lazaret-test/empty:1              # no interpreter, no shell, no file at all
BUSYBOX_IMAGE=localhost/lazaret-test/busybox-python:1   # Python with the shell and tools of Alpine

# Our images carry the recipe's hash in this label: a changed recipe makes them anew.
RECIPE_LABEL=lazaret-test.recipe

# --- Patience, in seconds ------------------------------------------------------------------------
APT_LOCK_SECONDS=600
DOCKERD_START_SECONDS=30
DOCKERD_STOP_SECONDS=30
ANSWER_SECONDS=15
REGISTRY_SECONDS=5
