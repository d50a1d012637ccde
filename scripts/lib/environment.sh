# What a caller needs in order to use an engine by hand: `env`, and the policies it names.
# shellcheck shell=bash

# write_policy ENGINE PYTHON BASH: the machine's own images and runtime, as a Lazaret policy.
write_policy() {
    local engine=$1 python=$2 bash=$3 policy=$POLICY_DIR/$1.toml
    mkdir -p "$POLICY_DIR"
    {
        echo "# Written by scripts/engine images, for $engine."
        printf '[images]\npython = "%s"\nbash = "%s"\n' "$python" "$bash"
        if [[ $engine != docker ]] && podman_needs_runc; then
            printf '\n[engine]\nruntime = "runc"\n'
        fi
    } >"$policy.part"
    mv "$policy.part" "$policy"
}

# print_environment ENGINE: shell exports on stdout, and nothing else.
print_environment() {
    local engine=$1 command=podman
    known_engine "$engine"
    [[ -f $POLICY_DIR/$engine.toml ]] || die "$engine has no images yet: call $0 images $engine"
    "${engine}_answers" || die "$engine does not answer: call $0 up $engine"
    print_export PATH "$(path_with_target)"
    if [[ $engine == docker ]]; then
        command=docker
        [[ -z ${DOCKER_HOST:-} ]] || print_export DOCKER_HOST "$DOCKER_HOST"
    fi
    print_export LAZARET_ENGINE "$command"
    print_export LAZARET_POLICY "$POLICY_DIR/$engine.toml"
}

print_export() { printf 'export %s=%q\n' "$1" "$2"; }

# The caller's PATH with the repository's lazaret in front: the release build, else the debug one.
path_with_target() {
    local target=${CARGO_TARGET_DIR:-$repository/target}
    local front=$target/release:$target/debug:
    echo "$front${PATH#"$front"}"
}
