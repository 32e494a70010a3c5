"""The real agent2 against a real broker, with an agent1 that a test plays (scene.py)."""

import json
import os
import time

import pytest

from scene import ALWAYS, NAME, Scene, done, policy
from wait import wait_for
from wire import timestamp


def test_registers_and_shows_its_status(scene):
    scene.start()
    register = scene.registration
    assert register["version"] and register["host"] and register["boot_id"]
    assert [skill["name"] for skill in register["skills"]] == ["shell"]
    assert register["skills"][0]["risk"] == "guarded"
    assert register["unacked"] == []
    status = scene.status("online")
    assert (status["name"], status["session"]) == (NAME, register["session"])
    assert (status["running"], status["queued"]) == (0, 0)
    assert status["journal"] == register["journal"]


def test_a_task_is_accepted_run_and_reported(scene):
    scene.start()
    task = scene.task("printf 'hello\\n'; printf 'oops\\n' >&2; exit 3")
    accepted = scene.accepted(task)
    assert (accepted["run"], accepted["attempt"]) == (task["run"], 1)
    result = scene.agent1.result(task)
    assert (result["state"], result["exit_code"]) == ("failed", 3)
    assert result["output"] == "hello\noops\n"
    assert (result["output_bytes"], result["truncated"]) == (11, False)
    assert result["duration_ms"] >= 0 and result["rusage"]["max_rss_kib"] > 0
    assert result["started"] <= result["finished"]


@pytest.mark.parametrize("text", ["-x", "--version", "-c id", "--"])
def test_a_task_that_begins_with_a_hyphen_is_no_option(scene, text):
    scene.start()
    result = scene.run(text)
    assert (result["state"], result["exit_code"]) == ("failed", 127)
    assert f"{text.split()[0]}: not found" in result["output"]


def test_progress_tells_the_last_lines(scene):
    scene.start()
    task = scene.task(f"echo first; echo second; until [ -e {scene.house.folder}/go ]; do sleep 0.05; done")
    progress = scene.agent1.wait_for("progress", run=task["run"])
    assert (progress["tail"], progress["bytes"]) == ("first\nsecond", 13)
    assert progress["elapsed_ms"] >= 0
    assert scene.agent1.wait_for("progress", run=task["run"])["seq"] > progress["seq"]
    scene.ever("status", running=1)
    (scene.house.folder / "go").touch()
    assert scene.agent1.result(task)["state"] == "succeeded"


def test_tasks_run_as_another_user(house):
    if os.geteuid() != 0:
        pytest.skip("only root can run tasks as another user")
    scene = Scene(house, run_as="nobody", tasks={"folder": "/"}).start()
    assert scene.run("id -un; pwd; echo $HOME:$USER")["output"].splitlines()[:2] == ["nobody", "/"]


# ---- time --------------------------------------------------------------------------------------------

def test_a_task_expires_in_the_queue(house):
    scene = Scene(house, max_parallel=1).start()
    gate = house.folder / "go"
    first = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.accepted(first)
    second = scene.task(scene.mark(), expires=timestamp(time.time() + 1.5))
    scene.accepted(second)
    assert scene.agent1.result(second)["state"] == "expired"
    gate.touch()
    scene.agent1.result(first)
    assert scene.count() == 0


def test_a_window_that_closes_defers_what_waits(house):
    scene = Scene(house, max_parallel=1).start()
    gate = house.folder / "go"
    first = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.accepted(first)
    second = scene.task(scene.mark())
    scene.accepted(second)
    done(scene, scene.control("policy", policy=policy(blackouts=[ALWAYS])))
    result = scene.ever("result", run=second["run"])
    assert (result["state"], result["rule"]) == ("deferred", "blackout")
    gate.touch()
    assert scene.agent1.result(first)["state"] == "succeeded"  # what runs goes on
    done(scene, scene.control("policy", policy=policy()))
    third = scene.task(scene.mark(), run=second["run"], attempt=2)
    assert scene.agent1.result(third)["state"] == "succeeded"
    assert scene.count() == 1


def test_the_end_of_agent1s_window_defers(house):
    scene = Scene(house, max_parallel=1).start()
    gate = house.folder / "go"
    first = scene.task(f"until [ -e {gate} ]; do sleep 0.05; done")
    scene.accepted(first)
    second = scene.task(scene.mark(), window_end=timestamp(time.time() + 1.5))
    scene.accepted(second)
    assert scene.agent1.result(second)["state"] == "deferred"
    gate.touch()
    scene.agent1.result(first)
    assert scene.count() == 0


def test_a_task_is_timed_out(scene):
    scene.start()
    result = scene.run("trap '' TERM; echo before; sleep 60", timeout_s=1)
    assert (result["state"], result["output"]) == ("timed_out", "before\n")


def test_expiry_is_judged_by_agent1s_clock(scene, monkeypatch):
    """agent1's clock is five minutes ahead of the agent's."""
    import fakes
    import wire
    ahead = 300
    real = wire.timestamp
    monkeypatch.setattr(fakes, "timestamp", lambda now=None: real((now or time.time()) + ahead))
    monkeypatch.setattr(wire, "timestamp", lambda now=None: real((now or time.time()) + ahead))
    scene.start()
    offset = scene.agent1.heard.wait_for(
        lambda r: r["type"] == "status" and r.get("clock_offset_ms"))["clock_offset_ms"]
    assert abs(offset - ahead * 1000) < 10000
    expired = scene.task(scene.mark(), expires=real(time.time() + ahead - 1))
    scene.rejected(expired, "expired")
    assert scene.run(scene.mark(), expires=real(time.time() + ahead + 60))["state"] == "succeeded"


# ---- output ------------------------------------------------------------------------------------------

def test_a_hundred_megabytes_are_cut(scene):
    scene.start()
    result = scene.run("echo the first line; yes 0123456789abcdef | head -c 104857600; echo the last line")
    assert (result["state"], result["truncated"]) == ("succeeded", True)
    assert result["output_bytes"] == 104857600 + len("the first line\nthe last line\n")
    assert result["output"].startswith("the first line\n")
    assert result["output"].endswith("the last line\n")
    assert " MiB left out …\n" in result["output"]
    assert 60000 < len(json.dumps(result["output"])) < 70000


def test_binary_output_becomes_harmless_text(scene):
    scene.start()
    result = scene.run(r"printf 'a\033[31mred\000\377\342\200\256b\r\n'")
    assert result["output"] == "a<U+001B>[31mred<U+0000>\ufffd<U+202E>b\n"
    assert result["output_bytes"] == 17
    assert scene.run("head -c 300000 /dev/urandom")["truncated"] is True


def test_endless_output_ends_with_the_time_limit(scene):
    scene.start()
    result = scene.run("yes", timeout_s=1)
    assert (result["state"], result["truncated"]) == ("timed_out", True)
    kept = sum(path.stat().st_size for path in scene.agent.state.rglob("*") if path.is_file())
    assert kept < 20 * 1024 * 1024


def test_a_program_that_is_not_there(house):
    folder = house.folder / "skills"
    folder.mkdir()
    pack = {"format": 1, "pack": "no", "skills": [
        {"name": "no.such", "description": "x", "risk": "read", "argv": ["/nonexistent/program"]}]}
    (folder / "no.json").write_text(json.dumps(pack))
    scene = Scene(house, skills_dir=str(folder)).start()
    result = scene.run("no.such")
    assert result["state"] == "failed" and "No such file" in result["reason"]


# ---- the broker --------------------------------------------------------------------------------------

def test_a_broker_that_dies_loses_nothing(house):
    scene = Scene(house).start()
    gate = house.folder / "go"
    task = scene.task(scene.mark(f"until [ -e {gate} ]; do sleep 0.05; done"))
    scene.accepted(task)
    house.broker.kill()
    gate.touch()
    wait_for(lambda: (scene.folder(task) / "exit").exists(), what="the exit record")
    house.broker.start()
    assert scene.agent1.wait_for("result", 60, run=task["run"])["state"] == "succeeded"
    assert scene.count() == 1


def test_over_tls(house, certificates):
    house.use_broker(certificates=certificates)
    scene = Scene(house).start()
    assert scene.agent.config["mqtt"]["url"].startswith("mqtts://")
    assert scene.run("true")["state"] == "succeeded"


def test_it_tries_the_acl_once(scene):
    probes = scene.house.observer
    scene.start()
    scene.run("true")
    assert len(probes.heard.all(lambda p: p.topic == "agents/acl-probe/inbox")) <= 1
