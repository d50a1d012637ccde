# Lazaret's launcher, process 1 of this container; nothing of any script is in it. This first part starts what has to
# get ready, writes what can be seen from here of the container's limits, and becomes the program behind it: that one
# waits on stdin for a script, which is sent only if the limits hold.
cgroup=/sys/fs/cgroup
read -r line </proc/self/cgroup
case $line in 0::/?*) cgroup=$cgroup${line#0::} ;; esac # version 2, in the host's namespace of cgroups

attest() {
    set -- /dev/*
    seen="lazaret-attestation/2
launcher:pid $$
devices:$*"
    for directory in /work /tmp /dev/shm; do
        [ -w $directory ] && seen="$seen
writable:$directory" # some shells look at its mode alone; the host looks at the mount as well
    done
    printf '%s\n' "$seen"
    set -- /proc/self/status /proc/self/mountinfo /proc/self/limits /proc/net/dev /proc/swaps /proc/self/cgroup
    for file in memory.max memory.swap.max cpu.max pids.max memory/memory.stat pids/pids.max \
        cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us cpu,cpuacct/cpu.cfs_quota_us cpu,cpuacct/cpu.cfs_period_us; do
        set -- "$@" "$cgroup/$file"
    done
    grep -asH '' "$@"
    echo attested
}

for name in http_proxy https_proxy ftp_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY FTP_PROXY NO_PROXY ALL_PROXY; do
    eval "[ \"\${$name}\" ] || unset $name"
done
unset PWD SHLVL # an image's environment has neither
