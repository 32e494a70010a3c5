"""The fault table, row by row: each fault is injected into the real programs, and what was promised for
it is counted. A test is a row: what was done, the figure wanted, the figure seen; the table is printed
at the end (`make faults`), and the exit code is not 0 when a row breaks.

Sizes: size(few, full) is `few` in `make test`; `make faults` runs FAULTS × full, which is 1 × full
by default (`make faults FAULTS=0.1` for a tenth).

Kills of processes are in tests/e2e/test_crash.py and the chaos tests, what crosses a disk under SQLite
in tests/unit/agent1/test-store_crash.c and test-store_damage.c, language models that misbehave in
test-model_storm.c. Fixtures are those of tests/e2e.
"""

import importlib.util
import os
import pathlib
import sys

import pytest

E2E = pathlib.Path(__file__).resolve().parents[1] / "e2e"
sys.path.insert(0, str(E2E))

_spec = importlib.util.spec_from_file_location("e2e_fixtures", E2E / "conftest.py")
_e2e = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_e2e)
people, certificates, house = _e2e.people, _e2e.certificates, _e2e.house
_shared_prosody = _e2e._shared_prosody
pytest_runtest_makereport = _e2e.pytest_runtest_makereport

SHARE = float(os.environ.get("FAULTS", "0"))
_rows = []


def size(few, full):
    return max(few, round(SHARE * full))


class Row:
    """What the table says of one test."""

    def __init__(self):
        self.fault = ""
        self.wanted = ""
        self.seen = ""
        self.is_kept = False

    def want(self, fault, wanted):
        self.fault, self.wanted = fault, wanted

    def saw(self, seen):
        self.seen, self.is_kept = seen, True


@pytest.fixture
def row(request):
    made = Row()
    made.fault = request.node.name
    _rows.append(made)
    return made


def pytest_terminal_summary(terminalreporter):
    if not _rows or SHARE == 0:
        return
    terminalreporter.section("fault table")
    for made in _rows:
        verdict = "kept  " if made.is_kept else "BROKEN"
        terminalreporter.write_line(f"{verdict} {made.fault}")
        terminalreporter.write_line(f"       wanted: {made.wanted}")
        terminalreporter.write_line(f"       seen:   {made.seen or 'see the failure above'}")
