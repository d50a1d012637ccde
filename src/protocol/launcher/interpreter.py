# Lazaret's launcher, PID 1 of this container, in three parts; nothing of any script is in them. This first one starts
# the script's interpreter, which gets ready while the others work, and then has to wait for a script.
import posix, sys  # the bare module: its wrapper takes milliseconds

SCRIPT, STDIN = "/work/script.py", "/work/.stdin"


def write(file, data):
    while data:
        data = data[posix.write(file, data):]


def start(stdin, *arguments):
    environment = {name: value for name, value in posix.environ.items()
                   if value or not name.lower().endswith(b"_proxy")}
    environment[b"PYTHONUNBUFFERED"] = b"1"
    child = posix.posix_spawn(sys.executable, [sys.executable, SCRIPT, *arguments], environment,
                              file_actions=[(posix.POSIX_SPAWN_DUP2, stdin, 0)],
                              setpgroup=0, setsigmask=[], setsigdef=range(1, 32))
    try:
        file = posix.open("/proc/%d/oom_score_adj" % child, posix.O_WRONLY)
        write(file, b"500")  # under memory pressure the script dies, not its witness
        posix.close(file)
    except OSError:
        pass
    return child


def start_early():
    """An interpreter that waits: in the script's place it finds a pipe."""
    try:
        given = posix.open(STDIN, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600)
        stdin = posix.open(STDIN, posix.O_RDONLY)
        posix.unlink(STDIN)
        posix.mkfifo(SCRIPT, 0o600)
        pipe = posix.open(SCRIPT, posix.O_RDWR | posix.O_NONBLOCK)
        return given, stdin, pipe, start(stdin)
    except OSError:
        return None  # nothing can run here; the attestation shows why


EARLY = start_early()
exec(compile(sys.argv[1], "launcher", "exec"))
