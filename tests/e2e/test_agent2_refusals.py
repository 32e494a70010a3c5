"""The real agent2 with an agent1 that a test plays (scene.py): what it refuses, by which rule."""

import time

import pytest

from scene import ALWAYS, NAME, Scene, done, nothing_happened, policy
from wait import wait_for
from wire import timestamp, ulid


def test_an_expired_task_is_refused(scene):
    scene.start()
    task = scene.task(scene.mark(), expires=timestamp(time.time() - 1))
    assert "after its expiry" in scene.rejected(task, "expired")["reason"]
    scene.repeat(task)
    scene.rejected(task, "expired")
    assert (scene.folder(task) / "claim").read_text().count("expired")
    assert scene.count() == 0


def test_a_task_for_another_journal_is_refused_and_not_kept(scene):
    scene.start()
    task = scene.task(scene.mark(), journal=ulid())
    refusal = scene.rejected(task, "policy")
    assert f"meant for journal {task['journal']}" in refusal["reason"]
    assert not scene.folder(task).exists()
    assert scene.count() == 0


def test_a_task_of_a_lower_epoch_is_refused_and_alarmed(scene):
    scene.start()
    scene.run("true")
    task = scene.task(scene.mark(), epoch=scene.agent1.epoch - 1)
    assert "epoch" in scene.rejected(task, "policy")["reason"]
    alarm = scene.ever("error")
    assert alarm["run"] == task["run"] and "epoch" in alarm["text"]
    assert not scene.folder(task).exists()


def test_a_lower_attempt_is_refused(scene):
    scene.start()
    task = scene.task(scene.mark(), attempt=3)
    scene.agent1.result(task)
    lower = scene.task(scene.mark(), run=task["run"], attempt=2)
    assert "attempt 3 is known" in scene.rejected(lower, "policy")["reason"]
    assert scene.count() == 1


def test_a_paused_agent_refuses_until_it_is_resumed(scene):
    scene.start()
    done(scene, scene.control("pause"))
    assert scene.ever("status", state="paused")["queued"] == 0
    scene.rejected(scene.task(scene.mark()), "paused")
    scene.agent.kill()
    scene.agent.start()  # the pause survives
    scene.agent1.wait_registered(NAME)
    scene.rejected(scene.task(scene.mark()), "paused")
    done(scene, scene.control("resume"))
    nothing_happened(scene)


def test_a_pause_lets_running_tasks_end_and_holds_those_that_wait(house):
    scene = Scene(house, max_parallel=1).start()
    first = scene.task(scene.mark(f"until [ -e {house.folder}/go ]; do sleep 0.05; done"))
    scene.wait_marks(1)
    second = scene.task(scene.mark())
    scene.accepted(second)
    done(scene, scene.control("pause"))
    (house.folder / "go").touch()
    assert scene.agent1.result(first)["state"] == "succeeded"
    query = scene.control("query", run=second["run"], attempt=1, expires=second["expires"])
    assert scene.answer(query)["data"]["runs"][0]["state"] == "accepted"
    assert scene.count() == 1
    done(scene, scene.control("resume"))
    assert scene.agent1.result(second)["state"] == "succeeded"
    assert scene.count() == 2


def test_controls_take_effect_in_the_order_of_their_numbers(scene):
    scene.start()
    pause = scene.control("pause", seq=10)
    done(scene, pause)
    scene.ever("status", state="paused")
    scene.control("resume", seq=9)  # late: ignored, and not answered
    key = scene.registration.sender
    scene.agent1.send(f"agents/{NAME}/control", key, pause)  # a repeat: answered again
    done(scene, pause)
    scene.rejected(scene.task(scene.mark()), "paused")


@pytest.mark.parametrize("rule, changes", [
    ("blackout", {"blackouts": [ALWAYS]}),
    ("paused", {"paused": True}),
])
def test_a_policy_closes_the_gate(scene, rule, changes):
    scene.start()
    done(scene, scene.control("policy", policy=policy(**changes)))
    refusal = scene.rejected(scene.task(scene.mark()), rule)
    scene.agent.restart()  # the policy is durable
    scene.agent1.wait_registered(NAME)
    assert scene.rejected(scene.task(scene.mark()), rule)["reason"] == refusal["reason"]
    done(scene, scene.control("policy", policy=policy()))
    nothing_happened(scene)


def hours_elsewhere():
    """Work hours of this week's other days only."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    today = time.gmtime().tm_wday
    return {"start": "08:00", "end": "09:00", "days": [days[(today + 3) % 7]], "enabled": True}


def test_work_hours_of_the_policy_close_the_gate(scene):
    scene.start()
    done(scene, scene.control("policy", policy=policy(work_hours=hours_elsewhere())))
    assert "08:00-09:00" in scene.rejected(scene.task(scene.mark()), "work_hours")["reason"]


def test_work_hours_of_its_own_file_close_the_gate(house):
    scene = Scene(house, work_hours={**hours_elsewhere(), "timezone": "UTC"}).start()
    assert "own work hours" in scene.rejected(scene.task(scene.mark()), "work_hours")["reason"]
    assert scene.registration["work_hours"]["timezone"] == "UTC"


def test_a_policy_that_cannot_be_followed_is_answered(scene):
    scene.start()
    control = scene.control("policy", policy=policy(timezone="Mars/Olympus"))
    assert "Mars/Olympus" in scene.ack(control, "rejected")["reason"]
    nothing_happened(scene)


def test_a_full_queue_refuses(house):
    scene = Scene(house, max_parallel=1, queue=2).start()
    gate = house.folder / "go"
    running = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.accepted(running)
    waiting = [scene.task(scene.mark()) for _ in range(2)]
    scene.all_accepted(waiting)
    refused = scene.task(scene.mark())
    scene.rejected(refused, "queue_full")
    gate.touch()
    for task in waiting:
        assert scene.agent1.result(task)["state"] == "succeeded"
    assert scene.count() == 2
    scene.repeat(refused)
    scene.rejected(refused, "queue_full")  # a refusal stands, though there is room now


def test_a_dry_run_starts_nothing(scene):
    scene.start()
    task = scene.task(scene.mark(), dry_run=True)
    assert "would start: /bin/sh -c" in scene.rejected(task, "policy")["reason"]
    assert not scene.folder(task).exists() and scene.count() == 0


# ---- a full disk ---------------------------------------------------------------------------------------

@pytest.fixture
def small(house):
    """A Scene whose state folder is a file system of 4 MiB; `fill` and `free` make it full and not."""
    import subprocess
    scene = Scene(house, tasks={"max_output": "1MiB"})
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs",
                              str(scene.agent.state)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here (needs root)")
    yield scene
    house.close()
    subprocess.run(["umount", "-l", str(scene.agent.state)], check=False)


def fill(scene):
    """Takes the last page of the file system."""
    with open(scene.agent.state / "filler", "ab", buffering=0) as filler:
        for size in (65536, 4096, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                pass


def test_a_full_disk_refuses_and_heals(small):
    small.start()
    gate = small.house.folder / "go"
    running = small.task(small.mark(f"until [ -e {gate} ]; do sleep 0.05; done; echo late"))
    small.wait_marks()
    fill(small)
    refused = small.task(small.mark())
    assert small.rejected(refused, "policy")["reason"] == "agent's disk is full"
    small.repeat(refused)
    small.rejected(refused, "policy")
    gate.touch()  # what runs is finished and reported
    assert small.agent1.result(running)["state"] == "succeeded"
    small.agent.kill()  # a restart is heard, too
    small.agent.start()
    small.agent1.wait_registered(NAME)
    small.rejected(small.task(small.mark()), "policy")
    (small.agent.state / "filler").unlink()
    wait_for(lambda: small.task("true") and small.ever("result", 1, state="succeeded"),
             what="a task that is taken again")
    assert small.count() == 1
