attest &
exec "$0" "$@" "$cgroup" "$early"
