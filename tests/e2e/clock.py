"""The wall clock of one program, moved by libfaketime: monotonic clocks stay as they are, and programs
with sanitizers are not moved, so that the ones of `make all` run instead.

A program does not notice that its clock was moved before it looks again: a timer it had armed fires when it
would have. Whoever moves a clock gives it something to do.
"""

import pathlib
import time

import pytest

from servers import TOP

FAKETIME = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)


def need_clock():
    if not FAKETIME or not (TOP / "build/agent1").exists():
        pytest.skip("needs libfaketime and the programs without sanitizers (make all)")


class Clock:
    """Of a program (Agent1, Agent2); made before it starts, moved at any time."""

    def __init__(self, program, offset_s=0):
        need_clock()
        self.path = program.folder / "clock"
        self.set(offset_s)
        program.executable = TOP / "build" / program.executable.name
        program.environment |= {
            "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(self.path),
            "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        }

    def set(self, offset_s):
        new = self.path.with_suffix(".new")
        new.write_text(f"{offset_s:+.0f}s\n")
        new.rename(self.path)

    def go_to(self, moment):
        """A datetime with a zone."""
        self.set(moment.timestamp() - time.time())
