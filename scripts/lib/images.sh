# The images on each engine: Python and bash, and the four that only tests need.
# shellcheck shell=bash

# on ENGINE ARGUMENTS…: that engine's command line.
on() {
    local engine=$1
    shift
    case $engine in
        docker) docker "$@" ;;
        podman) podman "$@" ;;
        rootless) as_rootless podman "$@" ;;
    esac
}

# images_provide ENGINE: all six images, and the policy that names two of them to Lazaret.
images_provide() {
    local engine=$1 python bash
    provide_language "$engine" python
    provide_language "$engine" bash
    python=$(language_image "$engine" python)
    bash=$(language_image "$engine" bash)
    are_ours "$engine" "$EMPTY_IMAGE" "$VOLUME_IMAGE" "$ENTRYPOINT_IMAGE" "$BUSYBOX_IMAGE" ||
        make_test_images "$engine" "$python"
    write_policy "$engine" "$python" "$bash"
    say "$engine has its images: $python, $bash, and four for the tests"
}

provide_language() {
    local engine=$1 language=$2
    language_image "$engine" "$language" >/dev/null && return
    # A tar of ours says that no registry answered when it was built: do not ask again.
    if [[ ! -f $(tar_path "$language") ]]; then
        pull_image "$engine" "${OFFICIAL_IMAGE[$language]}" && return
    fi
    import_image "$engine" "$language" "${BUILT_IMAGE[$language]}" 'ENV LANG=C.UTF-8' \
        'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
        "CMD [\"${COMMAND_OF[$language]}\"]"
}

# language_image ENGINE LANGUAGE: prints the image that the engine has for it; false if none.
language_image() {
    local engine=$1 built=${BUILT_IMAGE[$2]} official=${OFFICIAL_IMAGE[$2]}
    if are_ours "$engine" "$built"; then
        echo "$built"
    elif on "$engine" image inspect "$official" >/dev/null 2>&1; then
        echo "$official"
    else
        return 1
    fi
}

# are_ours ENGINE IMAGE…: true if every one is there and made by the recipe as it stands.
are_ours() {
    local engine=$1 recipes
    shift
    recipes=$(on "$engine" image inspect \
        --format "{{index .Config.Labels \"$RECIPE_LABEL\"}}" "$@" 2>/dev/null) &&
        [[ $(sort -u <<<"$recipes") == "$RECIPE" ]]
}

images_complete() {
    local engine=$1
    language_image "$engine" python >/dev/null && language_image "$engine" bash >/dev/null &&
        are_ours "$engine" "$EMPTY_IMAGE" "$VOLUME_IMAGE" "$ENTRYPOINT_IMAGE" "$BUSYBOX_IMAGE"
}

make_test_images() {
    local engine=$1 python=$2
    import_image "$engine" empty "$EMPTY_IMAGE"
    derive_image "$engine" "$python" "$VOLUME_IMAGE" 'VOLUME /data'
    derive_image "$engine" "$python" "$ENTRYPOINT_IMAGE" 'ENTRYPOINT ["/bin/echo","entrypoint-was-run"]'
    make_busybox_image "$engine" "$python"
    # What an earlier recipe made has lost its name to the new images.
    quietly prune on "$engine" image prune --force --filter "label=$RECIPE_LABEL" ||
        say "old images of $engine stay: something still uses them"
}

# Busybox in front of Debian's own tools.
make_busybox_image() {
    local engine=$1 python=$2 container
    container=$(on "$engine" create "$python")
    tar_of busybox >/dev/null # said before its output is a pipe
    on "$engine" cp - "$container:/usr/local/bin" <"$(tar_of busybox)"
    commit "$engine" "$container" "$BUSYBOX_IMAGE"
}

pull_image() {
    local engine=$1 image=$2
    registry_answers "$engine" "$image" || return
    say "pulling $image"
    quietly pull on "$engine" pull "$image"
}

# The registry is asked once in a call, and briefly: many machines have none within reach.
registry=unasked
registry_answers() {
    local engine=$1 image=$2 command=podman
    if [[ $registry == unasked ]]; then
        registry=silent
        [[ $engine != docker ]] || command=docker
        say "asking the registry, for $REGISTRY_SECONDS seconds at most"
        if timeout "$REGISTRY_SECONDS" "$command" manifest inspect "$image" >/dev/null 2>&1; then
            registry=answers
        fi
    fi
    [[ $registry == answers ]]
}

# import_image ENGINE NAME IMAGE CHANGE…: from NAME's tar, with the changes to its configuration.
import_image() {
    local engine=$1 name=$2 image=$3 change tar changes=()
    tar=$(tar_of "$name")
    shift 3
    for change in "LABEL $RECIPE_LABEL=$RECIPE" "$@"; do
        changes+=(--change "$change")
    done
    quietly import on "$engine" import "${changes[@]}" "$tar" "$image"
}

# derive_image ENGINE BASE IMAGE CHANGE: the base with one line more, and no file more.
derive_image() {
    local engine=$1 base=$2 image=$3 change=$4 container
    container=$(on "$engine" create "$base")
    commit "$engine" "$container" "$image" --change "$change"
}

# commit ENGINE CONTAINER IMAGE OPTION…: makes an image of a container that was never started, and removes that.
commit() {
    local engine=$1 container=$2 image=$3
    shift 3
    quietly commit on "$engine" commit "$@" --change "LABEL $RECIPE_LABEL=$RECIPE" "$container" "$image"
    on "$engine" rm "$container" >/dev/null
}

# remove_our_containers ENGINE: what Lazaret left behind there, if anything.
remove_our_containers() {
    local engine=$1 containers
    mapfile -t containers < <(on "$engine" ps --all --quiet --filter "label=$CONTAINER_LABEL")
    ((${#containers[@]} > 0)) || return 0
    say "removing ${#containers[@]} containers that Lazaret left on $engine"
    on "$engine" rm --force "${containers[@]}" >/dev/null
}
