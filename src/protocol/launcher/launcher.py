# Lazaret's launcher, PID 1 of this container. It writes what it sees of its own limits, waits on stdin for a
# payload that is sent only if those limits hold, lets Python's parser have the last word on the script, runs it,
# and reports how it ended. Nothing of the script is in this text.
import _ctypes, _signal as signal, posix, sys, time  # the bare modules: their wrappers take milliseconds

FACTS = (("status", "/proc/self/status"), ("mountinfo", "/proc/self/mountinfo"), ("limits", "/proc/self/limits"),
         ("net", "/proc/net/dev"), ("swaps", "/proc/swaps"), ("cgroup", "/proc/self/cgroup"))
CGROUP = {  # by controller; version 2 has one directory for all
    b"memory": ("memory.stat", "memory.oom_control", "memory.max_usage_in_bytes"),
    b"cpu": ("cpu.cfs_quota_us", "cpu.cfs_period_us"), b"cpuacct": ("cpuacct.usage",), b"pids": ("pids.max",),
    b"": ("memory.max", "memory.swap.max", "memory.events", "memory.peak", "cpu.max", "cpu.stat", "pids.max"),
}
SCRIPT, STDIN = "/work/script.py", "/work/.stdin"


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


def write(file, data):
    while data:
        data = data[posix.write(file, data):]


# ---- what holds here -------------------------------------------------------------------------------------------

def cgroup_files(mounts, membership):
    own = {}
    for line in membership.splitlines():
        _, controllers, path = line.split(b":", 2)
        own.update((name, path) for name in controllers.split(b","))
    for line in mounts.splitlines():
        mount, filesystem = line.split(b" - ", 1)
        kind, _, options = filesystem.split(b" ", 2)
        root, point = mount.split()[3:5]
        for name in {b"cgroup": options.split(b","), b"cgroup2": [b""]}.get(kind, ()):
            if name in own and name in CGROUP:
                root, path = root.rstrip(b"/"), own[name]
                below = path[len(root):] if (path + b"/").startswith(root + b"/") else b""
                directory = (point + below.rstrip(b"/")).decode()
                yield from (directory + "/" + file for file in CGROUP[name])


def is_writable(directory):
    probe = directory + "/.lazaret-probe"
    try:
        posix.close(posix.open(probe, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600))
        posix.unlink(probe)
        return True
    except OSError:
        return False


def attest(dumpable):
    facts = {name: contents(path) for name, path in FACTS}
    cgroup = {}
    for path in cgroup_files(facts["mountinfo"] or b"", facts["cgroup"] or b""):
        data = contents(path)
        if data is not None:
            cgroup[path.rsplit("/", 1)[1]] = path
            facts["file " + path] = data
    facts["devices"] = "\n".join(sorted(posix.listdir("/dev"))).encode()
    facts["writable"] = "\n".join(filter(is_writable, ("/work", "/tmp", "/dev/shm"))).encode()
    facts["launcher"] = b"pid %d\ndumpable %d" % (posix.getpid(), dumpable)
    text = b"lazaret-attestation/1\n"
    for name, data in facts.items():
        if data is not None:
            text += b"=%s\n" % name.encode() + b"".join(b" %s\n" % line for line in data.splitlines())
    write(1, text + b"=end\n")
    return cgroup


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

    def save(self, length, path):
        file = posix.open(path, posix.O_CREAT | posix.O_EXCL | posix.O_WRONLY, 0o600)
        while length:
            if not self.buffer:
                self.more()
            piece, self.buffer = self.buffer[:length], self.buffer[length:]
            write(file, piece)
            length -= len(piece)
        posix.close(file)


def broken(script):
    try:
        compile(contents(script), script, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        place = [getattr(error, name, None) or 0 for name in ("lineno", "offset", "end_lineno", "end_offset")]
        reason = str(getattr(error, "msg", error)).encode("utf-8", "replace").hex()
        return "line=%d column=%d end_line=%d end_column=%d reason=%s" % (*place, reason)
    except Exception:
        pass  # too deep or too large for the parser: the interpreter will say so itself
    return None


# ---- the run ---------------------------------------------------------------------------------------------------

def start(arguments, stdin):
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
    prctl = _ctypes.dlsym(_ctypes.dlopen(None, 2), "prctl")
    dumpable = _ctypes.call_function(prctl, (4, 0, 0, 0, 0)) != 0  # PR_SET_DUMPABLE 0: the script cannot look into us
    signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    meter = Meter(attest(dumpable))
    payload = Payload()
    _, nonce, timeout, grace, arguments, script, stdin = payload.line().decode().split()
    arguments = [bytes.fromhex(payload.line().decode().replace("\\x", "")) for _ in range(int(arguments))]
    payload.save(int(script), SCRIPT)
    payload.save(int(stdin), STDIN)
    if payload.line() != b"end " + nonce.encode():
        posix._exit(0)
    stdin = posix.open(STDIN, posix.O_RDONLY)
    posix.unlink(STDIN)
    # Descriptions of our own: a script that makes its streams non-blocking cannot lose our marks.
    streams = [posix.open("/proc/self/fd/%d" % number, posix.O_WRONLY) for number in (1, 2)]

    def mark(kind, *fields):
        for stream in streams:
            write(stream, (" ".join(("lazaret:%s:%s" % (nonce, kind), *fields)) + "\n").encode())

    reason = broken(SCRIPT)
    if reason:
        mark("syntax", reason)
        posix._exit(0)
    started = time.monotonic()
    mark("begin")
    status = supervise(start(arguments, stdin), int(timeout) / 1000, int(grace) / 1000)
    wall = time.monotonic() - started
    end_the_rest()
    mark("end", ending(status), "wall_us=%d" % (wall * 1e6), meter.report())
    posix._exit(0)


WATCHED = {signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
main()
