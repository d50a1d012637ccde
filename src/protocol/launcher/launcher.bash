# Lazaret's launcher, PID 1 of this container. It writes what it sees of its own limits, waits on stdin for a
# payload that is sent only if those limits hold, lets bash's parser have the last word on the script, runs it, and
# reports how it ended. Nothing of the script is in this text.
script=/work/script.sh stdin=/work/.stdin
exec 5>&2 8>/proc/self/fd/1 9>/proc/self/fd/2 7<<<''
[[ -p /dev/fd/7 ]] || exec 7< <(:) # before 5.1, a short text came from a file
exec 7<>/dev/fd/7 2>&7
set -m

# ---- what holds here -------------------------------------------------------------------------------------------

show() { # file $2 as section $1; leaves its `lines`
    local text
    lines=()
    mapfile -t lines <"$2" && ((${#lines[@]})) && printf -v text ' %s\n' "${lines[@]}" && facts+="=$1"$'\n'$text
}

cgroup_files() { # into `files`, and shows what says where they are
    local -A own by_controller=( # version 2 has one directory for all
        [memory]="memory.stat memory.oom_control memory.max_usage_in_bytes" [cpu]="cpu.cfs_quota_us cpu.cfs_period_us"
        [cpuacct]=cpuacct.usage [pids]=pids.max
        [unified]="memory.max memory.swap.max memory.events memory.peak cpu.max cpu.stat pids.max"
    )
    local IFS=$' \t\n,' controllers path name root point line file
    show cgroup /proc/self/cgroup
    for line in "${lines[@]}"; do
        line=${line#*:} controllers=${line%%:*} path=${line#*:}
        for name in ${controllers:-unified}; do own[$name]=$path; done
    done
    show mountinfo /proc/self/mountinfo
    for line in "${lines[@]}"; do
        case $line in
            *" - cgroup "*) controllers=${line##* } ;;
            *" - cgroup2 "*) controllers=unified ;;
            *) continue ;;
        esac
        for name in $controllers; do
            [[ ${by_controller[$name]-} && ${own[$name]-} ]] || continue
            path=${own[$name]} point=${line#* * * } root=${point%% *} point=${point#* } point=${point%% *} root=${root%/}
            if [[ $path/ == "$root"/* ]]; then path=${path#"$root"}; else path=; fi
            for file in ${by_controller[$name]}; do files+=("$point${path%/}/$file"); done
        done
    done
}

attest() {
    local file devices text lines files=() facts
    facts=$'lazaret-attestation/1\n'
    show status /proc/self/status
    show limits /proc/self/limits
    show net /proc/net/dev
    show swaps /proc/swaps
    cgroup_files
    for file in "${files[@]}"; do
        [[ -r $file ]] && cgroup[${file##*/}]=$file && show "file $file" "$file"
    done
    devices=(/dev/*)
    printf -v text ' %s\n' "${devices[@]#/dev/}"
    facts+=$'=devices\n'$text$'=writable\n'
    : >$script && facts+=$' /work\n'
    [[ -w /tmp ]] && facts+=$' /tmp\n' # access(2) knows of read-only mounts; a written file would have to be removed
    [[ -w /dev/shm ]] && facts+=$' /dev/shm\n'
    printf '%s=launcher\n pid %d\n dumpable 1\n=end\n' "$facts" $$
}

# ---- what comes in ---------------------------------------------------------------------------------------------

save() { dd bs=65536 count="$1" iflag=fullblock,count_bytes of="$2"; }

# A short script needs no programs to be saved and looked at: only `read` takes a system call for each byte of it.
is_short() { ((script_bytes <= 4096)); }

save_short() {
    local LC_ALL=C IFS=
    ((script_bytes == 0)) || read -rN "$script_bytes" text || exit 0
    printf %s "$text" >$script
}

receive() {
    local count stdin_bytes line argument end
    read -r _ nonce timeout grace count script_bytes stdin_bytes || exit 0
    while ((count-- > 0)); do
        read -r line || exit 0
        printf -v argument '%b' "$line"
        arguments+=("$argument")
    done
    if is_short; then save_short; else save "$script_bytes" $script; fi
    exec 6</dev/null
    if ((stdin_bytes)); then
        save "$stdin_bytes" $stdin
        exec 6<$stdin
        rm -f $stdin
    fi
    read -r _ end || exit 0
    [[ $end == "$nonce" ]] || exit 0 # the payload did not come whole: nothing runs
}

parses() { # nothing of the text is executed, `set +n` neither
    shopt -s extglob
    eval "set -n"$'\n'"$text"
}

broken() { # what bash's parser has against the script, in `problem`
    if is_short && (parses) 2>/dev/null; then return 1; fi
    ! problem=$(bash -O extglob -n $script 2>&1)
}

hex() {
    local LC_ALL=C at
    for ((at = 0; at < ${#1} && at < 2000; at++)); do printf %02x "'${1:at:1}"; done
}

mark() {
    printf 'lazaret:%s:%s%s\n' "$nonce" "$1" "${2:+ $2}" >&8
    printf 'lazaret:%s:%s%s\n' "$nonce" "$1" "${2:+ $2}" >&9
}

# ---- the run ---------------------------------------------------------------------------------------------------

now() { read -r centiseconds _ </proc/uptime && centiseconds=${centiseconds/./}; }

value() { # of the line that begins with $2, or of the first line, in file $1
    local key number
    while read -r key number; do
        [[ $2 && $key != "$2" ]] || { result=${number:-$key} && return; }
    done <"${1:-/dev/null}"
    result=0
}

measure() {
    value "${cgroup[memory.events]-${cgroup[memory.oom_control]-}}" oom_kill && kills=$result
    value "${cgroup[memory.peak]-${cgroup[memory.max_usage_in_bytes]-}}" && peak=$result
    value "${cgroup[cpu.stat]-}" usage_usec && cpu=$result
    ((cpu)) || { value "${cgroup[cpuacct.usage]-}" && cpu=$((result / 1000)); }
}

stop() {
    echo >&7 # a read that a signal interrupted may have lost its timeout: this ends it
    [[ $child ]] && kill -TERM -- -"$child"
    now && ((end > centiseconds + grace / 10)) && end=$((centiseconds + grace / 10))
}

supervise() {
    local tick=0.0003 ticks=0 notice notices=
    while kill -0 "$child"; do
        read -rt $tick -u 7 notice; notices+=$notice # also the part of a line that a timeout cut off
        case $((++ticks)) in 50) tick=0.001 ;; 150) tick=0.01 ;; esac
        now && ((centiseconds > end)) && kill -KILL -- -1 && end=$((end + 100))
    done
    wait "$child"
    code=$?
    echo . >&7 # whatever bash said stands before it
    notice=
    until [[ $notice == *. ]]; do read -r -u 7 notice; notices+=$notice; done
    # 137 is both `exit 137` and SIGKILL: bash's own notice tells them apart.
    if ((code > 128)) && [[ $notices != *"Exit $code"* ]]; then ending=signal=$((code - 128)); else ending=exit=$code; fi
}

end_the_rest() {
    local ticks=0
    kill -KILL -- -1
    while kill -0 -- -1 && ((++ticks < 100)); do read -rt 0.01 -u 7 _; done
}

declare -A cgroup=()
arguments=() child= text=
attest
receive
for name in {http,https,ftp,no,all}_proxy {HTTP,HTTPS,FTP,NO,ALL}_PROXY; do [[ ${!name-} ]] || unset "$name"; done
if broken; then
    mark syntax "reason=$(hex "$problem")"
    exit 0
fi
measure
kills_before=$kills cpu_before=$cpu started=${EPOCHREALTIME/[.,]/}
now && end=$((centiseconds + (timeout + grace) / 10)) # the host acts first; this is the net below it
trap stop TERM INT HUP QUIT
# bash has deadly handlers of its own for these, which even process 1 dies of.
trap : SEGV BUS FPE ILL ABRT SYS TRAP XCPU XFSZ VTALRM PIPE ALRM USR1 USR2 STKFLT PROF IO PWR
mark begin
bash $script "${arguments[@]}" <&6 2>&5 5>&- 6>&- 7>&- 8>&- 9>&- &
child=$!
echo 500 >/proc/$child/oom_score_adj # under memory pressure the script dies, not its witness
supervise
wall=$((${EPOCHREALTIME/[.,]/} - started))
end_the_rest
measure
mark end "$ending wall_us=$wall oom_kills=$((kills - kills_before)) peak_bytes=$peak cpu_us=$((cpu - cpu_before))"
