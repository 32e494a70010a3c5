"""agentctl --json: lists as one object a line, with a played agent1 and with the real one."""

import json

import pytest

from parties import accepted_agent
from played import RUN, Call
from programs import Agentctl, write_json
from wait import wait_for


def lines(done):
    return [json.loads(line) for line in done.out.splitlines()]


# ---- what agent1 says, as it is printed ----------------------------------------------------------
@pytest.mark.parametrize("what, data, printed, left", [
    ("a list", {"schedules": [{"type": "schedule", "id": "a"}, {"type": "schedule", "id": "b"}],
                "totals": {"schedules": 100000}},
     [("schedule", "a"), ("schedule", "b")], {"totals": {"schedules": 100000}}),
    ("several, in their order", {"runs": [{"type": "run", "id": "a"}],
                                 "agents": [{"type": "agent", "id": "b"}]},
     [("run", "a"), ("agent", "b")], {}),
    ("an empty one", {"schedules": [], "totals": {"schedules": 0}}, [], {"totals": {"schedules": 0}}),
    ("what nobody knows yet", {"new": [1, "x", {"type": "new", "id": "a"}], "more": {"x": 1}},
     [("new", "a")], {"more": {"x": 1}}),
    ("no object", [[{"type": "x", "id": "a"}]], [], None),
    ("a text", "schedules", [], None),
])
def test_a_list_is_one_object_a_line(agent1, console, what, data, printed, left):
    call = Call(console, "--json", "--plans")
    chat = agent1.next_chat("PLAN_LIST:")
    agent1.reply(chat, "Schedules:\na: …", "ok", data=data)
    done = call.end()
    *items, answer = lines(done)
    assert [(item["type"], item["id"]) for item in items] == printed, what
    assert (answer["type"], answer["text"], answer["final"]) == ("reply", "Schedules:\na: …", True)
    assert answer.get("data") == left
    assert (done.code, done.err) == (0, "")


def test_people_read_the_text_alone(agent1, console):
    call = Call(console, "--plans")
    agent1.reply(agent1.next_chat(), "Schedules:\na: …", "ok", data={"schedules": [{"id": "a"}]})
    assert vars(call.end()) == {"code": 0, "out": "Schedules:\na: …\n", "err": ""}


def test_members_that_nobody_knows_are_ignored(agent1, console):
    """As an older agentctl ignores the data itself."""
    call = Call(console, "--json", "send", "@web1 uptime")
    chat = agent1.next_chat()
    agent1.reply(chat, "#1 web1: queued", runs=[RUN], later={"a": [1]}, lists=[{}])
    agent1.reply(chat, "#1 web1: succeeded", "succeeded", runs=[RUN], later={"a": [1]}, lists=[{}])
    assert [(each["type"], each["final"]) for each in lines(call.end())] == [
        ("reply", False), ("reply", True)]


# ---- the real agent1 -----------------------------------------------------------------------------
@pytest.fixture
def world(house):
    """agent1 with one agent that the test plays, and the agentctl of an admin."""
    agent = accepted_agent(house)
    ctl = Agentctl(house, "ana")
    house.agent1.add_user("ana", "admin", key=ctl.key)
    house.start()
    return agent(), ctl


def ask(ctl, *words):
    done = ctl.run("--json", *words)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_schedules(house, world):
    _, ctl = world
    (answer,) = ask(ctl, "--plans")
    assert answer["data"] == {"totals": {"schedules": 0}}
    write_json(house.agent1.config_folder / "tasks_schedule.json", {"tasks": [
        {"id": "nightly", "agent": "web1", "task": "apt update", "cron": "daily 03:00",
         "timezone": "America/New_York"},
        {"id": "off", "agent": "web2", "task": "true", "cron": "hourly", "enabled": False}]})
    wait_for(lambda: len(ask(ctl, "--plans")) == 3, what="the save is in use")
    nightly, off, answer = ask(ctl, "--plans")
    assert {name: nightly[name] for name in ("type", "id", "when", "zone", "agent", "task", "state")} == {
        "type": "schedule", "id": "nightly", "when": "daily 03:00", "zone": "America/New_York",
        "agent": "web1", "task": "apt update", "state": "active"}
    assert nightly["next"].endswith("Z") and nightly["next"][11:16] in ("07:00", "08:00")
    assert (off["id"], off["state"]) == ("off", "off") and "next" not in off
    assert answer["data"] == {"totals": {"schedules": 2}} and "nightly: daily 03:00" in answer["text"]
    assert [each["id"] for each in ask(ctl, "send", "!tasks web1")[:-1]] == ["nightly"]


def test_runs_agents_and_status(world):
    agent, ctl = world
    session = ctl.open("--json")
    session.send("@web1 false")
    agent.succeed(agent.next_task())
    session.wait_for('"outcome":"succeeded"')
    session.heard.skip()
    for word, kind in (("/report", "run"), ("/last", "run"), ("/status", "status"), ("!agents", "agent")):
        item = json.loads(session.ask(word, f'"type":"{kind}"'))
        assert item["type"] == kind
        session.wait_for('"final":true')
    assert session.end() == 0
    run, answer = ask(ctl, "send", "!run 1")
    assert (run["number"], run["agent"], run["task"], run["state"]) == (1, "web1", "false", "succeeded")
    assert run["exit_code"] == 0 and run["created"] <= run["started"] <= run["finished"]
    assert answer["runs"] == [run["run"]]
    (answer,) = ask(ctl, "send", "REPORT_ERRORS:")
    assert answer["data"] == {"totals": {"runs": 0}}
