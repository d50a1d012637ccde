# The script's interpreter gets ready at the same time: in the script's place it finds a pipe.
if [ -w /work ]; then
    exec 3>/work/.stdin 4</work/.stdin
    {
        echo 500 >/proc/self/oom_score_adj # under memory pressure the script dies, not its witness
        # Before there is an interpreter that would open it. Should it come too late, the script does not hear of it.
        mkfifo /work/script.py 2>/dev/null || exit
        # A shell lets what it starts beside itself ignore two signals. An env that knows no such option ends here: then
        # an interpreter is started for the script later.
        exec env --default-signal PYTHONUNBUFFERED=1 python3 /work/script.py
    } <&4 3>&- 4<&- &
    early=$!
fi
