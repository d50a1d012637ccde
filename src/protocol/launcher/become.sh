for name in grep "$0"; do
    command -v "$name" >/dev/null || { echo "the image has no $name" >&2 && exit 127; }
done
attest &
exec "$0" "$@" "$cgroup" "$early"
