# The third part of Lazaret's launcher, compiled while the host judges. It waits on stdin for a payload, which is sent
# only if the limits hold, lets Python's parser have the last word on the script, runs it, and reports how it ended.
import _signal as signal, time

UNSEEN = "/work/.script"  # where the script is until it may start


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

def hand_over(text, early, pipe, stdin, arguments):
    """Starts the script: by filling and ending the pipe of the interpreter that waits, if that one will do."""
    # A page fits into every pipe. Python rewinds a script that names its encoding, which no pipe can.
    fits = not arguments and len(text) <= 4096 and b"coding" not in b"".join(text.split(b"\n", 2)[:2])
    waits = posix.waitpid(early, posix.WNOHANG)[0] == 0
    if waits and not fits:
        posix.kill(early, signal.SIGKILL)
        posix.waitpid(early, 0)
    posix.rename(UNSEEN, SCRIPT)  # before the pipe has a byte: an interpreter that reads its file again finds this
    if not (waits and fits):
        return start(stdin, *arguments)
    write(pipe, text)
    posix.close(pipe)
    return early


def supervise(child, seconds, grace):
    end = time.monotonic() + seconds + grace  # the host acts first; this is the net below it
    stopping = False
    while True:
        left = end - time.monotonic()
        if left <= 0:
            posix.kill(-1, signal.SIGKILL)
            end += 1
        event = signal.sigtimedwait(WATCHED, max(left, 0.01))
        if event and event.si_signo != signal.SIGCHLD and event.si_pid == 0 and not stopping:
            stopping, end = True, min(end, time.monotonic() + grace)
            try:
                posix.killpg(child, event.si_signo)
            except OSError:
                pass
        while True:
            try:
                pid, status = posix.waitpid(-1, posix.WNOHANG)
            except ChildProcessError:
                return None
            if pid == child:
                return status
            if pid == 0:
                break


def end_the_rest():
    patience = time.monotonic() + 1
    try:
        posix.kill(-1, signal.SIGKILL)
        while time.monotonic() < patience:
            if posix.waitpid(-1, posix.WNOHANG)[0] == 0:
                signal.sigtimedwait(WATCHED, 0.01)
    except (ChildProcessError, ProcessLookupError):
        pass


def number(path, name=None):
    for line in (contents(path) or b"").splitlines() if path else ():
        words = line.split()
        if name is None or words[0] == name:
            return int(words[-1])
    return None


class Meter:
    def __init__(self, cgroup):
        self.cgroup = cgroup
        self.kills_before, self.cpu_before = self.kills(), self.cpu()

    def kills(self):
        return number(self.cgroup.get("memory.events") or self.cgroup.get("memory.oom_control"), b"oom_kill") or 0

    def cpu(self):
        nanoseconds = number(self.cgroup.get("cpuacct.usage"))
        return number(self.cgroup.get("cpu.stat"), b"usage_usec") or (nanoseconds or 0) // 1000

    def report(self):
        peak = number(self.cgroup.get("memory.peak") or self.cgroup.get("memory.max_usage_in_bytes")) or 0
        return "oom_kills=%d peak_bytes=%d cpu_us=%d" % (
            self.kills() - self.kills_before, peak, self.cpu() - self.cpu_before)


def ending(status):
    if status is None:
        return "lost=1"
    code = posix.waitstatus_to_exitcode(status)
    return "exit=%d" % code if code >= 0 else "signal=%d" % -code


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    meter = Meter(CGROUP_PATHS)
    payload = Payload()
    _, nonce, timeout, grace, arguments, script, length = payload.line().decode().split()
    arguments = [bytes.fromhex(payload.line().decode().replace("\\x", "")) for _ in range(int(arguments))]
    if EARLY is None:
        posix._exit(0)
    given, stdin, pipe, early = EARLY
    file = posix.open(UNSEEN, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600)
    payload.save(int(script), file)
    payload.save(int(length), given)
    if payload.line() != b"end " + nonce.encode():
        posix._exit(0)
    # Descriptions of our own: a script that makes its streams non-blocking cannot lose our marks.
    streams = [posix.open("/proc/self/fd/%d" % number, posix.O_WRONLY) for number in (1, 2)]

    def mark(kind, *fields):
        for stream in streams:
            write(stream, (" ".join(("lazaret:%s:%s" % (nonce, kind), *fields)) + "\n").encode())

    text = contents(UNSEEN)
    reason = broken(text)
    if reason:
        mark("syntax", reason)
        posix._exit(0)
    started = time.monotonic()
    mark("begin")
    status = supervise(hand_over(text, early, pipe, stdin, arguments), int(timeout) / 1000, int(grace) / 1000)
    wall = time.monotonic() - started
    end_the_rest()
    mark("end", ending(status), "wall_us=%d" % (wall * 1e6), meter.report())
    posix._exit(0)


WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
main()
