"""A real terminal for programs that people type into: tmux, read as a person would read it."""

import itertools
import pathlib
import re
import subprocess

from servers import base_environment
from wait import DEFAULT_S, wait_for

COLUMNS = 100
LINES = 30

# The shell says how the program ended, and keeps the terminal open to be read; Ctrl-C is not for it.
FRAME = 'trap : INT; "$@"; echo "[ended with $?]"; read _'

_numbers = itertools.count(1)


def like(pattern):
    return lambda text: re.search(pattern, text)


class Screen:
    """Runs argv on a terminal of its own; type() sends keys, text() is what can be seen."""

    def __init__(self, folder, argv, environment):
        self._socket = folder / f"tmux-{next(_numbers)}.sock"
        self._is_closed = False
        self._environment = base_environment(folder)
        words = ["env", "-u", "TMUX", *(f"{name}={value}" for name, value in environment.items())]
        self._tmux("new-session", "-d", "-x", COLUMNS, "-y", LINES, "--", *words, "sh", "-c",
                   FRAME, "sh", *argv, ";", "set-option", "-g", "escape-time", "0")

    def _tmux(self, *words):
        done = subprocess.run(["tmux", "-S", str(self._socket), "-f", "/dev/null", *map(str, words)],
                              env=self._environment, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=30, check=False)
        assert done.returncode == 0, f"tmux {words}: {done.stderr}"
        return done.stdout

    def type(self, text):
        """Types the text as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys):
        """Presses keys by tmux's names: Enter, Tab, Up, C-c, C-d, …"""
        self._tmux("send-keys", *keys)

    def enter(self, line):
        self.type(line)
        self.press("Enter")

    def text(self):
        """Everything on it and above it, without blank lines at the end."""
        return self._tmux("capture-pane", "-p", "-J", "-S", "-").rstrip()

    def colors(self):
        """The same with its escape sequences."""
        return self._tmux("capture-pane", "-p", "-e", "-J", "-S", "-")

    def last_line(self):
        return self.text().splitlines()[-1] if self.text() else ""

    def wait_for(self, wanted, seconds=DEFAULT_S):
        """Waits until the text can be seen, or wanted(text) is true; returns all that can be."""
        matches = wanted if callable(wanted) else lambda text: wanted in text
        seen = []

        def is_there():
            seen[:] = [self.text()]
            return matches(seen[0])
        wait_for(is_there, seconds, lambda: f"{wanted!r} on the screen:\n{seen[0]}")
        return seen[0]

    def resize(self, columns, lines):
        self._tmux("resize-window", "-x", columns, "-y", lines)

    def end(self, seconds=DEFAULT_S):
        """Waits for the program to end; returns its exit code. What it started may write after it."""
        ended = re.compile(r"\[ended with (\d+)\]")
        return int(ended.search(self.wait_for(ended.search, seconds)).group(1))

    @property
    def pid(self):
        shell = self._tmux("list-panes", "-F", "#{pane_pid}").strip()
        return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text())

    def close(self):
        if not self._is_closed:
            self._tmux("kill-server")
        self._is_closed = True
