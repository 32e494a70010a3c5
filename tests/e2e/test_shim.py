"""The shim alone on run folders made by hand: how it ends, what it leaves behind, what the command sees."""

import ctypes
import errno
import os
import signal
import struct
import sys
import time
from pathlib import Path

import pytest

from run_folder import BOOT_ID, PYTHON, now_ms
from wait import wait_for

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


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
    # Both are on disk, which is said so.
    assert all((folder / name).stat().st_mode & 0o777 == 0o400 for name in ("claim", "exit"))


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


PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
BPF_LOAD, BPF_JUMP_EQUAL, BPF_RETURN = 0x20, 0x15, 0x06
SECCOMP_ERROR, SECCOMP_ALLOW = 0x00050000, 0x7FFF0000
PIDFD_OPEN = 434


def refuse_pidfd(error):
    """For this process and its children pidfd_open() fails, as in a sandbox or an old kernel."""
    steps = [(BPF_LOAD, 0, 0, 0), (BPF_JUMP_EQUAL, 0, 1, PIDFD_OPEN),
             (BPF_RETURN, 0, 0, SECCOMP_ERROR | error), (BPF_RETURN, 0, 0, SECCOMP_ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None)
    assert libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0) == 0


@pytest.mark.parametrize("error", [errno.ENOSYS, errno.EPERM])
@pytest.mark.parametrize("grace_ms, number", [(5000, signal.SIGTERM), (0, signal.SIGKILL)])
def test_time_limit_where_nobody_gives_out_a_pidfd(folder, error, grace_ms, number):
    folder.shell("sleep 1000 & exec sleep 1000", timeout_ms=100, grace_ms=grace_ms)
    folder.complete(preexec_fn=lambda: refuse_pidfd(error))
    assert (folder.end["end"], folder.end["signal"]) == ("timed_out", number)
    assert folder.end["survivors"] == 0 and not folder.processes()


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
