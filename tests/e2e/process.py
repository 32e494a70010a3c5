"""Child processes of the tests: each started with an argv, ended by its pid, never by a name."""

import ctypes
import os
import random
import signal
import socket
import subprocess
import time

from wait import PATIENCE, wait_for

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)

_started = {}


def adopt_orphans():
    """Makes this process the parent of what its children leave behind (shims, their tasks)."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start(argv, **options):
    """Popen in a session of its own, which ends at the latest with this process."""
    child = subprocess.Popen(argv, start_new_session=True, preexec_fn=_die_with_parent, **options)
    _started[child.pid] = child
    return child


def children():
    """The pids of all children of this process, adopted ones included."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as stat:
                parent = int(stat.read().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
        if parent == os.getpid():
            found.append(int(entry))
    return found


def end_orphans():
    """Kills the adopted children, and what becomes ours when they die; returns how many."""
    ended = 0
    while True:
        orphans = [pid for pid in children() if pid not in _started]
        if not orphans:
            return ended
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            ended += 1


def free_port():
    """Of those that the system gives to nobody unasked (it begins at 32768): a connection that somebody
    opens while a server is down would take the server's port."""
    while True:
        port = random.randrange(10000, 32768)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def port_answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


class Process:
    """A program that runs in the background with its output in a log file."""

    def __init__(self, name, argv, log, env, folder=None):
        self.name = name
        self.argv = [str(word) for word in argv]
        self.log = log
        self.env = env
        self.folder = folder
        self.child = None
        self.is_asked_to_end = False

    @property
    def pid(self):
        return self.child.pid

    @property
    def is_running(self):
        return self.child is not None and self.child.poll() is None

    def start(self):
        assert not self.is_running, f"{self.name} runs already"
        self.is_asked_to_end = False
        with open(self.log, "ab") as log:
            self.child = start(self.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                               env=self.env, cwd=self.folder)
        return self

    def signal(self, number):
        self.child.send_signal(number)

    def stop(self, seconds=10):
        """TERM, and KILL when that did not help; returns the exit code."""
        self.is_asked_to_end = True
        if self.is_running:
            self.child.terminate()
            try:
                self.child.wait(seconds * PATIENCE)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
                raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM") from None
        return self.child.returncode if self.child else 0

    def kill(self):
        """kill -9, as a power cut would."""
        self.is_asked_to_end = True
        if self.is_running:
            self.child.kill()
        if self.child:
            self.child.wait()

    def wait_end(self, seconds=10):
        """Waits for it to end by itself; returns the exit code (negative: the signal)."""
        self.is_asked_to_end = True
        wait_for(lambda: not self.is_running, seconds, f"the end of {self.name}")
        return self.child.returncode

    def log_text(self):
        try:
            return self.log.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return ""

    def wait_for_log(self, text, seconds=15):
        wait_for(lambda: text in self.log_text(), seconds, f"{text!r} in the log of {self.name}")

    def wait_for_port(self, port, seconds=15):
        def ready():
            assert self.is_running, f"{self.name} ended with {self.child.returncode}:\n{self.log_text()}"
            return port_answers(port)
        wait_for(ready, seconds, f"{self.name} on port {port}")


class Notifications:
    """A socket such as systemd's (sd_notify(3)), to learn when a program is ready."""

    def __init__(self, path):
        self.path = path
        path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.bind(str(path))
        self.lines = []

    def wait_for(self, line, process, seconds=15):
        deadline = time.monotonic() + seconds * PATIENCE
        while line not in self.lines:
            assert process.is_running, (
                f"{process.name} ended with {process.child.returncode}:\n{process.log_text()}")
            assert time.monotonic() < deadline, f"{process.name} did not say {line} in {seconds} s"
            self._socket.settimeout(0.05)
            try:
                self.lines += self._socket.recv(65536).decode().splitlines()
            except socket.timeout:
                pass

    def close(self):
        self._socket.close()
        self.path.unlink(missing_ok=True)
