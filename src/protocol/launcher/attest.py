# The second part of Lazaret's launcher: it writes what it sees of its own limits.
import _ctypes

FACTS = (("status", "/proc/self/status"), ("mountinfo", "/proc/self/mountinfo"), ("limits", "/proc/self/limits"),
         ("net", "/proc/net/dev"), ("swaps", "/proc/swaps"), ("cgroup", "/proc/self/cgroup"))
CGROUP = {  # by controller; version 2 has one directory for all
    b"memory": ("memory.stat", "memory.oom_control", "memory.max_usage_in_bytes"),
    b"cpu": ("cpu.cfs_quota_us", "cpu.cfs_period_us"), b"cpuacct": ("cpuacct.usage",), b"pids": ("pids.max",),
    b"": ("memory.max", "memory.swap.max", "memory.events", "memory.peak", "cpu.max", "cpu.stat", "pids.max"),
}


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


prctl = _ctypes.dlsym(_ctypes.dlopen(None, 2), "prctl")
# PR_SET_DUMPABLE 0: the script cannot look into this process, where the nonce is.
CGROUP_PATHS = attest(dumpable=_ctypes.call_function(prctl, (4, 0, 0, 0, 0)) != 0)
exec(compile(sys.argv[2], "launcher", "exec"))
