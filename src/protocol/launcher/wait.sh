# The script's interpreter gets ready at the same time: in the script's place it finds a pipe.
if [ -w /work ]; then
    exec 3>/work/.stdin 4</work/.stdin
    {
        echo 500 >/proc/self/oom_score_adj # under memory pressure the script dies, not its witness
        # A shell lets what it starts beside itself ignore two signals; an env that knows no such option ends here,
        # and the interpreter is started later.
        mkfifo /work/script.py && exec env --default-signal PYTHONUNBUFFERED=1 python3 /work/script.py
    } <&4 3>&- 4<&- &
    early=$!
fi
