"""Waiting for conditions, always with a deadline; nothing in these tests sleeps instead."""

import os
import re
import threading
import time

# Under valgrind or on a very slow machine: E2E_PATIENCE=5 multiplies every deadline.
PATIENCE = float(os.environ.get("E2E_PATIENCE", "1"))
DEFAULT_S = 15.0


class NotInTime(AssertionError):
    """What was waited for did not come."""


def wait_for(condition, seconds=DEFAULT_S, what=None):
    """Calls condition() until it is true and returns what it gave; raises NotInTime otherwise.

    `what` may be a text or a function that describes the state at the end of the wait.
    """
    deadline = time.monotonic() + seconds * PATIENCE
    pause = 0.002
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            described = what() if callable(what) else what or getattr(condition, "__name__", "condition")
            raise NotInTime(f"not within {seconds:g} s: {described}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def matcher(wanted):
    """A predicate from a predicate, or from a regular expression (searched in text_of(item))."""
    if callable(wanted):
        return wanted
    pattern = re.compile(wanted, re.DOTALL | re.MULTILINE)
    return lambda item: pattern.search(text_of(item))


def text_of(item):
    return item if isinstance(item, str) else item.text


class Transcript:
    """What one party heard, in order: filled by its thread, read by the test as with `expect`.

    wait_for() looks at what came after the last match, so that an old answer is never taken for
    a new one. `items` is everything ever heard.
    """

    def __init__(self, title):
        self.title = title
        self.items = []
        self._cursor = 0
        self._changed = threading.Condition()

    def add(self, item):
        with self._changed:
            self.items.append(item)
            self._changed.notify_all()

    def wait_for(self, wanted, seconds=DEFAULT_S):
        """The next item that matches; the cursor moves behind it."""
        matches = matcher(wanted)
        deadline = time.monotonic() + seconds * PATIENCE
        with self._changed:
            position = self._cursor
            while True:
                while position < len(self.items):
                    item = self.items[position]
                    position += 1
                    if matches(item):
                        self._cursor = position
                        return item
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise NotInTime(
                        f"{self.title}: {wanted!r} not within {seconds:g} s; since the last match:\n"
                        + self._print(self.items[self._cursor:]))
                self._changed.wait(remaining)

    def all(self, wanted):
        """Everything ever heard that matches; does not move the cursor."""
        matches = matcher(wanted)
        with self._changed:
            return [item for item in self.items if matches(item)]

    def skip(self):
        """Forgets what has come so far for the next wait_for()."""
        with self._changed:
            self._cursor = len(self.items)

    @staticmethod
    def _print(items):
        return "\n".join("  " + str(item) for item in items) or "  (nothing)"

    def __str__(self):
        with self._changed:
            return self._print(self.items)
