"""A small chaos, as `make chaos` does it for hours: everything is killed and cut while tasks stream.
tests/chaos/chaos.py says what that proves."""

import pathlib
import sys
from types import SimpleNamespace

import pytest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "chaos"))

import lane  # noqa: E402 (found by the line above)
from checker import check  # noqa: E402
from stream import Plan, Task  # noqa: E402

HURTS = 20
SEED = "1"


@pytest.mark.timeout(300)  # half a minute on an idle machine
def test_a_round_of_everything(tmp_path, people):
    result = lane.run_lane(tmp_path / "house", people, "mixed", HURTS, SEED)
    assert not result.broken, "\n".join([f"seed {SEED}", *result.broken])
    assert (result.lost, result.doubled, result.unknown) == (0, 0, 0)
    assert sum(result.kills.values()) == HURTS and result.tasks > HURTS


# ---- the checker sees what is wrong -----------------------------------------------------------------

SOUND = {"state": "succeeded", "exit_code": 0, "effects": 1, "told": ["#1 web1: succeeded (exit 0)"],
         "rows": 1, "is_killed": False, "output": "said-x-1", "contradiction": None}


@pytest.mark.parametrize("what, change, broken", [
    ("sound", {}, None),
    ("failed as it should", {"state": "failed", "exit_code": 3, "told": ["#1 web1: failed (exit 3)"]},
     None),
    ("two effects", {"effects": 2}, "2 effects"),
    ("two runs", {"rows": 2}, "2 runs"),
    ("no effect", {"effects": 0}, "no effect"),
    ("no run", {"rows": 0}, "no run, though it was taken"),
    ("not ended", {"state": "running"}, "no outcome"),
    ("unknown", {"state": "unknown", "exit_code": None, "told": ["#1 web1: unknown (lost)"]}, "unknown"),
    ("unknown, its shim was killed", {"state": "unknown", "exit_code": None, "effects": 0,
                                      "told": ["#1 web1: unknown (lost)"], "is_killed": True}, None),
    ("a killed shim's task ran twice", {"state": "unknown", "exit_code": None, "effects": 2,
                                        "told": ["#1 web1: unknown (lost)"], "is_killed": True},
     "2 effects"),
    ("expired, but it ran", {"state": "expired", "exit_code": None, "told": ["#1 web1: expired"]},
     "it has an effect"),
    ("not told", {"told": []}, "was not told"),
    ("told twice", {"told": ["#1 web1: succeeded (exit 0)", "#1 web1: succeeded (exit 0) "]}, "2 times"),
    ("told something else", {"told": ["#1 web1: failed (exit 1)"]}, "heard"),
    ("told of another run", {"told": ["#2 web1: succeeded (exit 0)"]}, "the row is #1"),
    ("another exit code", {"exit_code": 1}, "exit code 1"),
    ("no output", {"output": ""}, "output"),
    ("contradicted", {"contradiction": "failed"}, "contradicted"),
])
def test_the_checker(tmp_path, what, change, broken):
    facts = {**SOUND, **change}
    task = Task("x-1", "web1", "xmpp", "", 3 if facts["state"] == "failed" else 0)
    task.numbers = {1}
    for number, text in enumerate(facts["told"]):
        task.hear(f"stanza{number}", text, 1.0)
    row = {"id": "R", "number": 1, "task": "echo x-1 >> effects", "reason": None,
           **{name: facts[name] for name in ("state", "exit_code", "output", "contradiction")}}
    effects = tmp_path / "effects"
    effects.write_text("x-1\n" * facts["effects"])
    verdict = check(SimpleNamespace(tasks=[task], prefix="x"), [row] * facts["rows"], effects,
                    {"R"} if facts["is_killed"] else ())
    assert bool(verdict.broken) == bool(broken), f"{what}: {verdict.broken}"
    assert not broken or any(broken in line for line in verdict.broken), verdict.broken


def test_the_checker_sees_an_effect_that_nobody_asked_for(tmp_path):
    effects = tmp_path / "effects"
    effects.write_text("x-7\n")
    verdict = check(SimpleNamespace(tasks=[], prefix="x"), [], effects)
    assert verdict.doubled == 1 and "an effect of no task" in verdict.broken[0]


SUCCEEDED = "#1 web1: succeeded (exit 0, 0.1 s)"


@pytest.mark.parametrize("what, states, effects, summary, broken", [
    ("both", ("succeeded", "succeeded"), "x-1\nx-2\n",
     f"{SUCCEEDED}\n#2 web2: succeeded (exit 0, 0.1 s)\np1: 2 succeeded; 0.3 s", None),
    ("the first fails", ("failed",), "x-1\n",
     "#1 web1: failed (exit 3, 0.1 s)\nweb2 | echo x-2: not run\np1: stopped: 1 failed, 1 not run; 0.1 s", None),
    ("the first fails, the second has an effect", ("failed",), "x-1\nx-2\n",
     "#1 web1: failed (exit 3, 0.1 s)\nweb2 | echo x-2: not run\np1: stopped: 1 failed, 1 not run; 0.1 s",
     "not run, but it has an effect"),
    ("the first fails, the second is a run", ("failed", "succeeded"), "x-1\nx-2\n",
     "#1 web1: failed (exit 3, 0.1 s)\n#2 web2: succeeded (exit 0, 0.1 s)\np1: 1 succeeded, 1 failed; 0.1 s",
     "begun, though the step before it is failed"),
    ("the second is missing", ("succeeded",), "x-1\n",
     f"{SUCCEEDED}\nweb2 | echo x-2: not run\np1: stopped: 1 succeeded, 1 not run; 0.1 s", "no run"),
    ("told something else", ("succeeded", "succeeded"), "x-1\nx-2\n",
     f"{SUCCEEDED}\n#2 web2: failed (exit 1, 0.1 s)\np1: stopped: 1 succeeded, 1 failed; 0.3 s", "heard"),
    ("its end is not told", ("succeeded", "succeeded"), "x-1\nx-2\n",
     "p1: step 1 of 2\n#1 web1: queued", "was not told"),
])
def test_the_checker_of_plans(tmp_path, what, states, effects, summary, broken):
    first = Task("x-1", "web1", "xmpp", "", 3 if states[0] == "failed" else 0)
    second = Task("x-2", "web2", "xmpp", "", 0, first)
    plan = Plan(first, second)
    plan.hear("stanza1", "p1: step 1 of 2\n#1 web1: queued", 1.0)
    plan.hear("stanza2", summary, 2.0)
    rows = [{"id": f"R{number}", "number": number, "task": f"echo x-{number} >> effects", "reason": None,
             "state": state, "exit_code": (first, second)[number - 1].exit_code,
             "output": f"said-x-{number}", "contradiction": None}
            for number, state in enumerate(states, 1)]
    file = tmp_path / "effects"
    file.write_text(effects)
    verdict = check(SimpleNamespace(tasks=[first, second], prefix="x"), rows, file)
    assert bool(verdict.broken) == bool(broken), f"{what}: {verdict.broken}"
    assert not broken or any(broken in line for line in verdict.broken), verdict.broken
