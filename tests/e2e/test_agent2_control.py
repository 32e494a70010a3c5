"""The real agent2 with an agent1 that a test plays (scene.py): cancel, query, fetch."""

import time

from scene import NAME, Scene, done, frames
from wire import timestamp


def cancel(scene, task):
    return scene.control("cancel", run=task["run"], attempt=task["attempt"], expires=task["expires"])


def test_a_running_task_is_cancelled(scene):
    scene.start()
    task = scene.task(scene.mark("sleep 60"))
    scene.wait_marks()
    answer = done(scene, cancel(scene, task))
    assert (answer["run"], answer["attempt"]) == (task["run"], 1)
    result = scene.agent1.result(task)
    assert result["state"] == "cancelled"
    done(scene, cancel(scene, task))
    assert scene.agent1.result(task)["state"] == "cancelled"


def test_a_waiting_task_is_cancelled_and_never_starts(house):
    scene = Scene(house, max_parallel=1).start()
    gate = house.folder / "go"
    first = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.accepted(first)
    second = scene.task(scene.mark())
    scene.accepted(second)
    done(scene, cancel(scene, second))
    assert scene.agent1.result(second)["state"] == "cancelled"
    gate.touch()
    scene.agent1.result(first)
    scene.repeat(second)
    assert scene.agent1.result(second)["state"] == "cancelled"
    assert scene.count() == 0


def test_a_cancel_before_its_task_keeps_it_from_starting(scene):
    scene.start()
    task, topic, key = frames(scene)
    done(scene, cancel(scene, task))
    assert scene.agent1.result(task)["state"] == "cancelled"
    scene.agent1.send(topic, key, task)
    assert scene.agent1.result(task)["state"] == "cancelled"
    scene.agent.restart()
    scene.agent1.wait_registered(NAME)
    scene.agent1.send(topic, key, task)
    assert scene.agent1.result(task)["state"] == "cancelled"
    assert scene.count() == 0


def test_a_cancel_after_the_end_tells_the_real_outcome(scene):
    scene.start()
    task = scene.task("true")
    assert scene.agent1.result(task)["state"] == "succeeded"
    done(scene, cancel(scene, task))
    assert scene.agent1.result(task)["state"] == "succeeded"


def state_of(scene, task):
    query = scene.control("query", run=task["run"], attempt=task["attempt"], expires=task["expires"])
    [run] = scene.answer(query)["data"]["runs"]
    assert (run["run"], run["attempt"]) == (task["run"], task["attempt"])
    return run["state"]


def test_query_tells_what_is_known(scene):
    scene.start()
    gate = scene.house.folder / "go"
    task = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.agent1.wait_for("progress", run=task["run"])
    assert state_of(scene, task) == "running"
    everything = scene.answer(scene.control("query"))
    assert everything["ok"] is True
    assert everything["data"]["runs"] == [{"run": task["run"], "attempt": 1, "state": "running"}]
    gate.touch()
    scene.agent1.result(task)
    assert state_of(scene, task) == "succeeded"
    never_sent, _, _ = frames(scene)
    assert state_of(scene, never_sent) == "not_known"


def test_query_past_its_expiry_decides_it(scene):
    scene.start()
    task, topic, key = frames(scene, expires=timestamp(time.time() - 1))
    assert state_of(scene, task) == "expired"
    assert scene.folder(task).exists()
    scene.agent1.send(topic, key, task)
    assert scene.agent1.heard.wait_for(lambda r: r.get("run") == task["run"]
                                       and r["type"] in ("result", "ack")).get("state") in (
        "expired", "rejected")
    assert scene.count() == 0


def test_fetch_brings_the_whole_output(scene):
    import base64
    scene.start()
    task = scene.task("seq 1 40000")
    scene.agent1.result(task)
    expected = "".join(f"{n}\n" for n in range(1, 40001)).encode()
    fetched = b""
    while True:
        fetch = scene.control("fetch", run=task["run"], attempt=1, offset=len(fetched))
        part = scene.agent1.wait_for("output", in_reply_to=fetch["id"])
        assert part["offset"] == len(fetched)
        fetched += base64.b64decode(part["data"])
        if part["eof"]:
            break
    assert fetched == expected


def test_what_is_not_offered_is_said(scene):
    scene.start()
    answer = scene.answer(scene.control("upgrade"))
    assert (answer["ok"], answer["text"]) == (False, "not offered by this version")
