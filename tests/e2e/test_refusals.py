"""What agent1 refuses, and how it says so: the gate's rules, wrong texts, wrong keys, wrong frames."""

import datetime
import json
import time
import zoneinfo

import pytest

from fakes import FakeAgent, FakeConsole
from parties import accepted_agent, known_console, register, start_with
from wait import wait_for
from wire import Peer, fingerprint, message, timestamp

INBOX = "agents/agent1/inbox"


def local(hours):
    """HH:MM in the house's zone, so many hours from now."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris"))
    return (now + datetime.timedelta(hours=hours)).strftime("%H:%M")


def assert_refused(user, text, rule, words=""):
    reply = user.ask(text)
    assert f"refused ({rule})" in reply["text"] and words in reply["text"], reply["text"]
    assert reply["outcome"] == ("offline" if rule == "offline" else "refused")
    return reply["text"]


# ---- the gate's rules -----------------------------------------------------------------------------

def test_role(house):
    _, user = start_with(house, role="viewer")
    assert_refused(user, "@web1 true", "role", "this needs the role operator; yours is viewer")
    assert_refused(user, "!agentsOFF", "role")


def test_unknown_agent(house):
    _, user = start_with(house)
    assert_refused(user, "@web2 true", "unknown_agent", "nearest: web1")


def test_not_accepted(house):
    house.agent1.registry["agents"]["web9"] = {"description": "not yet"}
    _, user = start_with(house)
    assert_refused(user, "@web9 true", "not_accepted", "!accept")


def test_blackout(house):
    end = local(2)
    house.agent1.blackouts = [{"start": local(-1), "end": end, "label": "night"}]
    _, user = start_with(house)
    text = assert_refused(user, "@web1 true", "blackout", "night")
    assert f"; next: {end}" in text or f" {end} CE" in text


def test_work_hours(house):
    connect, console = accepted_agent(house), known_console(house)
    house.agent1.registry["agents"]["web1"]["work_hours"] = {"start": local(2), "end": local(4)}
    house.start()
    connect()
    assert_refused(console(), "@web1 true", "work_hours", "; next: ")


def test_paused_and_standby(house):
    agent, user = start_with(house)
    assert user.ask("!agentOFF web1")["text"] == "web1: paused"
    agent.wait_for("control", action="pause")
    assert_refused(user, "@web1 true", "paused", "!agentON web1")
    user.ask("!agentON web*")
    agent.wait_for("control", action="resume")
    assert "asleep" in user.ask("!agentsOFF")["text"]
    agent.wait_for("control", action="pause")
    assert_refused(user, "@web1 true", "standby")
    house.agent1.kill()
    house.agent1.start()
    assert_refused(user, "!agents", "standby")
    assert "awake" in user.ask("!agentsON")["text"]
    agent.wait_for("control", action="resume")
    chat = user.chat("@web1 true")["id"]
    assert user.wait_for("reply", in_reply_to=chat)["text"] == "#1 web1: queued"


def test_offline_with_now(house):
    agent, user = start_with(house)
    agent.status("offline")
    wait_for(lambda: "web1: offline" in user.ask("!agents")["text"], what="web1 offline")
    assert_refused(user, "@web1 --now true", "offline", "offline since")


def test_skill(house):
    _, user = start_with(house, skills=("apt.update", "apt.upgrade"))
    assert_refused(user, "@web1 rm -rf /", "skill", "apt.update, apt.upgrade")


def test_queue_full(house):
    house.agent1.config["tasks"]["expires"] = "1h"
    agent, user = start_with(house, is_answering=False)
    lines = "\n".join(["@web1 true"] * 20)
    for _ in range(5):
        user.chat(lines)
    wait_for(lambda: "#100 " in "".join(heard.get("text", "") for heard in user.heard.items),
             what="100 runs queued")
    assert_refused(user, "@web1 true", "queue_full", "100 runs wait")


def test_an_offline_agents_task_expires_or_stays_unconfirmed(house):
    house.agent1.config["tasks"]["expires"] = "2s"
    agent, user = start_with(house, is_answering=False)
    chat = user.chat("@web1 handed")["id"]
    agent.next_task()
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert "#1 web1: unconfirmed (past its time; agent silent since" in last["text"]
    assert last["outcome"] == "unconfirmed"
    agent.status("offline")
    wait_for(lambda: "web1: offline" in user.ask("!agents")["text"], what="web1 offline")
    chat = user.chat("@web1 never")["id"]
    assert "offline since" in user.wait_for("reply", in_reply_to=chat)["text"]
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert "#2 web1: expired" in last["text"] and last["outcome"] == "expired"


# ---- wrong texts ----------------------------------------------------------------------------------

@pytest.mark.parametrize("text, answer", [
    ("DELEGATE: web1 uptime", "there is no bar"),
    ("DELEGATE: web1 |", "the task is empty"),
    ("!agnts", "!agnts: unknown command; nearest: !agents"),
    ("!run", "expected !run <id>"),
    ("!run 99", "99: no such run"),
    ("!cancel 99", "99: no such run"),
    ("!accept", "expected !accept"),
    ("!revoke nobody", "no accepted agent of that name"),
    ("DELEGAT: web1 | x", "unknown trigger"),
    ("> DELEGATE: web1 | x", "not run: it stood in a quotation"),
    ("@web1 echo \u202eevil", "<U+202E>"),
    ("@web1 " + "x" * 66560, "the task is 66560 bytes long; at most 65536"),
])
def test_wrong_text(house, text, answer):
    _, user = start_with(house)
    reply = user.ask(text)
    assert answer in reply["text"] and reply["outcome"] == "refused"


# ---- wrong people ---------------------------------------------------------------------------------

def test_a_strangers_jid(house):
    connect = accepted_agent(house)
    house.person("ana")
    stranger = house.person("mallory", is_known=False)
    house.start()
    agent = connect()
    stranger.send("@web1 true")
    stranger.wait_for("I do not know mallory-")
    assert not [heard for heard in agent.heard.items if heard["type"] == "task"]


def test_an_unknown_key(house):
    start_with(house)
    stranger = house.add(FakeConsole(house.broker, house.agent1.key, "strangerstranger"))
    reply = stranger.ask("!agents")
    assert f"unknown key {stranger.key}" in reply["text"] and reply["outcome"] == "refused"


def test_a_session_is_bound_to_its_key(house):
    console = known_console(house, session="fedcba9876543210")
    _, user = start_with(house)
    other = console()
    user.ask("!status")
    other.send(INBOX, house.agent1.key, message(
        "chat", other.session, text="!agents", reply_to=user.outbox,
        expires=timestamp(time.time() + 60)))
    other.ask("!status")
    assert len([heard for heard in user.heard.items if heard["type"] == "reply"]) == 1


def test_clocks_that_are_off(house):
    _, user = start_with(house)
    chat = user.chat("!agents", ts=timestamp(time.time() + 185))["id"]
    assert "your clock is 3 min" in user.wait_for("reply", in_reply_to=chat)["text"]


# ---- wrong frames ---------------------------------------------------------------------------------

def refused_count(user):
    text = user.ask("!status")["text"]
    return int(text.rsplit("refused messages since start: ", 1)[1])


def test_frames_that_do_not_open_change_nothing(house):
    agent, user = start_with(house, is_answering=False)
    user.chat("@web1 true")
    task = agent.next_task()
    raw = house.mqtt("web1", client_id="raw")
    result = message("result", "web1", journal=agent.journal, run=task["run"], attempt=1,
                     state="succeeded", exit_code=0, output="forged", output_bytes=6, truncated=False,
                     started=timestamp(), finished=timestamp(), duration_ms=1)
    good = agent.peer.seal(INBOX, house.agent1.key, result)
    forged = Peer().seal(INBOX, house.agent1.key, result)
    moved = agent.peer.seal("agents/errors", house.agent1.key, result)
    for payload in (good[:-4] + b"AAAA", forged, moved, good[: len(good) // 2], b"agent/1 sealed x",
                    b"agent/2 " + good[8:], b"\xff\xfe", json.dumps(result).encode(), b"x" * 300000):
        raw.publish(INBOX, payload)
    assert "#1 web1: queued" in user.ask("!runs")["text"]
    # The same frame, whole, unretained, on its own topic, counts; and once more, changes nothing.
    raw.publish(INBOX, good)
    raw.publish(INBOX, good)
    assert "#1 web1: succeeded" in user.wait_for("reply", final=True, outcome="succeeded")["text"]
    assert "contradict" not in user.ask("!run 1")["text"]


def test_a_retained_message_is_refused_after_a_restart(house):
    agent, user = start_with(house)
    chat = message("chat", user.session, text="@web1 boom", reply_to=user.outbox,
                   expires=timestamp(time.time() + 250))
    raw = house.mqtt("agentctl", client_id="raw2")
    raw.publish(INBOX, user.peer.seal(INBOX, house.agent1.key, chat), retain=True)
    agent.next_task()
    house.agent1.kill()
    house.agent1.start()
    # It acted when it came (live subscribers see no flag), and not once more when it was kept.
    assert "#2 " not in user.ask("!runs")["text"]
    assert len({heard["run"] for heard in agent.heard.items if heard["type"] == "task"}) == 1


def test_unsigned_text_is_refused_by_default_and_answered_where_allowed(house):
    agent, user = start_with(house)
    raw = house.mqtt("agentctl", ["agents/cli/outbox"], client_id="raw3")
    raw.publish(INBOX, b"!agents")
    user.ask("!status")
    assert not raw.heard.items
    house.agent1.config["mqtt"]["unsigned_role"] = "viewer"
    house.agent1.write()
    house.agent1.reload()
    wait_for(lambda: raw.publish(INBOX, b"!agents") or raw.heard.items, what="an unsigned answer")
    assert "web1: online" in raw.heard.items[0].text
    raw.publish(INBOX, b"@web1 true")
    raw.wait_for(r"refused \(role\)")


def test_one_agent_cannot_speak_for_another(house):
    connect = accepted_agent(house, "web2")
    agent, user = start_with(house)
    other = connect()
    chat = user.chat("@web1 true")["id"]
    task = agent.next_task()
    other.report(task, "succeeded", exit_code=0)
    agent.report(task, "failed", exit_code=3)
    assert user.wait_for("reply", in_reply_to=chat, final=True)["outcome"] == "failed"


def test_a_register_with_another_key_is_an_alarm(house):
    connect = accepted_agent(house)
    ana = house.person("ana")
    house.start()
    agent = connect()
    thief = house.add(FakeAgent(house.broker, "web1", house.agent1.key))
    thief.connect()
    ana.wait_for("ALARM: somebody registers as web1 with another key")
    ana.send("@web1 true")
    assert agent is not thief
    ana.wait_for("#1 web1: queued")
    assert not [heard for heard in thief.heard.items if heard["type"] == "task"]


# ---- trust ----------------------------------------------------------------------------------------

def test_accept_and_revoke(house):
    console = known_console(house)
    house.start()
    user = console()
    agent = house.add(FakeAgent(house.broker, "db1", house.agent1.key))
    register(agent, state="rejected", rule="not_accepted")
    digits = fingerprint(agent.key)
    assert digits in user.ask("!agents")["text"]
    assert user.ask("!accept db1 0000")["outcome"] == "refused"
    assert user.ask(f"!accept db1 {digits[:9]}")["text"] == "db1: accepted"
    agent.wait_for("ack", state="done")
    wait_for(lambda: house.agent1.read("agents_registry.json")["agents"].get("db1", {}).get("accepted"),
             what="db1 accepted in the registry file")
    entry = house.agent1.read("agents_registry.json")["agents"]["db1"]
    assert entry["public_key"] == agent.key
    chat = user.chat("@db1 true")["id"]
    agent.succeed(agent.next_task())
    assert user.wait_for("reply", in_reply_to=chat, final=True)["outcome"] == "succeeded"
    user.chat("@db1 hang")
    agent.next_task(task="hang")
    assert "revoked" in user.ask("!revoke db1")["text"]
    assert "#2 db1: unknown" in user.ask("!runs")["text"]
    assert_refused(user, "@db1 true", "not_accepted")
    wait_for(lambda: house.agent1.read("agents_registry.json")["agents"]["db1"]["accepted"] is False,
             what="db1 revoked in the registry file")


def test_a_revoked_agent_that_is_accepted_again_works_at_once(house):
    house.agent("web1")
    console = known_console(house)
    house.start()
    user = console()
    user.ask("@web1 true")
    again = user.ask("!revoke web1")["text"].split("; ")[-1].removesuffix(" trusts it again")
    assert again.startswith("!accept web1 "), again
    assert "web1: accepted" in user.ask(again)["text"]
    assert user.ask("@web1 true")["outcome"] == "succeeded"
