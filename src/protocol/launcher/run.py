# The second part of Lazaret's launcher, which gets ready while the host judges. It waits on stdin for a payload, which
# is sent only if the limits hold, lets Python's parser have the last word on the script, and starts it.
import _ctypes, _signal as signal, posix, sys, time  # the bare modules: their wrappers take milliseconds

SCRIPT, STDIN = "/work/script.py", "/work/.stdin"
UNSEEN = "/work/.script"  # where the script is until it may start
GIVEN, TAKEN = 3, 4  # stdin, open already: to be written, to be read
CGROUP, EARLY = sys.argv[1], int(sys.argv[2] or 0)  # its directory, and the process of the interpreter that waits


def write(file, data):
    while data:
        data = data[posix.write(file, data):]


def contents(path):
    try:
        file = posix.open(path, posix.O_RDONLY)
    except OSError:
        return None
    data = b""
    try:
        while piece := posix.read(file, 65536):
            data += piece
    except OSError:
        return None
    finally:
        posix.close(file)
    return data


def close_to_the_script():
    """It cannot look into this process, where the nonce is."""
    prctl = _ctypes.dlsym(_ctypes.dlopen(None, 2), "prctl")
    if _ctypes.call_function(prctl, (4, 0, 0, 0, 0)) != 0:  # PR_SET_DUMPABLE
        posix._exit(1)


# ---- what comes in ---------------------------------------------------------------------------------------------

class Payload:
    buffer = b""

    def more(self):
        piece = posix.read(0, 65536)
        if not piece:
            posix._exit(0)  # the payload never came, or not whole: nothing runs
        self.buffer += piece

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line

    def save(self, length, file):
        while length:
            if not self.buffer:
                self.more()
            piece, self.buffer = self.buffer[:length], self.buffer[length:]
            write(file, piece)
            length -= len(piece)
        posix.close(file)


def broken(text):
    try:
        compile(text, UNSEEN, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        place = [getattr(error, name, None) or 0 for name in ("lineno", "offset", "end_lineno", "end_offset")]
        reason = str(getattr(error, "msg", error)).encode("utf-8", "replace").hex()
        return "line=%d column=%d end_line=%d end_column=%d reason=%s" % (*place, reason)
    except Exception:
        pass  # too deep or too large for the parser: the interpreter will say so itself
    return None


# ---- the run ---------------------------------------------------------------------------------------------------

def start(arguments):
    environment = {**posix.environ, b"PYTHONUNBUFFERED": b"1"}
    write(WORTH, b"500")  # inherited: under memory pressure the script dies, not its witness
    child = posix.posix_spawn(sys.executable, [sys.executable, SCRIPT, *arguments], environment,
                              file_actions=[(posix.POSIX_SPAWN_DUP2, TAKEN, 0)],
                              setsigmask=[], setsigdef=range(1, 32))
    write(WORTH, OWN_WORTH)
    return child


def is_ready(early):
    """Whether that process is an interpreter by now, whose pipe is there then. The shell may have reaped it already."""
    try:
        return posix.readlink("/proc/%d/exe" % early) == posix.readlink("/proc/self/exe")
    except OSError:
        return False


def reap():
    """What has ended takes a place of the script's."""
    try:
        while posix.waitpid(-1, posix.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def pipe_to(early, text, arguments):
    """The pipe of the interpreter that waits, if that one will do; else nothing is left of it."""
    # A page fits into every pipe. Python rewinds a script that names its encoding, which no pipe can.
    fits = not arguments and len(text) <= 4096 and b"coding" not in b"".join(text.split(b"\n", 2)[:2])
    if fits and is_ready(early):
        return posix.open(SCRIPT, posix.O_RDWR | posix.O_NONBLOCK)
    try:
        posix.kill(early, signal.SIGKILL)
        posix.waitpid(early, 0)
    except OSError:
        pass  # it has ended, and is reaped
    return None


def hand_over(text, pipe, arguments):
    """Starts the script: by filling and ending the pipe of the interpreter that waits, or with one of its own."""
    posix.rename(UNSEEN, SCRIPT)  # before the pipe has a byte: an interpreter that reads its file again finds this
    if pipe is None:
        return start(arguments)
    write(pipe, text)
    posix.close(pipe)
    return EARLY


def figure(*places):
    """The number in the first of these files of the cgroup that is there, behind its name or alone."""
    for file, name in places:
        for line in (contents(CGROUP + "/" + file) or b"").splitlines():
            words = line.split()
            if name is None or words[0] == name:
                return int(words[-1])
    return 0


def kills():
    return figure(("memory.events", b"oom_kill"), ("memory/memory.oom_control", b"oom_kill"))


def cpu():
    return figure(("cpu.stat", b"usage_usec")) or figure(("cpuacct/cpuacct.usage", None)) // 1000


def mark(kind, *fields):
    for stream in STREAMS:
        write(stream, (" ".join(("lazaret:%s:%s" % (NONCE, kind), *fields)) + "\n").encode())


WORTH, OWN_WORTH = posix.open("/proc/self/oom_score_adj", posix.O_WRONLY), contents("/proc/self/oom_score_adj")
WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
close_to_the_script()
if not EARLY:
    posix.read(0, 1)  # nothing can run here; the attestation shows why, and the host ends this
    posix._exit(1)
posix.unlink(STDIN)
for end in (GIVEN, TAKEN):
    posix.set_inheritable(end, False)
KILLS_BEFORE, CPU_BEFORE = kills(), cpu()
payload = Payload()
_, NONCE, timeout, grace, arguments, script, length = payload.line().decode().split()
TIMEOUT, GRACE = int(timeout) / 1000, int(grace) / 1000
arguments = [bytes.fromhex(payload.line().decode().replace("\\x", "")) for _ in range(int(arguments))]
file = posix.open(UNSEEN, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600)
payload.save(int(script), file)
payload.save(int(length), GIVEN)
if payload.line() != b"end " + NONCE.encode():
    posix._exit(0)
# Descriptions of our own: a script that makes its streams non-blocking cannot lose our marks.
STREAMS = [posix.open("/proc/self/fd/%d" % number, posix.O_WRONLY) for number in (1, 2)]
text = contents(UNSEEN)
reason = broken(text)
if reason:
    mark("syntax", reason)
    posix._exit(0)
reap()
pipe = pipe_to(EARLY, text, arguments)
STARTED = time.monotonic()
mark("begin")
CHILD = hand_over(text, pipe, arguments)
