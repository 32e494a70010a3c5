"""The real agent2 with an agent1 that a test plays (scene.py): repeats, kills, and what survives."""

import os
import shutil
import time

import pytest

from fakes import of
from scene import NAME, Scene
from wait import wait_for


def test_a_repeated_task_starts_once(scene):
    scene.start()
    gate = scene.house.folder / "go"
    task = scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done"))
    for _ in range(20):
        scene.repeat(task)
    scene.accepted(task)
    scene.wait_marks()
    scene.repeat(task)
    scene.accepted(task)
    gate.touch()
    result = scene.agent1.result(task)
    assert result["state"] == "succeeded"
    scene.repeat(task)
    again = scene.agent1.result(task)
    assert (again["id"], again["state"], again["finished"]) == (
        result["id"], "succeeded", result["finished"])
    scene.agent.restart()
    scene.agent1.wait_registered(NAME)
    scene.repeat(task)
    assert scene.agent1.result(task)["id"] == result["id"]
    assert scene.count() == 1


def test_a_result_is_sent_until_it_is_acknowledged(scene):
    scene.start()
    scene.agent1.is_answering = False
    task = scene.task("echo once")
    first = scene.agent1.result(task)
    second = scene.agent1.result(task)
    assert first["id"] == second["id"] and second["output"] == "once\n"
    scene.agent.kill()
    scene.agent.start()
    assert scene.agent1.wait_registered(NAME)["unacked"] == [{"run": task["run"], "attempt": 1}]
    assert scene.agent1.result(task)["id"] == first["id"]
    scene.agent1.ack(NAME, first, run=task["run"], attempt=1, state="done")
    wait_for(lambda: (scene.folder(task) / "done").exists(), what="the mark `done`")
    query = scene.control("query")
    assert scene.answer(query)["data"]["runs"] == []


@pytest.mark.parametrize("code", [0, 7])
def test_a_kill_of_agent2_leaves_its_tasks_running(scene, code):
    scene.start()
    gate = scene.house.folder / "go"
    task = scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done; exit {code}"))
    scene.wait_marks()
    scene.agent.kill()
    scene.agent.start()
    scene.agent1.wait_registered(NAME)
    scene.repeat(task)
    scene.accepted(task)
    gate.touch()
    result = scene.agent1.result(task)
    assert (result["state"], result["exit_code"]) == ("succeeded" if code == 0 else "failed", code)
    assert scene.count() == 1


def test_a_task_that_ends_while_agent2_is_dead_is_reported(scene):
    scene.start()
    gate = scene.house.folder / "go"
    task = scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done; echo late; exit 4"))
    scene.wait_marks()
    scene.agent.kill()
    gate.touch()
    wait_for(lambda: (scene.folder(task) / "exit").exists(), what="the exit record")
    scene.agent.start()
    result = scene.agent1.result(task)
    assert (result["state"], result["exit_code"], result["output"]) == ("failed", 4, "late\n")


def test_tasks_in_the_queue_survive_a_kill(house):
    scene = Scene(house, max_parallel=1).start()
    gate = house.folder / "go"
    tasks = [scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done")) for _ in range(5)]
    scene.all_accepted(tasks)
    scene.wait_marks()
    scene.agent.kill()
    scene.agent.start()
    gate.touch()
    for task in tasks:
        assert scene.agent1.result(task)["state"] == "succeeded"  # in the order they came
    assert scene.count() == 5


def test_kills_at_random_moments(house):
    """Every task runs once and has its outcome, whenever agent2 is killed."""
    import random
    scene = Scene(house, max_parallel=8).start()
    rng = random.Random(7)
    marks = house.folder / "ids"
    tasks = []
    for _ in range(12):
        for _ in range(5):
            task = scene.task(None, skill="shell", args={"text": f"echo {len(tasks)} >> {marks}"})
            tasks.append(task)
        time.sleep(rng.random() * 0.05)  # a random moment, not a wait
        scene.agent.kill()
        scene.agent.start()
        scene.agent1.wait_registered(NAME)
        for task in tasks:
            if not scene.agent1.heard.all(of("result", run=task["run"])):
                scene.repeat(task)
    for task in tasks:
        assert scene.ever("result", 60, run=task["run"])["state"] == "succeeded"
    assert sorted(map(int, marks.read_text().split())) == list(range(len(tasks)))


def test_a_lost_shim_is_unknown_and_never_run_again(scene):
    scene.start()
    task = scene.task(scene.mark("sleep 60"))
    scene.wait_marks()
    claim = (scene.folder(task) / "claim").read_text()
    shim = int(next(line for line in claim.splitlines() if line.startswith("shim:")).split()[1])
    os.kill(shim, 9)
    result = scene.agent1.result(task)
    assert result["state"] == "unknown" and "shim was lost" in result["reason"]
    scene.repeat(task)
    assert scene.agent1.result(task)["state"] == "unknown"
    assert scene.count() == 1


@pytest.mark.parametrize("kind", ["the claim is a folder", "the run folder is a file"])
def test_a_folder_that_cannot_be_read_counts_as_unknown(scene, kind):
    """It is told of, nothing is started again for it, and no other folder is lost."""
    scene.start()
    ended = scene.task("echo kept; exit 3")
    scene.accepted(ended)
    scene.agent1.result(ended)
    broken = scene.task(scene.mark())
    scene.accepted(broken)
    scene.agent1.result(broken)
    scene.agent.stop()
    folder = scene.folder(broken)
    if kind == "the claim is a folder":
        (folder / "claim").unlink()
        (folder / "claim").mkdir()
    else:
        shutil.rmtree(folder)
        folder.write_text("not a folder")
    scene.agent.start()
    scene.agent1.wait_registered(NAME)
    error = scene.ever("error", run=broken["run"])
    assert error["severity"] == "high" and "cannot be read" in error["text"]
    scene.repeat(broken)
    result = scene.ever("result", run=broken["run"], state="unknown")
    assert "cannot be read" in result["reason"]
    scene.repeat(ended)
    assert scene.agent1.result(ended)["exit_code"] == 3
    # Neither agent1's word for it nor the next start does any harm.
    scene.agent1.ack(NAME, result, run=broken["run"], attempt=1, state="done")
    assert scene.run("true")["state"] == "succeeded"
    scene.agent.restart()
    scene.agent1.wait_registered(NAME)
    assert scene.run("true")["state"] == "succeeded"
    assert scene.count() == 1 and folder.exists()


def test_sigterm_says_offline_and_leaves_tasks_running(scene):
    scene.start()
    gate = scene.house.folder / "go"
    task = scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done"))
    scene.wait_marks()
    online = scene.status("online")
    scene.agent.stop()
    offline = scene.status("offline")
    assert offline["session"] == online["session"] and offline["seq"] < 2**53 - 1
    scene.agent.start()
    gate.touch()
    assert scene.agent1.result(task)["state"] == "succeeded"


def test_a_kill_publishes_the_last_will_of_that_session(scene):
    scene.start()
    online = scene.status("online")
    scene.agent.kill()
    will = scene.status("offline")
    assert (will["session"], will["seq"]) == (online["session"], 2**53 - 1)
    scene.agent.start()
    assert scene.agent1.wait_registered(NAME)["session"] > online["session"]


def test_the_journal_and_the_key_survive(scene):
    scene.start()
    first = scene.registration
    scene.agent.restart()
    second = scene.agent1.wait_registered(NAME)
    assert (second["journal"], second.sender) == (first["journal"], first.sender)
    assert second["session"] > first["session"]


def test_a_stale_session_begins_a_new_journal(scene):
    scene.agent1.is_answering = False
    scene.agent.start()
    register = scene.agent1.wait_registered(NAME)
    scene.agent1.agents[NAME] = register
    scene.agent1.ack(NAME, register, state="rejected", rule="stale_session", reason="restored")
    again = scene.agent1.heard.wait_for(
        lambda r: r["type"] == "register" and r["journal"] != register["journal"])
    scene.agent1.ack(NAME, again, state="done")
    assert scene.ever("error")["severity"] == "high"


def test_an_agent_that_is_not_accepted_waits(scene):
    scene.agent1.is_answering = False
    scene.agent.start()
    register = scene.agent1.wait_registered(NAME)
    scene.agent1.agents[NAME] = register
    scene.agent1.ack(NAME, register, state="rejected", rule="not_accepted", reason="waits for !accept")
    log = scene.house.logs / f"{NAME}.log"
    wait_for(lambda: "waits for !accept" in log.read_text(), what="the log line")


def test_damaged_counters_are_set_aside(scene):
    scene.start()
    journal = scene.registration["journal"]
    scene.agent.stop()
    (scene.agent.state / "counters").write_text('{"format": 1, "journal": ')
    scene.agent.start()
    assert scene.agent1.wait_registered(NAME)["journal"] != journal
    assert list(scene.agent.state.glob("counters.damaged-*"))


def test_two_agents_do_not_share_a_state_folder(scene):
    scene.start()
    second = scene.agent.run(seconds=10)
    assert second.returncode == 1 and "another agent2" in second.stderr
