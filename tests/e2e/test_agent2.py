"""The real agent2 against a real broker, with an agent1 that a test plays (fakes.py)."""

import json
import os
import time

import pytest

from fakes import FakeAgent1, of
from wait import wait_for
from wire import Peer, message, timestamp, ulid

NAME = "web1"


class Scene:
    """A broker, the fake agent1, and one agent2 whose tasks leave their marks in a file."""

    def __init__(self, house, **config):
        self.house = house
        self.agent1 = house.add(FakeAgent1(house.broker))
        config.setdefault("orchestrator_key", self.agent1.key)
        self.agent = house.agent(NAME, is_accepted=False, **config)
        self.marks = house.folder / "marks"

    def start(self):
        self.agent.start()
        self.registration = self.agent1.wait_registered(NAME)
        return self

    # ---- what a test asks for ----
    def mark(self, then="true"):
        """A task's text that appends a line to the file of marks; what it does then."""
        return f"echo started >> {self.marks}; {then}"

    def task(self, text, **changes):
        return self.agent1.task(NAME, text, **changes)

    def repeat(self, task):
        self.agent1.repeat(NAME, task)

    def run(self, text, **changes):
        """Sends a task, waits for its ack and its result; the result."""
        task = self.task(text, **changes)
        self.accepted(task)
        return self.agent1.result(task)

    def control(self, action, **fields):
        return self.agent1.control(NAME, action, **fields)

    # ---- what a test waits for ----
    def ack(self, obj, state, seconds=15):
        return self.agent1.wait_for("ack", seconds, in_reply_to=obj["id"], state=state)

    def accepted(self, task):
        return self.ack(task, "accepted")

    def rejected(self, task, rule):
        answer = self.ack(task, "rejected")
        assert answer["rule"] == rule, answer
        return answer

    def answer(self, obj):
        return self.agent1.wait_for("answer", in_reply_to=obj["id"])

    def status(self, state):
        return self.agent1.wait_for("status", state=state)

    def ever(self, kind, seconds=15, **fields):
        """The last of these that was ever heard: for what comes in no certain order."""
        matches = of(kind, **fields)
        return wait_for(lambda: self.agent1.heard.all(matches), seconds, f"{kind} {fields}")[-1]

    def count(self):
        """How often a task that marks was started."""
        return len(self.marks.read_text().splitlines()) if self.marks.exists() else 0

    def wait_marks(self, number=1):
        wait_for(lambda: self.count() >= number, what=lambda: f"{self.count()} of {number} marks")

    def folder(self, task):
        return self.agent.state / "runs" / f"{task['run']}.{task['attempt']}"


@pytest.fixture
def scene(house):
    return Scene(house)


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


# ---- skills ------------------------------------------------------------------------------------------

PACK = {
    "format": 1,
    "pack": "try",
    "skills": [
        {
            "name": "try.say", "description": "Say a word", "risk": "read", "idempotent": True,
            "params": [{"name": "word", "type": "name", "required": True},
                       {"name": "times", "type": "int", "minimum": 1, "maximum": 3},
                       {"name": "loud", "type": "bool", "flag": "--loud"}],
            "argv": ["printf", "%s|", "{word}", ["-n{times}"], ["{loud}"]],
            "environment": {"LC_ALL": "C"},
        },
        {"name": "try.env", "description": "Show the environment", "risk": "read", "argv": ["env"],
         "environment": {"OF_THE_SKILL": "yes", "LANG": "C.UTF-8"}},
        {"name": "try.slow", "description": "Too slow", "risk": "read", "argv": ["sleep", "60"],
         "timeout": "1s"},
    ],
}


@pytest.fixture
def skilled(house):
    folder = house.folder / "skills"
    folder.mkdir()
    (folder / "try.json").write_text(json.dumps(PACK))
    return Scene(house, skills_dir=str(folder), shell=False)


@pytest.mark.parametrize("call, output", [
    ("try.say hello", "hello|"),
    ("try.say(hello, times=2)", "hello|-n2|"),
    ("try.say word=hello loud=yes", "hello|--loud|"),
    ("try.say(hello, 3, true)", "hello|-n3|--loud|"),
    ('try.say("hello", loud=no)', "hello|"),
])
def test_a_skill_gets_its_arguments(skilled, call, output):
    skilled.start()
    result = skilled.run(call)
    assert (result["state"], result["output"]) == ("succeeded", output)


def test_a_skill_with_args_of_json(skilled):
    skilled.start()
    result = skilled.run(None, skill="try.say", args={"word": "hello", "times": 2, "loud": True})
    assert result["output"] == "hello|-n2|--loud|"


@pytest.mark.parametrize("call, reason", [
    ("try.say", "word is missing; expected try.say(word, times?, loud?)"),
    ("try.say -x", "not beginning with '-' or '@'"),
    ("try.say a/b", 'word: "a/b": expected a name'),
    ("try.say(a, times=4)", 'times: "4": expected a whole number from 1 to 3'),
    ("try.say(a, 1, yes, more)", "too many arguments"),
    ("try.say(a, speed=1)", 'no parameter "speed"'),
    ("try.say('a", "a quotation is not closed"),
    ("uptime", "skills: try.say(word, times?, loud?), try.env, try.slow"),
    ("rm -rf / # please", "free text is not allowed here; skills: try.say"),
])
def test_what_is_no_good_call_is_refused(skilled, call, reason):
    skilled.start()
    refusal = skilled.rejected(skilled.task(call), "skill")
    assert reason in refusal["reason"]


def test_an_unknown_skill_by_name_is_refused(skilled):
    skilled.start()
    refusal = skilled.rejected(skilled.task(None, skill="try.nothing", args={}), "skill")
    assert "try.say(word, times?, loud?)" in refusal["reason"]


def test_the_registration_describes_the_skills(skilled):
    skilled.start()
    skills = {skill["name"]: skill for skill in skilled.registration["skills"]}
    assert sorted(skills) == ["try.env", "try.say", "try.slow"]
    assert skills["try.say"]["risk"] == "read" and skills["try.say"]["idempotent"] is True
    assert [p["name"] for p in skills["try.say"]["params"]] == ["word", "times", "loud"]


def test_the_environment_is_an_allow_list(skilled):
    skilled.agent.environment["SECRET"] = "do not tell"
    skilled.start()
    output = skilled.run("try.env")["output"]
    assert "OF_THE_SKILL=yes" in output and "LANG=C.UTF-8" in output and "PATH=" in output
    assert "SECRET" not in output and "NOTIFY_SOCKET" not in output


def test_tasks_run_as_another_user(house):
    if os.geteuid() != 0:
        pytest.skip("only root can run tasks as another user")
    scene = Scene(house, run_as="nobody", tasks={"folder": "/"}).start()
    assert scene.run("id -un; pwd; echo $HOME:$USER")["output"].splitlines()[:2] == ["nobody", "/"]


def test_a_skill_has_its_own_time_limit(skilled):
    skilled.start()
    result = skilled.run("try.slow", timeout_s=60)
    assert (result["state"], result["duration_ms"] < 30000) == ("timed_out", True)


# ---- who may say what --------------------------------------------------------------------------------

def frames(scene, obj=None, **changes):
    """A task object, and the topic and key to frame it for."""
    obj = obj or message("task", "agent1", **{
        "run": ulid(), "number": 1, "attempt": 1, "epoch": scene.agent1.epoch,
        "journal": scene.registration["journal"], "agent": NAME, "task": scene.mark(),
        "idempotent": False, "expires": timestamp(time.time() + 900), "timeout_s": 60,
        "requested_by": "tester", **changes,
    })
    return obj, f"agents/{NAME}/inbox", scene.registration.sender


def publish(scene, topic, payload, retain=False):
    scene.agent1.mqtt.publish(topic, payload, retain=retain)


def nothing_happened(scene):
    """A good task still runs, and is the only one that left a mark."""
    assert scene.run(scene.mark())["state"] == "succeeded"
    assert scene.count() == 1


def test_a_forged_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    publish(scene, topic, Peer().seal(topic, key, obj))
    nothing_happened(scene)


def test_a_changed_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    payload = bytearray(scene.agent1.peer.seal(topic, key, obj))
    payload[-20] = ord("A") if payload[-20] != ord("A") else ord("B")
    publish(scene, topic, bytes(payload))
    nothing_happened(scene)


def test_a_moved_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    publish(scene, topic, scene.agent1.peer.seal("agents/other/inbox", key, obj))
    nothing_happened(scene)


def test_a_retained_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    scene.agent.stop()
    publish(scene, topic, scene.agent1.peer.seal(topic, key, obj), retain=True)
    scene.start()
    nothing_happened(scene)


@pytest.mark.parametrize("what, changes", [
    ("of another sender", {"from": "agent7"}),
    ("for another agent", {"agent": "web2"}),
    ("with an attempt of zero", {"attempt": 0}),
    ("with a run that is none", {"run": "../../etc"}),
    ("without expiry", {"expires": None}),
])
def test_a_task_that_is_not_right_is_refused(scene, what, changes):
    scene.start()
    obj, topic, key = frames(scene, **changes)
    scene.agent1.send(topic, key, obj)
    nothing_happened(scene)


@pytest.mark.parametrize("payload", [
    b"uptime", b"", b"agent/1 sealed", b"agent/1 sealed x y\nz", b"\xff\xfe" * 100, b"x" * 300000,
])
def test_what_is_no_frame_is_refused(scene, payload):
    scene.start()
    publish(scene, f"agents/{NAME}/inbox", payload)
    publish(scene, f"agents/{NAME}/control", payload)
    nothing_happened(scene)


def test_a_clear_task_is_refused(scene):
    scene.start()
    obj, topic, key = frames(scene)
    scene.agent1.send(topic, key, obj, is_clear=True)
    nothing_happened(scene)


def test_a_task_on_the_control_topic_is_refused(scene):
    scene.start()
    obj, _, key = frames(scene)
    scene.agent1.send(f"agents/{NAME}/control", key, obj)
    nothing_happened(scene)


@pytest.mark.parametrize("body", [
    b"{", b'{"type":"task"}', b'{"type":"task","type":"task"}', b"[" * 5000, b'{"type":"dance"}',
])
def test_a_frame_with_a_bad_body_is_refused(scene, body):
    scene.start()
    topic = f"agents/{NAME}/inbox"
    publish(scene, topic, scene.agent1.peer.seal(topic, scene.registration.sender, body))
    nothing_happened(scene)


def test_a_replayed_frame_starts_nothing(scene):
    scene.start()
    obj, topic, key = frames(scene)
    payload = scene.agent1.peer.seal(topic, key, obj)
    publish(scene, topic, payload)
    assert scene.agent1.result(obj)["state"] == "succeeded"
    for _ in range(5):
        publish(scene, topic, payload)
    assert scene.agent1.result(obj)["state"] == "succeeded"
    assert scene.count() == 1


def test_a_second_orchestrator_key_is_obeyed(house):
    scene = Scene(house)
    old = Peer().key
    scene.agent.config["orchestrator_key"] = [old, scene.agent1.key]
    scene.start()
    assert scene.run(scene.mark())["state"] == "succeeded"
    # From then on everything is made for the key that spoke: status, will, results.
    assert scene.ever("status", state="online")["name"] == NAME
    scene.agent.restart()
    scene.agent1.wait_registered(NAME)
    scene.agent.kill()
    scene.ever("status", state="offline", seq=2**53 - 1)


# ---- refusals ----------------------------------------------------------------------------------------

def policy(**changes):
    return {"timezone": "Europe/Paris", "blackouts": [], "work_hours": None, "paused": False, **changes}


ALWAYS = {"start": "00:00", "end": "24:00", "label": "for ever", "enabled": True}


def done(scene, control):
    return scene.ack(control, "done")


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
    for task in waiting:
        scene.accepted(task)
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


# ---- repeats, restarts -------------------------------------------------------------------------------

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
    for task in tasks:
        scene.accepted(task)
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


# ---- cancel, query, fetch ----------------------------------------------------------------------------

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


@pytest.mark.parametrize("action", ["report", "update", "upgrade"])
def test_what_is_not_offered_is_said(scene, action):
    scene.start()
    answer = scene.answer(scene.control(action))
    assert (answer["ok"], answer["text"]) == (False, "not offered by this version")


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


# ---- a message that kills ----------------------------------------------------------------------------

def test_the_third_crash_on_a_message_sets_it_aside(scene):
    import hashlib
    import re
    import struct
    scene.start()
    obj, topic, key = frames(scene)
    body = json.dumps(obj)
    stable = re.sub('("ts"): "[^"]*', r"\1", body)  # a repeat is of a later time
    suspect = hashlib.sha256(stable.encode()).digest() + struct.pack("=II", 3, 3)
    scene.agent.stop()
    page = struct.pack("=QII32s", 0x31646e61686e6961, 0, 3, b"") + suspect
    file = scene.agent.state / "in-hand"
    file.write_bytes(page.ljust(file.stat().st_size, b"\0"))
    scene.agent.start()
    scene.agent1.wait_registered(NAME)
    later = body.replace(obj["ts"], timestamp(time.time() + 1)).encode()
    publish(scene, topic, scene.agent1.peer.seal(topic, key, later))
    assert "set aside" in scene.agent1.wait_for("error")["text"]
    nothing_happened(scene)


# ---- configuration -----------------------------------------------------------------------------------

@pytest.mark.parametrize("change, message_part", [
    ({"name": "agent1"}, "name"),
    ({"name": "Web1"}, 'name: "Web1"'),
    ({"orchestrator_key": "x25519:short"}, "orchestrator_key"),
    ({"orchestrator_key": []}, "orchestrator_key: expected 1 to 8 keys"),
    ({"max_parallel": 0}, "max_parallel"),
    ({"queue": 101}, "queue"),
    ({"mqtt": {"url": "http://x"}}, "mqtt.url"),
    ({"mqtt": {"url": "mqtt://x", "password": "a", "password_file": "b"}}, "mqtt.password"),
    ({"work_hours": {"start": "25:00", "end": "08:00"}}, "work_hours.start"),
    ({"work_hours": {"start": "07:00", "end": "08:00", "timezone": "Mars"}}, "work_hours.timezone"),
    ({"skills_dir": "/nonexistent"}, "skills_dir"),
    ({"run_as": "nobody-of-that-name"}, "run_as"),
    ({"state_dir": None}, "state_dir"),
    ({"tasks": {"max_output": "1"}}, "tasks.max_output"),
    ({"launcher": "rocket"}, "launcher"),
])
def test_check_names_what_is_wrong(scene, change, message_part):
    scene.agent.config.update(change)
    scene.agent.config.setdefault("mqtt", {"url": "mqtt://127.0.0.1:1"})
    scene.agent.config = {k: v for k, v in scene.agent.config.items() if v is not None}
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert checked.returncode == 78
    assert message_part in checked.stderr and "agent2.json" in checked.stderr
    assert scene.agent.run().returncode == 78  # so is a start


def test_check_names_what_is_wrong_in_a_pack(skilled):
    pack = json.loads(json.dumps(PACK))
    pack["skills"][0]["argv"][2] = "{speed}"
    (skilled.house.folder / "skills" / "try.json").write_text(json.dumps(pack))
    skilled.agent.write()
    checked = skilled.agent.run("--check")
    assert checked.returncode == 78
    assert "try.json: skills[0].argv[2]: {speed}: there is no such parameter" in checked.stderr


def test_check_warns_of_unknown_keys(scene):
    scene.agent.config["shel"] = True
    scene.agent.config["_comment"] = "fine"
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert checked.returncode == 0
    assert "shel" in checked.stderr and "_comment" not in checked.stderr


def test_the_shipped_packs_are_good(scene):
    from servers import TOP
    scene.agent.config["skills_dir"] = str(TOP / "config/skills")
    scene.agent.write()
    checked = scene.agent.run("--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_usage_and_version(scene):
    import subprocess
    program = str(scene.agent.executable)
    run = lambda *options: subprocess.run([program, *options], capture_output=True, text=True,
                                          env=scene.agent.environment, check=False)
    assert run("--version").stdout.startswith("agent2 ")
    assert "--config" in run("--help").stdout
    assert run().returncode == 2 and run("--nonsense").returncode == 2 and run("x").returncode == 2


def test_a_reload_brings_new_skills(skilled):
    skilled.start()
    pack = json.loads(json.dumps(PACK))
    pack["skills"][0]["name"] = "try.new"
    path = skilled.house.folder / "skills" / "try.json"
    path.write_text(json.dumps(pack))
    skilled.agent.process.signal(1)
    register = skilled.agent1.wait_registered(NAME)
    assert "try.new" in [skill["name"] for skill in register["skills"]]
    assert register["policy_hash"] != skilled.registration["policy_hash"]
    assert skilled.run("try.new hello")["output"] == "hello|"
    path.write_text("{")  # a bad one changes nothing
    skilled.agent.process.signal(1)
    log = skilled.house.logs / f"{NAME}.log"
    wait_for(lambda: "the running configuration stays" in log.read_text(), what="the log line")
    assert skilled.run("try.new again")["output"] == "again|"
