"""Compares what happened with what was promised: the lines that tasks left, agent1's rows, and what
the people were told."""

import collections
import re
import shutil
import sqlite3

TERMINAL = ("succeeded", "failed", "timed_out", "cancelled", "rejected", "expired", "missed", "denied",
            "unknown")
NEVER_STARTED = ("rejected", "expired", "missed", "denied")
TOLD = r"^#{} \S+: (succeeded|failed|unknown|cancelled|expired|rejected|refused|missed|unconfirmed)"


class Verdict:
    """What the checker found: figures, and every broken promise in words."""

    def __init__(self):
        self.outcomes = collections.Counter()
        self.states = {}  # of runs, by the names of their tasks
        self.lost = 0
        self.doubled = 0
        self.unknown = 0  # without a killed shim
        self.broken = []

    def note(self, what, task, column=None):
        if column:
            setattr(self, column, getattr(self, column) + 1)
        self.broken.append(f"{what}: {task}")


def read_rows(state, folder):
    """The rows of agent1's runs, from a copy of its database."""
    copy = folder / "database"
    copy.mkdir()
    for path in state.glob("agent1.db*"):
        shutil.copy(path, copy)
    database = sqlite3.connect(copy / "agent1.db")
    database.row_factory = sqlite3.Row
    sound = database.execute("PRAGMA integrity_check").fetchone()[0]
    rows = [dict(row) for row in database.execute("SELECT * FROM runs")]
    database.close()
    return rows, sound


def check(stream, rows, effects, killed_runs=()):
    """killed_runs: ids of the runs whose shims were killed."""
    verdict = Verdict()
    counts = collections.Counter(effects.read_text().split())
    by_name = collections.defaultdict(list)
    for row in rows:
        for name in set(re.findall(rf"echo ({re.escape(stream.prefix)}-\d+) ", row["task"])):
            by_name[name].append(row)
    for task in stream.tasks:
        _check_task(verdict, task, by_name.pop(task.name, []), counts.pop(task.name, 0), killed_runs)
    for name in by_name:
        verdict.note("a run that nobody asked for", name, "doubled")
    for name in counts:
        verdict.note("an effect of no task", name, "doubled")
    return verdict


def _check_task(verdict, task, rows, effects, killed_runs):
    if effects > 1:
        verdict.note(f"{effects} effects", task, "doubled")
    if len(rows) > 1:
        verdict.note(f"{len(rows)} runs", task, "doubled")
    before = verdict.states.get(task.after.name, "lost") if task.after else "succeeded"
    if not rows and before != "succeeded":
        verdict.outcomes["not run"] += 1
        if effects:
            verdict.note("not run, but it has an effect", task, "doubled")
        return
    if not rows:
        verdict.note("no run" + (", though it was taken" if task.is_taken else ""), task, "lost")
        return
    row = rows[0]
    state = row["state"]
    is_killed = row["id"] in killed_runs
    verdict.outcomes[state] += 1
    verdict.states[task.name] = state
    if before != "succeeded":
        verdict.note(f"begun, though the step before it is {before}", task, "doubled")
    if state not in TERMINAL:
        verdict.note(f"no outcome, still {state}", task, "lost")
        return
    if state == "unknown" and not is_killed:
        verdict.note(f"unknown ({row['reason']})", task, "unknown")
    if row["contradiction"]:
        verdict.note(f"contradicted: {row['contradiction']}", task)
    _check_effects(verdict, task, row, effects, is_killed)
    _check_told(verdict, task, row)


def _check_effects(verdict, task, row, effects, is_killed):
    state = row["state"]
    if state in NEVER_STARTED and effects:
        verdict.note(f"{state}, but it has an effect", task, "doubled")
    # Every task leaves its line before it can end by itself.
    if state in ("succeeded", "failed") and not effects:
        verdict.note(f"{state}, but no effect", task, "lost")
    if state in ("succeeded", "failed") and row["exit_code"] != task.exit_code:
        verdict.note(f"{state} with exit code {row['exit_code']}, expected {task.exit_code}", task)
    if state in ("timed_out", "cancelled", "expired", "missed", "rejected") and not is_killed:
        verdict.note(f"{state}, which nobody asked for", task, "lost")
    if state == "succeeded" and f"said-{task.name}" not in (row["output"] or ""):
        verdict.note("its output is not there", task, "lost")


def _check_told(verdict, task, row):
    """The person got one outcome message, of the task or its plan, and it says what the row says."""
    if not task.outcomes:
        verdict.note(f"{row['state']}, but the person was not told", task, "lost")
        return
    if len(task.outcomes) > 1:
        verdict.note(f"the person was told {len(task.outcomes)} times", task, "doubled")
    if task.numbers != {row["number"]}:
        verdict.note(f"the person heard of the runs {sorted(task.numbers)}, the row is "
                     f"#{row['number']}", task, "doubled")
    for text in task.outcomes.values():
        told = re.search(TOLD.format(row["number"]), text, re.MULTILINE)
        if not told or told[1] != row["state"]:
            verdict.note(f"the row says {row['state']}, the person heard {text[:80]!r}", task)
