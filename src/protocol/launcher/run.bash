# The second part of Lazaret's launcher, which gets ready while the host judges. It waits on stdin for a payload, which
# is sent only if the limits hold, lets bash's parser have the last word on the script, runs it, and reports how it
# ended.
cgroup=$0 script=/work/script.sh stdin=/work/.stdin
exec 5>&2 8>/proc/self/fd/1 9>/proc/self/fd/2 7<<<''
[[ -p /dev/fd/7 ]] || exec 7< <(:) # before 5.1, a short text came from a file
exec 7<>/dev/fd/7 2>&7
set -m

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

figure() { # into `result`: the number in file $1 of the cgroup, behind the name $2 or alone
    local key number
    result=0
    [[ -r $cgroup/$1 ]] || return
    while read -r key number; do
        [[ $2 && $key != "$2" ]] || { result=${number:-$key} && return; }
    done <"$cgroup/$1"
}

measure() {
    figure memory.events oom_kill || figure memory/memory.oom_control oom_kill
    kills=$result
    figure memory.peak || figure memory/memory.max_usage_in_bytes
    peak=$result
    figure cpu.stat usage_usec || { figure cpuacct/cpuacct.usage && result=$((result / 1000)); }
    cpu=$result
}

stop() {
    echo >&7 # a read that a signal interrupted may have lost its timeout: this ends it
    [[ $! ]] && kill -TERM -- -"$!" # which the script has before `child` has it
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

arguments=() child= text=
measure
kills_before=$kills cpu_before=$cpu
receive
if broken; then
    mark syntax "reason=$(hex "$problem")"
    exit 0
fi
started=${EPOCHREALTIME/[.,]/}
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
