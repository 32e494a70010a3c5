"""agent2-shim alone: the real program on run folders made by hand, without agent2."""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from process import end_orphans
from wait import wait_for

BUILD = Path(os.environ.get("AGENT_BUILD") or Path(__file__).parents[2] / "build/check")
SHIM = BUILD / "agent2-shim"
BOOT_ID = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
RUN = "01JD6Q8W3MZX5T4R7V9B2C0DFG"
PYTHON = "/usr/bin/python3"

HEAD = 16 * 1024
TAIL = 48 * 1024
MIN_OUTPUT = HEAD + 2 * TAIL
NEVER = 253402300799999

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


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

    def close(self):
        for shim in self.shims:
            if shim.poll() is None:
                shim.kill()
            shim.wait()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        end_orphans()
        reports = [path.read_text() for path in self.path.parent.glob("sanitizer.*")]
        assert not reports, reports[0]


@pytest.fixture
def folder(tmp_path):
    made = RunFolder(tmp_path)
    yield made
    made.close()


# ---- how it ends -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 1, 3, 127, 255])
def test_exit_code_and_output(folder, code):
    before = now_ms()
    folder.shell(f"echo out; echo err >&2; exit {code}")
    assert folder.complete() == 0

    end = folder.end
    assert (end["end"], end["exit_code"], end["signal"]) == ("exited", code, 0)
    assert before <= end["started"] <= end["finished"] <= now_ms()
    assert 0 <= end["duration_ms"] <= end["finished"] - end["started"] + 5
    assert end["output_bytes"] == end["kept_bytes"] == 8
    assert end["max_rss_kib"] > 0 and end["survivors"] == 0
    assert folder.output() == b"out\nerr\n"
    assert folder.claim["claim"] == "started" and folder.claim["boot"] == BOOT_ID
    assert not folder.is_locked()
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "claim", "exit", "head", "lock", "task"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_signal_of_somebody_else(folder, number):
    folder.shell(f"kill -{int(number)} $$")
    folder.complete()
    assert (folder.end["end"], folder.end["signal"], folder.end["exit_code"]) == (
        "signalled", number, -1)


@pytest.mark.parametrize("args, options, reason", [
    (["/nowhere/command"], {}, "exec: No such file or directory"),
    (["no-such-command-in-path"], {}, "exec: No such file or directory"),
    (["/etc/passwd"], {}, "exec: Permission denied"),
    (["true"], {"cwd": "/nowhere"}, "working folder: No such file or directory"),
])
def test_a_command_that_cannot_start(folder, args, options, reason):
    folder.write_task(*args, **options).complete()
    assert (folder.end["end"], folder.end["reason"]) == ("start_failed", reason)
    assert folder.end["exit_code"] == -1


def test_a_command_is_searched_in_the_path_of_the_task(folder, tmp_path):
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin/own-command"
    own.write_text("#!/bin/sh\nprintf 'found %s' \"$1\"\n")
    own.chmod(0o755)
    folder.write_task("own-command", "a  b\n\\c", path=f"/nowhere:{tmp_path}/bin").complete()
    assert folder.output() == b"found a  b\n\\c"


def test_resources_are_those_of_all_descendants(folder):
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    folder.write_task(PYTHON, "-c", f"import subprocess, sys\n"
                      f"subprocess.run([sys.executable, '-c', {burn!r}])\n"
                      "x = bytearray(50_000_000)")
    folder.complete()
    assert folder.end["user_ms"] + folder.end["sys_ms"] >= 250
    assert folder.end["max_rss_kib"] >= 45_000


# ---- time limit and cancel -------------------------------------------------------------------------

IGNORES_TERM = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
while True: time.sleep(100)
"""
ENDS_ON_TERM = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("bye", flush=True), os._exit(0)))
print("ready", flush=True)
while True: time.sleep(100)
"""
STOPPED = "import os, signal; print('ready', flush=True); os.kill(os.getpid(), signal.SIGSTOP)"


def test_time_limit_ends_with_term(folder):
    folder.shell("exec sleep 1000", timeout_ms=100).complete()
    assert (folder.end["end"], folder.end["signal"]) == ("timed_out", signal.SIGTERM)
    assert 100 <= folder.end["duration_ms"] < 4000


def test_time_limit_ends_with_kill_after_the_grace(folder):
    folder.python(IGNORES_TERM, timeout_ms=1500, grace_ms=300).complete()
    assert (folder.end["end"], folder.end["signal"]) == ("timed_out", signal.SIGKILL)
    assert 1800 <= folder.end["duration_ms"]
    assert folder.output() == b"ready\n"


def test_time_limit_without_grace_kills_at_once(folder):
    folder.python(ENDS_ON_TERM, timeout_ms=1000, grace_ms=0).complete()
    assert (folder.end["end"], folder.end["signal"]) == ("timed_out", signal.SIGKILL)


def test_who_ends_in_order_after_term_is_timed_out_all_the_same(folder):
    folder.python(ENDS_ON_TERM, timeout_ms=1500).complete()
    assert (folder.end["end"], folder.end["exit_code"]) == ("timed_out", 0)
    assert folder.output() == b"ready\nbye\n"


@pytest.mark.parametrize("script, number", [
    (IGNORES_TERM, signal.SIGKILL), (STOPPED, signal.SIGTERM)])
def test_cancel_while_running(folder, script, number):
    shim = folder.python(script, grace_ms=300).launch()
    wait_for(lambda: folder.has("head") and folder.output() == b"ready\n")
    (folder / "cancel").touch()
    assert shim.wait(30) == 0
    assert (folder.end["end"], folder.end["signal"]) == ("cancelled", number)


def test_cancel_by_rename_is_seen(folder, tmp_path):
    shim = folder.shell("echo ready; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    (tmp_path / "new").touch()
    (tmp_path / "new").rename(folder / "cancel")
    assert shim.wait(30) == 0
    assert folder.end["end"] == "cancelled"


def test_cancel_reaches_every_descendant(folder):
    """A child, and a grandchild in a session of its own; the command waits for their farewell."""
    folder.python("""
import os, signal, time
def say(text):
    os.write(1, text)
def live():
    signal.signal(signal.SIGTERM, lambda *_: (say(b"bye "), os._exit(0)))
    say(b"ready ")
    while True: time.sleep(100)
read, write = os.pipe()
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.close(read)
    if os.fork() == 0:
        os.setsid()
        live()
    live()
os.close(write)
os.read(read, 1)
say(b"end")
""", grace_ms=20000).launch()
    wait_for(lambda: folder.has("head") and folder.output() == b"ready ready ")
    (folder / "cancel").touch()
    assert folder.shims[0].wait(30) == 0
    assert folder.output() == b"ready ready bye bye end"
    assert (folder.end["end"], folder.end["exit_code"]) == ("cancelled", 0)
    assert not folder.processes()


def test_end_before_a_late_cancel_is_the_real_end(folder):
    folder.shell("exit 4").complete()
    (folder / "cancel").touch()
    folder.complete()
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 4)


# ---- what is left behind ---------------------------------------------------------------------------

DAEMON = """
import os, signal, sys, time
read, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if os.fork() == 0:
        null = os.open("/dev/null", os.O_RDWR)
        for fd in (0, 1, 2): os.dup2(null, fd)
        os.setsid()
        os.write(write, str(os.getpid()).encode())
        while True: time.sleep(100)
    os._exit(0)
print(os.read(read, 100).decode(), flush=True)
"""

CHAIN = """
import os, time
for depth in range(60):
    if os.fork():
        if depth == 0: break
        while True: time.sleep(100)
    os.setsid()
else:
    os.write(1, b"deep")
    while True: time.sleep(100)
import select
time.sleep(float(os.environ["PAUSE"]))
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False


def test_a_daemon_does_not_survive(folder):
    folder.python(DAEMON).complete()
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 0)
    assert folder.end["survivors"] == 0
    assert not is_alive(int(folder.output()))
    assert not folder.processes()


def test_the_end_of_the_child_counts_and_not_that_of_the_output(folder):
    started = time.monotonic()
    folder.shell("sleep 1000 & (trap '' TERM; sleep 1000) & echo done; exit 5").complete()
    assert time.monotonic() - started < 20
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 5)
    assert folder.output() == b"done\n"
    assert not folder.processes()


def test_a_deep_chain_of_sessions_does_not_survive(folder):
    folder.python(CHAIN, env=["PAUSE=0.3"]).complete()
    assert folder.end["exit_code"] == 0
    assert not folder.processes()


def test_fork_after_fork_does_not_escape(folder):
    """A family that is never the same: each member forks its successor and ends."""
    folder.python("""
import os, time
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        end = time.monotonic() + 3
        while time.monotonic() < end:
            if os.fork(): os._exit(0)
            time.sleep(0.001)
        os._exit(0)
time.sleep(0.2)
""").complete()
    assert folder.end["exit_code"] == 0 and folder.end["survivors"] == 0
    assert not folder.processes()


def group_of_tests():
    """A control group (version 2) of the test's own, or None."""
    for mount in ("/sys/fs/cgroup", "/sys/fs/cgroup/unified"):
        parent = Path(mount)
        if (parent / "cgroup.controllers").exists():
            group = parent / f"test-shim-{os.getpid()}"
            try:
                group.mkdir()
            except OSError:
                return None
            if (group / "cgroup.kill").exists():
                return group
            group.rmdir()
    return None


def test_a_control_group_of_its_own_is_used(folder):
    group = group_of_tests()
    if not group:
        pytest.skip("no control groups of version 2 here, or not allowed to make one")
    try:
        folder.python(DAEMON + "\nprint(open('/proc/self/cgroup').read())")
        assert folder.complete(preexec_fn=lambda: (group / "cgroup.procs").write_text("0")) == 0
        assert f"/{group.name}/command" in folder.output().decode()
        assert not folder.processes()
        assert not (group / "command").exists()
    finally:
        group.rmdir()


# ---- output ----------------------------------------------------------------------------------------


def test_output_up_to_the_limit_is_kept_whole(folder):
    wanted = bytes(i * 7 % 251 for i in range(MIN_OUTPUT))
    folder.python(f"import sys; sys.stdout.buffer.write(bytes(i * 7 % 251 for i in range({MIN_OUTPUT})))")
    folder.complete()
    assert folder.output() == wanted
    assert folder.end["output_bytes"] == folder.end["kept_bytes"] == MIN_OUTPUT


@pytest.mark.parametrize("count", [30_000, 300_000])
def test_of_a_long_output_both_ends_are_kept(folder, count):
    whole = "".join(f"{i}\n" for i in range(1, count + 1)).encode()
    folder.shell(f"seq 1 {count}").complete()

    (offset, head), *tails = folder.parts()
    assert offset == 0 and head == whole[:HEAD]
    assert 1 <= len(tails) <= 2
    start_of_tail = tails[0][0]
    assert b"".join(part for _, part in tails) == whole[start_of_tail:]
    assert all(offset + len(part) == next_offset
               for (offset, part), (next_offset, _) in zip(tails, tails[1:]))
    assert len(whole) - start_of_tail >= TAIL
    assert folder.end["output_bytes"] == len(whole)
    assert folder.end["kept_bytes"] == sum(len(part) for _, part in folder.parts()) <= MIN_OUTPUT


def test_endless_output_takes_neither_memory_nor_disk(folder):
    def memory_kib():
        status = Path(f"/proc/{shim.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def newest():
        return max((int(path.name[5:]) for path in folder.path.glob("tail.*")), default=0)

    shim = folder.shell("exec yes").launch()
    wait_for(lambda: newest() > 4_000_000)
    early = memory_kib()
    wait_for(lambda: newest() > 200_000_000, 60)
    assert memory_kib() < early + 2048
    (folder / "cancel").touch()
    assert shim.wait(30) == 0
    assert folder.end["end"] == "cancelled"
    assert folder.end["output_bytes"] > 200_000_000
    assert sum(len(part) for _, part in folder.parts()) <= MIN_OUTPUT


def test_binary_output_stays_as_it_is(folder):
    folder.python("import sys; sys.stdout.buffer.write(bytes(range(256)) * 20)").complete()
    assert folder.output() == bytes(range(256)) * 20


def test_output_is_on_disk_while_it_runs(folder):
    shim = folder.shell("echo first; read x < /dev/null; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output() == b"first\n")
    assert shim.poll() is None and folder.is_locked()


def test_files_that_may_not_grow_lose_output_and_nothing_else(folder):
    """RLIMIT_FSIZE: every part stops at 8 KiB; what follows begins a part of its own."""
    limit = 8192
    whole = "".join(f"{i}\n" for i in range(1, 30_001)).encode()
    folder.shell("seq 1 30000")
    assert folder.complete(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) == 0
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 0)
    assert folder.end["output_bytes"] == len(whole)
    parts = folder.parts()
    assert parts[0] == (0, whole[:limit])
    for offset, part in parts:
        assert len(part) <= limit and whole[offset:offset + len(part)] == part
    assert folder.end["kept_bytes"] == sum(len(part) for _, part in parts)


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk],
                      capture_output=True, check=False).returncode:
        pytest.skip("not allowed to mount a small disk")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_loses_output_and_nothing_else(small_disk):
    folder = RunFolder(small_disk)
    try:
        folder.shell("seq 1 200000; df / > /dev/null; exit 6", max_output=64 * 1024 * 1024)
        assert folder.complete() == 0
        size = sum(len(f"{i}\n") for i in range(1, 200_001))
        assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 6)
        assert folder.end["output_bytes"] == size
        assert 0 < folder.end["kept_bytes"] < size
    finally:
        folder.close()


def test_on_a_full_disk_nothing_starts(small_disk, tmp_path):
    folder = RunFolder(small_disk)
    try:
        folder.shell(f"echo x >> {tmp_path}/started")
        with open(small_disk / "ballast", "wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError:
                pass
        assert folder.complete() == 1
        assert not folder.has("claim") and not folder.has("exit")
        assert not (tmp_path / "started").exists()

        (small_disk / "ballast").unlink()
        assert folder.complete() == 0
        assert (tmp_path / "started").read_text() == "x\n"
        assert folder.end["exit_code"] == 0
    finally:
        folder.close()


# ---- before the start ------------------------------------------------------------------------------


def count_start(folder):
    return f"echo {folder.name} >> {folder.marker}"


@pytest.mark.parametrize("what, has_cancel, expires, window_end, claim", [
    ("cancelled", True, NEVER, None, "cancelled"),
    ("expired", False, 1000, None, "expired"),
    ("window closed", False, NEVER, 1000, "window_closed"),
    ("expired in a closed window", False, 1000, 1000, "expired"),
    ("cancelled and expired", True, 1000, 1000, "cancelled"),
])
def test_what_is_not_to_start_does_not(folder, what, has_cancel, expires, window_end, claim):
    folder.shell(count_start(folder), expires=expires, window_end=window_end)
    if has_cancel:
        (folder / "cancel").touch()
    assert folder.complete() == 0
    assert folder.claim["claim"] == claim
    assert folder.starts == 0
    assert not folder.has("exit") and not folder.has("head") and not folder.has("exit.new")


def test_in_time_and_in_the_window_it_starts(folder):
    folder.shell(count_start(folder), expires=now_ms() + 60_000, window_end=now_ms() + 60_000)
    folder.complete()
    assert folder.claim["claim"] == "started" and folder.starts == 1


@pytest.mark.parametrize("claim", [
    b"format: 1\nclaim: cancelled\nboot: %s\nat: 5\nshim: 0\nleader: 0\nrule: \nreason: \n"
    % BOOT_ID.encode(),
    b"format: 1\nclaim: started\nboot: %s\nat: 5\nshim: 1\nleader: 1\nrule: \nreason: \n"
    % BOOT_ID.encode(),
    b"", b"\0\xff", b"format: 2\n",
])
def test_a_claim_is_obeyed_whatever_it_says(folder, claim):
    folder.shell(count_start(folder), expires=1000)
    (folder / "claim").write_bytes(claim)
    assert folder.complete() == 0
    assert (folder / "claim").read_bytes() == claim
    assert folder.starts == 0 and not folder.has("exit")


def test_a_claim_that_is_a_link_to_nowhere_is_obeyed(folder):
    folder.shell(count_start(folder))
    (folder / "claim").symlink_to("/nowhere")
    assert folder.complete() == 0
    assert folder.starts == 0


@pytest.mark.parametrize("damage", [
    lambda text: b"", lambda text: text[:-1], lambda text: text.replace(b"format: 1", b"format: 2"),
    lambda text: text.replace(b"attempt: 1", b"attempt: 2"), lambda text: text + b"nice: 1\n",
])
def test_a_damaged_task_is_not_started(folder, damage):
    folder.shell(count_start(folder))
    (folder / "task").write_bytes(damage((folder / "task").read_bytes()))
    assert folder.complete() == 1
    assert not folder.has("claim") and folder.starts == 0
    assert "task" in (folder / "shim.log").read_text()


def test_a_folder_that_is_not_there(tmp_path):
    assert subprocess.run([SHIM, tmp_path / "nothing"], check=False).returncode == 1


@pytest.mark.parametrize("argv, code", [
    (["--version"], 0), (["--help"], 0), ([], 64), (["--force"], 64), (["a", "b"], 64)])
def test_arguments(argv, code):
    assert subprocess.run([SHIM, *argv], capture_output=True, check=False).returncode == code


# ---- once ------------------------------------------------------------------------------------------


def test_many_shims_start_one_command(folder):
    folder.shell(count_start(folder))
    shims = [folder.launch() for _ in range(12)]
    assert [shim.wait(30) for shim in shims] == [0] * 12
    assert folder.starts == 1
    assert folder.end["exit_code"] == 0
    assert folder.complete() == 0
    assert folder.starts == 1


def test_a_second_shim_leaves_the_first_alone(folder):
    first = folder.shell(count_start(folder) + "; echo ready; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    assert folder.complete() == 0
    assert first.poll() is None and folder.starts == 1
    assert not folder.has("exit")


def test_agent2_trying_the_lock_does_not_stop_a_start(folder):
    folder.shell(count_start(folder))
    (folder / "lock").touch()
    with open(folder / "lock", "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        shim = folder.launch()
        wait_for(lambda: "lock" in str([os.readlink(f"/proc/{shim.pid}/fd/{fd}") for fd in
                                        os.listdir(f"/proc/{shim.pid}/fd")]))
    assert shim.wait(30) == 0
    assert folder.starts == 1


def test_a_killed_shim_leaves_a_claim_and_a_free_lock(folder):
    shim = folder.shell(count_start(folder) + "; echo ready; exec sleep 1000").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    assert folder.is_locked()
    assert folder.claim["shim"] == shim.pid
    assert folder.claim["leader"] == os.getsid(folder.claim["leader"])
    shim.kill()
    shim.wait()
    assert folder.processes() == [folder.claim["leader"]], "the command lives on"
    assert not folder.is_locked()
    assert not folder.has("exit")
    assert folder.complete() == 0
    assert folder.starts == 1 and not folder.has("exit")


@pytest.mark.parametrize("point, has_claim, has_exit, least, most", [
    ("locked", False, False, 0, 0),
    ("reserved", False, False, 0, 0),
    ("held", False, False, 0, 0),
    ("claimed", True, False, 0, 0),
    ("released", True, False, 0, 1),
    ("ended", True, False, 1, 1),
    ("written", True, True, 1, 1),
])
def test_a_kill_at_every_point(folder, point, has_claim, has_exit, least, most):
    folder.shell(count_start(folder))
    (folder / "abort_at").write_text(point)
    assert folder.complete() == -signal.SIGKILL
    wait_for(lambda: not folder.processes())
    wait_for(lambda: not folder.is_locked())
    assert (folder.has("claim"), folder.has("exit")) == (has_claim, has_exit)
    assert least <= folder.starts <= most
    before = folder.starts

    (folder / "abort_at").unlink()
    assert folder.complete() == 0
    if has_claim:
        assert folder.starts == before and folder.has("exit") == has_exit
    else:
        assert folder.starts == 1 and folder.end["exit_code"] == 0


def stop_at(folder, point):
    """Starts a shim that stops at the point; returns it once it has."""
    (folder / "abort_at").write_text(f"{point} stop")
    shim = folder.launch()
    wait_for(lambda: Path(f"/proc/{shim.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T")
    return shim


@pytest.mark.parametrize("name, content, claim", [
    ("cancel", b"", b"claim: cancelled\n"),
    ("claim", b"format: 1\nclaim: rejected\n", b"claim: rejected\n"),
])
def test_who_comes_before_the_claim_wins(folder, name, content, claim):
    """The command is ready and held back when agent2 cancels, or makes its own claim."""
    shim = stop_at(folder.shell(count_start(folder)), "held")
    (folder / name).write_bytes(content)
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert claim in (folder / "claim").read_bytes()
    assert folder.starts == 0 and not folder.has("exit") and not folder.has("exit.new")
    assert not folder.processes()


def test_the_last_second_may_pass_before_the_claim(folder):
    shim = stop_at(folder.shell(count_start(folder), expires=now_ms() + 1500), "held")
    wait_for(lambda: now_ms() >= fields(folder / "task")["expires"])
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert folder.claim["claim"] == "expired" and folder.starts == 0


def test_who_comes_after_the_claim_ends_it(folder):
    shim = stop_at(folder.shell("exec sleep 1000"), "claimed")
    (folder / "cancel").touch()
    shim.send_signal(signal.SIGCONT)
    assert shim.wait(30) == 0
    assert folder.claim["claim"] == "started" and folder.end["end"] == "cancelled"


# ---- what the command sees -------------------------------------------------------------------------


def test_streams_and_descriptors(folder):
    extra = [fd for pipe in (os.pipe(), os.pipe()) for fd in pipe]
    folder.python("import os\n"
                  "print(sorted(int(fd) for fd in os.listdir('/proc/self/fd')))\n"
                  "print(os.readlink('/proc/self/fd/0'), repr(os.read(0, 10)))\n"
                  "print(os.readlink('/proc/self/fd/1') == os.readlink('/proc/self/fd/2'))")
    folder.complete(pass_fds=extra)
    for fd in extra:
        os.close(fd)
    # 3 is the folder that listdir() reads.
    assert folder.output() == b"[0, 1, 2, 3]\n/dev/null b''\nTrue\n"


def test_the_environment_is_that_of_the_task(folder):
    folder.write_task("/usr/bin/env", env=["LANG=C.UTF-8", "EMPTY="]).complete()
    assert sorted(folder.output().decode().splitlines()) == [
        f"AGENT_RUN={folder.name}", "EMPTY=", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]


def test_the_command_leads_a_session_with_default_signals(folder):
    folder.python("import os, re\n"
                  "print(os.getpid() == os.getsid(0) == os.getpgid(0), os.getcwd())\n"
                  "status = open('/proc/self/status').read()\n"
                  "print(re.search('SigBlk:\\t(.*)', status)[1])\n"
                  "old = os.umask(0); print(oct(old))", cwd="/usr")
    folder.complete(preexec_fn=lambda: (signal.signal(signal.SIGUSR1, signal.SIG_IGN),
                                        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]),
                                        os.umask(0o777)))
    assert folder.output() == b"True /usr\n0000000000000000\n0o22\n"


def test_no_signal_is_ignored(folder):
    folder.shell("grep SigIgn /proc/self/status")
    folder.complete(preexec_fn=lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN))
    # 32 and 33 are the C library's own: who starts the tests (make) may leave them ignored.
    assert int(folder.output().split()[1], 16) & ~0x180000000 == 0


@needs_root
def test_the_command_runs_as_its_user(folder):
    folder.shell("id -u; id -g; id -G; touch /root/x 2> /dev/null || echo no",
                 run_as=(65534, 65533, [65531, 65532])).complete()
    assert folder.output() == b"65534\n65533\n65533 65531 65532\nno\n"


@needs_root
def test_without_groups_none_are_left(folder):
    folder.shell("id -G", run_as=(65534, 65534, [])).complete()
    assert folder.output() == b"65534\n"


@needs_root
def test_the_working_folder_is_entered_as_the_user(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir(mode=0o700)
    folder.shell("pwd", run_as=(65534, 65534, []), cwd=str(secret)).complete()
    assert folder.end["reason"] == "working folder: Permission denied"


# ---- the shim and the world around it --------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE])
def test_the_end_of_a_service_does_not_reach_the_task(folder, number, tmp_path):
    go = tmp_path / "go"
    os.mkfifo(go)
    shim = folder.shell(f"echo ready; read x < {go}; echo on").launch()
    wait_for(lambda: folder.has("head") and folder.output())
    shim.send_signal(number)
    go.write_text("go\n")
    assert shim.wait(30) == 0
    assert (folder.end["end"], folder.end["exit_code"]) == ("exited", 0)
    assert folder.output() == b"ready\non\n"


def test_nothing_of_the_starter_is_held(folder):
    read, write = os.pipe()
    shim = folder.shell("echo ready; exec sleep 1000").launch(stdout=write, stderr=write)
    os.close(write)
    # The end of the pipe: neither shim nor command has it.
    assert os.read(read, 1000) == b""
    os.close(read)
    wait_for(lambda: folder.has("head") and folder.output())
    assert os.getsid(shim.pid) == shim.pid


if __name__ == "__main__":
    sys.exit(pytest.main([__file__, *sys.argv[1:]]))
