"""A run folder made by hand, and the real shim on it."""

import fcntl
import os
import signal
import subprocess
import time
from pathlib import Path

from process import end_orphans
from programs import sanitizer_reports


BUILD = Path(os.environ.get("AGENT_BUILD") or Path(__file__).parents[2] / "build/check")
SHIM = BUILD / "agent2-shim"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
# Processes are told by it: each of the test processes that run at a time has its own.
RUN = f"01JD6Q8W3MZX5T4R7V9B{os.getpid() % 1000000:06d}"
PYTHON = "/usr/bin/python3"

HEAD = 16 * 1024
TAIL = 48 * 1024
MIN_OUTPUT = HEAD + 2 * TAIL
NEVER = 253402300799999


def now_ms():
    return time.time_ns() // 1_000_000


def escape(value):
    return os.fsencode(value).replace(b"\\", b"\\\\").replace(b"\n", b"\\n")


def fields(path):
    """A file of a run folder as a dict; numbers as int."""
    lines = path.read_text().splitlines()
    assert lines[0] == "format: 1"
    pairs = dict(line.split(": ", 1) for line in lines[1:])
    return {key: int(v) if v.lstrip("-").isdigit() else v for key, v in pairs.items()}


class RunFolder:
    """One run folder and the shims that were started on it."""

    def __init__(self, parent, run=RUN, attempt=1):
        self.name = f"{run}.{attempt}"
        self.run, self.attempt = run, attempt
        self.path = parent / self.name
        self.path.mkdir(mode=0o700)
        self.reports = parent / "sanitizer"
        self.marker = parent / "marker"
        self.shims = []

    def __truediv__(self, name):
        return self.path / name

    def write_task(self, *args, expires=NEVER, window_end=None, timeout_ms=60000, grace_ms=5000,
                   max_output=MIN_OUTPUT, run_as=None, cwd="/", env=(), path="/usr/bin:/bin"):
        lines = ["format: 1", f"run: {self.run}", f"attempt: {self.attempt}",
                 f"boot: {BOOT_ID}", f"expires: {expires}"]
        lines += [f"window_end: {window_end}"] if window_end is not None else []
        lines += [f"timeout_ms: {timeout_ms}", f"kill_grace_ms: {grace_ms}",
                  f"max_output: {max_output}"]
        if run_as:
            uid, gid, groups = run_as
            lines += [f"uid: {uid}", f"gid: {gid}", *(f"group: {group}" for group in groups)]
        text = [line.encode() for line in lines] + [b"cwd: " + escape(cwd)]
        text += [b"env: " + escape(entry) for entry in (f"PATH={path}", *env)]
        text += [b"args: %d" % len(args)] + [b"arg: " + escape(arg) for arg in args]
        (self / "task").write_bytes(b"\n".join(text) + b"\n")
        return self

    def shell(self, script, **options):
        return self.write_task("/bin/sh", "-c", script, **options)

    def python(self, script, **options):
        return self.write_task(PYTHON, "-c", script, **options)

    def launch(self, **options):
        environment = {"ASAN_OPTIONS": f"log_path={self.reports}", "SECRET": "canary"}
        # In the session of the tests, and with whatever they have open: leaving it is its task.
        shim = subprocess.Popen([SHIM, self.path], env=environment, **options)
        self.shims.append(shim)
        return shim

    def complete(self, seconds=30, **options):
        """Starts a shim and waits for its end; returns its exit code."""
        return self.launch(**options).wait(seconds)

    @property
    def claim(self):
        return fields(self / "claim")

    @property
    def end(self):
        return fields(self / "exit")

    def has(self, name):
        return (self / name).exists()

    @property
    def starts(self):
        """How often the command ran, by the lines it wrote."""
        return len(self.marker.read_text().splitlines()) if self.marker.exists() else 0

    def parts(self):
        """The kept output: [(offset, bytes)] in order."""
        found = [(0, (self / "head").read_bytes())] if self.has("head") else []
        for path in self.path.glob("tail.*"):
            found.append((int(path.name[5:]), path.read_bytes()))
        return sorted(part for part in found if part[1])

    def output(self):
        """The kept output, which must be without gaps."""
        whole = b""
        for offset, part in self.parts():
            assert offset == len(whole)
            whole += part
        return whole

    def is_locked(self):
        with open(self / "lock", "rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return False
            except BlockingIOError:
                return True

    def processes(self):
        """The living processes with this folder's cookie."""
        cookie = b"AGENT_RUN=" + self.name.encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and cookie in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    def leader_is_gone(self):
        """True once what was started has ended; at its exec it has no environment, so that processes() misses it."""
        try:
            stat = Path("/proc", str(self.claim["leader"]), "stat").read_text()
        except OSError:
            return True
        return stat.rpartition(")")[2].split()[0] == "Z"

    def close(self):
        for shim in self.shims:
            if shim.poll() is None:
                shim.kill()
            shim.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        end_orphans()
        reports = sanitizer_reports(self.path.parent)
        assert not reports, reports[0]
