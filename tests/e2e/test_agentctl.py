"""agentctl, the real program, with an agent1 that the test plays."""

import json
import re
import signal
import subprocess

import pytest

from played import RUN, Call
from programs import BUILD, program_environment, write_json
from wire import Peer, message, ulid


# ---- one shot ------------------------------------------------------------------------------------
def test_one_answer(agent1, console):
    call = Call(console, "send", "!agents")
    chat = agent1.next_chat()
    assert chat["text"] == "!agents" and chat.kind == "sealed" and chat.sender == console.key
    assert chat["reply_to"] == f"agents/cli/{chat['from']}/outbox" and 16 <= len(chat["from"]) <= 32
    assert "dry_run" not in chat.object and "now" not in chat.object
    agent1.reply(chat, "web1  online", "ok")
    assert vars(call.end()) == {"code": 0, "out": "web1  online\n", "err": ""}


def test_a_run_from_queued_to_done(agent1, console):
    call = Call(console, "send", "DELEGATE: web1 | uptime")
    chat = agent1.next_chat("DELEGATE: web1 | uptime")
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    agent1.progress(chat, "half\n")
    agent1.result(chat, "succeeded")
    final = "#12 web1: succeeded (exit 0, 0.4 s)\n```\nhi\n```"
    agent1.reply(chat, final, "succeeded", runs=[RUN])
    done = call.end()
    assert (done.code, done.out) == (0, final + "\n")
    assert done.err == "#12 web1: queued\n"


@pytest.mark.parametrize("options, kinds", [
    ((), ["reply", "progress", "result", "reply"]),
    (("--quiet",), ["reply"]),
])
def test_json(agent1, console, options, kinds):
    call = Call(console, "--json", *options, "send", "DELEGATE: web1 | uptime")
    chat = agent1.next_chat()
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    agent1.progress(chat, "half\n")
    agent1.result(chat, "failed")
    agent1.reply(chat, "#12 web1: failed (exit 3)\n", "failed", runs=[RUN])
    done = call.end()
    objects = [json.loads(line) for line in done.out.splitlines()]
    assert [each["type"] for each in objects] == kinds
    assert objects[-1]["outcome"] == "failed" and objects[-1]["final"] is True
    assert all(each["from"] == "agent1" and each["id"] and each["ts"] for each in objects)
    if not options:
        assert objects[0]["runs"] == [RUN] and objects[0]["final"] is False
        assert objects[1]["tail"] == "half\n" and objects[1]["run"] == RUN
        assert objects[2]["state"] == "failed" and objects[2]["output"] == "hi\n"
    assert (done.code, done.err) == (1, "")


OUTCOMES = {"ok": 0, "succeeded": 0, "failed": 1, "cancelled": 1, "unknown": 1, "refused": 3,
            "rejected": 3, "denied": 3, "awaiting": 4, "deferred": 4, "expired": 4, "missed": 4,
            "unconfirmed": 4, "offline": 5, "timed_out": 6}


def test_exit_code_of_each_outcome(agent1, console):
    calls = {outcome: Call(console, "send", outcome) for outcome in OUTCOMES}
    answered = set()
    while answered != set(OUTCOMES):
        chat = agent1.next_chat()  # or a repeat of one
        agent1.reply(chat, f"it is {chat['text']}", chat["text"])
        answered.add(chat["text"])
    for outcome, code in OUTCOMES.items():
        done = calls[outcome].end()
        assert (done.code, done.out) == (code, f"it is {outcome}\n")


def test_quiet(agent1, console):
    call = Call(console, "--quiet", "send", "DELEGATE: web1 | uptime")
    chat = agent1.next_chat()
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    assert vars(call.end()) == {"code": 0, "out": "#12 web1: succeeded\n", "err": ""}


def test_wishes_travel_with_the_chat(agent1, console):
    call = Call(console, "--now", "--dry-run", "send", "DELEGATE: web1 | uptime")
    chat = agent1.next_chat()
    assert chat["now"] is True and chat["dry_run"] is True
    agent1.reply(chat, "web1: refused (offline): silent since 14:02", "offline")
    assert call.end().code == 5


def test_an_answer_cannot_act_on_a_terminal(agent1, console):
    call = Call(console, "send", "!status")
    agent1.reply(agent1.next_chat(), "a\x1b[2Jb\u202ec", "ok")
    assert call.end().out == "a<U+001B>[2Jb<U+202E>c\n"


# ---- delivery ------------------------------------------------------------------------------------
def test_repeats_are_the_same_chat(agent1, console):
    call = Call(console, "send", "!agents")
    first = agent1.next_chat()
    second = agent1.next_chat()
    third = agent1.next_chat()
    assert first.object == second.object == third.object
    frames = [heard.payload for heard in agent1.mqtt.heard.items]
    assert len(set(frames)) == len(frames)
    agent1.reply(third, "web1  online", "ok")
    agent1.reply(third, "web1  online", "ok")
    assert vars(call.end()) == {"code": 0, "out": "web1  online\n", "err": ""}


def test_the_broker_dies_while_it_waits(house, agent1, console):
    call = Call(console, "send", "DELEGATE: web1 | sleep 9")
    chat = agent1.next_chat()
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    assert call.child.stderr.readline() == "#12 web1: queued\n"
    house.broker.kill()
    assert "lost the broker" in call.child.stderr.readline()
    house.broker.start()
    again = agent1.next_chat()
    assert again.object == chat.object
    agent1.reply(again, "#12 web1: queued", runs=[RUN])
    agent1.reply(again, "#12 web1: succeeded", "succeeded", runs=[RUN])
    done = call.end()
    assert (done.code, done.out) == (0, "#12 web1: succeeded\n")
    assert "queued" not in done.err and "connected to the broker" in done.err


def test_the_broker_comes_late(house, agent1, console):
    house.broker.kill()
    call = Call(console, "send", "!agents")
    complaint = call.child.stderr.readline()
    assert f"cannot reach the broker at {house.broker.url}: " in complaint
    assert "refused" in complaint and complaint.endswith("; trying again\n")
    house.broker.start()
    agent1.reply(agent1.next_chat(), "web1  online", "ok")
    done = call.end()
    assert (done.code, done.out) == (0, "web1  online\n")


def test_no_broker(house, agent1, console):
    house.broker.stop()
    done = Call(console, "--timeout", "1s", "send", "!agents").end()
    assert (done.code, done.out) == (5, "")
    assert done.err.count("cannot reach the broker") == 1
    assert "the broker could not be reached" in done.err


def test_wrong_password(agent1, console):
    write_json(console.file, {**console.config, "mqtt": {
        "url": console.config["mqtt"]["url"], "username": "agentctl", "password": "wrong"}})
    done = Call(console, "--timeout", "1s", "send", "!agents").end()
    assert (done.code, done.out) == (5, "")
    assert "cannot reach the broker" in done.err and "password" in done.err
    assert "wrong" not in done.err


def test_agent1_is_silent(agent1, console):
    done = Call(console, "--timeout", "1s", "send", "!agents").end()
    assert (done.code, done.out) == (5, "")
    assert "no answer from agent1 (is it connected to this broker? is orchestrator_key right? is this key in users?)" in done.err
    assert re.search(r"may still be taken for 2\d s", done.err)


def test_timeout_after_the_first_reply(agent1, console):
    call = Call(console, "--timeout", "2s", "send", "DELEGATE: web1 | sleep 9")
    agent1.reply(agent1.next_chat(), "#12 web1: queued", runs=[RUN])
    done = call.end()
    assert (done.code, done.out) == (6, "")
    assert "#12 web1 goes on; agentctl send '!run 12' shows it" in done.err


def test_interrupted(agent1, console):
    call = Call(console, "send", "DELEGATE: web1 | sleep 9")
    agent1.reply(agent1.next_chat(), "#12 web1: queued", runs=[RUN])
    assert call.child.stderr.readline() == "#12 web1: queued\n"
    call.child.send_signal(signal.SIGINT)
    done = call.end()
    assert (done.code, done.out) == (130, "")
    assert "#12 web1 goes on; agentctl send '!run 12' shows it" in done.err


# ---- who is believed -----------------------------------------------------------------------------
def test_only_agent1_is_believed(agent1, console):
    call = Call(console, "send", "!agents")
    chat = agent1.next_chat()
    stranger = Peer()
    elsewhere = f"agents/cli/{'x' * 20}/outbox"
    agent1.mqtt.publish(chat["reply_to"], "web1: plain text")
    agent1.reply(chat, "another key", "failed", peer=stranger)
    agent1.reply(chat, "a clear frame", "failed", is_clear=True)
    agent1.reply(chat, "another name", "failed", sender="web1")
    agent1.reply(chat, "another question", "failed", in_reply_to=ulid())
    agent1.say(chat, "result", run=ulid(), attempt=1, state="failed")
    moved = agent1.peer.seal(elsewhere, chat.sender, message(
        "reply", "agent1", in_reply_to=chat["id"], text="moved", final=True, outcome="failed"))
    agent1.mqtt.publish(chat["reply_to"], moved)
    agent1.mqtt.publish(chat["reply_to"], agent1.peer.seal(chat["reply_to"], chat.sender, b"{"))
    agent1.reply(chat, "the answer", "ok")
    assert vars(call.end()) == {"code": 0, "out": "the answer\n", "err": ""}


def test_two_sessions_do_not_hear_each_other(agent1, console):
    calls = [Call(console, "send", text) for text in ("one", "two")]
    one, two = sorted((agent1.next_chat(), agent1.next_chat()), key=lambda chat: chat["text"])
    assert one["reply_to"] != two["reply_to"] and one.sender == two.sender
    agent1.reply(one, "one's answer to the other", "failed", topic=two["reply_to"])
    agent1.reply(two, "two's answer to the other", "failed", topic=one["reply_to"])
    agent1.reply(one, "for one", "ok")
    agent1.reply(two, "for two", "ok")
    assert [call.end().out for call in calls] == ["for one\n", "for two\n"]


# ---- lines from a pipe ---------------------------------------------------------------------------
def test_lines_one_by_one(agent1, console):
    call = Call(console)
    call.child.stdin.write("!agents\n\n  \n/status\nhow are you\n")
    call.child.stdin.close()
    texts = ["!agents", "!status", "how are you"]
    for count, text in enumerate(texts, 1):
        # A repeat of the same question, before its answer: nothing else has been asked meanwhile.
        agent1.next_chat(text)
        chat = agent1.next_chat(text)
        assert len({heard["id"] for heard in agent1.heard.items}) == count
        agent1.reply(chat, f"re {text}", "failed" if count == 3 else "ok")
    call.child.stdin = None
    done = call.end(None)
    assert (done.code, done.out) == (1, "re !agents\nre !status\nre how are you\n")


@pytest.mark.parametrize("text, code", [("", 0), ("\n\n", 0), ("/quit\n!agents\n", 0),
                                        ("/agent a|b\n", 2), ("x" * 131073 + "\n", 2),
                                        ("DELEGATE: web1 | " + "x" * 65537, 2)])
def test_lines_that_send_nothing(agent1, console, text, code):
    done = Call(console).end(text)
    assert (done.code, done.out) == (code, "")
    assert not agent1.heard.items


def test_a_line_that_is_too_long_is_not_sent_and_the_next_is(agent1, console):
    call = Call(console)
    call.child.stdin.write("x" * 200000 + "\n!agents\n")
    call.child.stdin.close()
    agent1.reply(agent1.next_chat("!agents"), "web1: online", "ok")
    call.child.stdin = None
    done = call.end(None)
    assert (done.code, done.out) == (0, "web1: online\n")
    assert "line 1 has more than 131072 bytes; it is not sent" in done.err


def test_with_an_agent(agent1, console):
    call = Call(console, "web1")
    call.child.stdin.write("ps aux | wc -l\n!runs\nDELEGATE: web2 | id\n/agent\nhello\n")
    call.child.stdin.close()
    for text in ("DELEGATE: web1 | ps aux | wc -l", "!runs", "DELEGATE: web2 | id", "hello"):
        agent1.reply(agent1.next_chat(text), "done", "ok")
    call.child.stdin = None
    assert call.end(None).out == "done\n" * 4


def test_last_and_help(agent1, console):
    call = Call(console)
    call.child.stdin.write("/last\n@web1 uptime\n/last\n/help\n")
    call.child.stdin.close()
    agent1.reply(agent1.next_chat("@web1 uptime"), "#12 web1: succeeded\n```\n#99 x: y\n```", "ok",
                 runs=[RUN])
    agent1.reply(agent1.next_chat("!run 12"), "task: uptime\n#12 web1: succeeded", "ok", runs=[RUN])
    call.child.stdin = None
    done = call.end(None)
    assert "task: uptime\n#12 web1: succeeded\n/help " in done.out and "!agentOFF" in done.out
    assert "no run was made in this conversation yet" in done.err


def test_unreachable_ends_a_pipe(house, agent1, console):
    house.broker.stop()
    done = Call(console, "--timeout", "1s").end("!agents\n!runs\n")
    assert done.code == 5 and done.err.count("could not be reached") == 1


# ---- usage and configuration ---------------------------------------------------------------------
def test_usage(agent1, console):
    done = Call(console, "--jsno").end()
    assert done.code == 2 and "--jsno" in done.err and done.out == ""
    done = Call(console, "send", "DELEGATE: web1 | " + "x" * 65537).end()
    assert done.code == 2 and "65537 bytes, at most 65536" in done.err
    assert not agent1.heard.items
    done = Call(console, "--help").end()
    assert done.code == 0 and "agentctl send" in done.out and "Exit codes" in done.out
    done = Call(console, "--version").end()
    assert done.code == 0 and done.out.startswith("agentctl ")


@pytest.mark.parametrize("changes, mentions", [
    ({"orchestrator_key": "x25519:short"}, ["orchestrator_key", '"x25519:short"', "expected"]),
    ({"orchestrator_key": None}, ["orchestrator_key"]),
    ({"mqtt": {"url": "http://127.0.0.1"}}, ["mqtt.url", '"http://127.0.0.1"', "expected mqtt://"]),
    ({"mqtt": {"url": "mqtt://127.0.0.1", "password_file": "/nowhere"}}, ["/nowhere"]),
])
def test_bad_configuration(agent1, console, changes, mentions):
    assert Call(console, "--check").end().code == 0
    write_json(console.file, {**console.config, **changes})
    for options in (["--check"], ["send", "!agents"], []):
        done = Call(console, *options).end()
        assert (done.code, done.out) == (78, "")
        for mention in [str(console.file), *mentions]:
            assert mention in done.err


def test_configuration_that_is_no_json(agent1, console):
    console.file.write_text('{\n  "mqtt": {,\n')
    done = Call(console, "--check").end()
    assert done.code == 78 and f"{console.file}: line 2" in done.err


def test_key_before_everything_else(tmp_path):
    environment = program_environment(tmp_path)
    shown = [subprocess.run([str(BUILD / "agentctl"), "--show-key"], env=environment, text=True,
                            capture_output=True, timeout=30, check=True).stdout for _ in range(2)]
    key_file = tmp_path / ".config/agentctl/key"
    assert shown[0] == shown[1] == Peer.from_file(key_file).key + "\n"
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o644)
    refused = subprocess.run([str(BUILD / "agentctl"), "--show-key"], env=environment, text=True,
                             capture_output=True, timeout=30, check=False)
    assert refused.returncode == 78 and str(key_file) in refused.stderr
