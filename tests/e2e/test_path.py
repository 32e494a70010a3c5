"""The whole path of one task: a chat or agentctl, agent1, the gate, MQTT, an agent, and back."""

import re

import pytest

from fakes import FakeAgent, FakeConsole
from wire import Peer

SESSION = "0123456789abcdef"


def fake_agent(house, name="web1", **options):
    """A fake agent that the registry accepts."""
    peer = Peer()
    house.agent1.registry["agents"][name] = {"public_key": peer.key, "accepted": True}
    return lambda: house.add(FakeAgent(house.broker, name, house.agent1.key, peer=peer, **options))


def console(house, role="admin", session=SESSION):
    peer = Peer()
    house.agent1.add_user(f"user-{session}", role, key=peer.key)
    return lambda: house.add(FakeConsole(house.broker, house.agent1.key, session, peer=peer))


def test_from_a_console_to_an_agent_and_back(house):
    make_agent, make_console = fake_agent(house), console(house)
    house.start()
    agent, user = make_agent(), make_console()
    agent.connect()
    agent.wait_for("ack", state="done")
    chat = user.chat("DELEGATE: web1 | uptime")
    first = user.wait_for("reply", in_reply_to=chat)
    assert (first["text"], first["final"]) == ("#1 web1: queued", False)
    task = agent.next_task(task="uptime")
    assert task["number"] == 1 and task["attempt"] == 1 and task["journal"] == agent.journal
    agent.progress(task, "half way")
    assert user.wait_for("progress")["tail"] == "half way"
    agent.succeed(task, "up 3 days\n")
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert last["text"] == "#1 web1: succeeded (exit 0, 0.0 s)\n```\nup 3 days\n```"
    assert last["outcome"] == "succeeded" and last["runs"] == [task["run"]]
    agent.wait_for("ack", run=task["run"], state="done")


def test_from_a_phone_to_an_agent_and_back(house):
    make_agent = fake_agent(house)
    person = house.person("ana")
    house.start()
    agent = make_agent()
    agent.connect()
    agent.wait_for("ack", state="done")
    person.send("@web1 uptime")
    person.wait_for(r"#1 web1: queued")
    agent.succeed(agent.next_task(), "up\n")
    assert "```\nup\n```" in person.wait_for(r"#1 web1: succeeded").text
