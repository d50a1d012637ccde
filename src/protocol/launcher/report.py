# The third part of Lazaret's launcher, which is read while the script starts: it watches over the script, ends what it
# leaves behind, and reports how it ended.


def supervise():
    end = time.monotonic() + TIMEOUT + GRACE  # the host acts first; this is the net below it
    stopping = False
    while True:
        left = end - time.monotonic()
        if left <= 0:
            posix.kill(-1, signal.SIGKILL)
            end += 1
        event = signal.sigtimedwait(WATCHED, max(left, 0.01))
        if event and event.si_signo != signal.SIGCHLD and event.si_pid == 0 and not stopping:
            stopping, end = True, min(end, time.monotonic() + GRACE)
            try:
                posix.kill(-1, event.si_signo)  # all but this process
            except OSError:
                pass
        while True:
            try:
                pid, status = posix.waitpid(-1, posix.WNOHANG)
            except ChildProcessError:
                return None
            if pid == CHILD:
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


def ending(status):
    if status is None:
        return "lost=1"
    code = posix.waitstatus_to_exitcode(status)
    return "exit=%d" % code if code >= 0 else "signal=%d" % -code


def report():
    peak = figure(("memory.peak", None), ("memory/memory.max_usage_in_bytes", None))
    return "oom_kills=%d peak_bytes=%d cpu_us=%d" % (kills() - KILLS_BEFORE, peak, cpu() - CPU_BEFORE)


status = supervise()
wall = time.monotonic() - STARTED
end_the_rest()
mark("end", ending(status), "wall_us=%d" % (wall * 1e6), report())
posix._exit(0)
