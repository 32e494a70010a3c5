"""agentctl's options, each with what is wrong first, then with what it does."""

import json

import pytest

from played import RUN, Call

TABLE = [
    # words, exit code, what is said
    (["--jsno"], 2, "Unknown option --jsno"),
    (["--timeout"], 2, "Missing argument for --timeout"),
    (["--timeout", "5", "send", "x"], 2, '--timeout: "5": expected a duration such as'),
    (["--timeout", "-1s", "send", "x"], 2, '--timeout: "-1s": expected a duration'),
    (["--timeout", "0s", "send", "x"], 2, '--timeout: "0s": expected more than nothing'),
    (["--config"], 2, "Missing argument for --config"),
    (["send"], 2, "send: no text: expected a command or a task, such as '!agents' or '@web1 uptime'"),
    (["send", ""], 2, "send: no text: expected"),
    (["send", "  \n"], 2, "send: no text: expected"),
    (["send", "@web1", "uptime"], 2, "send takes one text, found 2 words: put it into quotes"),
    (["send", b"\xff"], 2, "word 2 is no text in UTF-8"),
    ([""], 2, "the name of the agent is empty"),
    (["!agents"], 2, "\"!agents\" is no name of an agent: did you mean agentctl send '!agents'?"),
    (["ps aux | wc"], 2, "is no name of an agent"),
    (["web1", "uptime"], 2, '"uptime": expected one agent; a task for web1: agentctl web1 -- uptime'),
    (["sned", "@web1 uptime"], 2, '"@web1 uptime": expected one agent; did you mean agentctl send …? '
                                  "A task for sned: agentctl sned -- @web1 uptime"),
    (["nxet", "daily 3h"], 2, "did you mean agentctl next …?"),
    (["audti", "verify"], 2, "did you mean agentctl audit …?"),
    (["web1", "--", ""], 2, "expected a task for web1 after --"),
    (["web1", "--", "a\nb"], 2, "a task is one line"),
    (["--check", "web1"], 2, '"web1": nothing more is expected here'),
    (["--show-key", "web1"], 2, '"web1": nothing more is expected here'),
    (["audit"], 2, "expected agentctl audit verify"),
]


@pytest.mark.parametrize("words, code, said", TABLE)
def test_wrong(house, console, words, code, said):
    done = Call(console, *words).end()
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("agentctl: ") and said in done.err and done.err.count("\n") == 1
    assert not house.broker.process.log_text().count("as agentctl-"), "it spoke with the broker"


def test_a_configuration_that_is_not_there(console):
    for words in (["send", "!agents"], ["web1"], ["audit", "verify"], ["--check"]):
        call = Call(console, *words, "--config", f"{console.file}.absent").end()
        assert call.code == 78 and f"{console.file}.absent: no such file" in call.err
        assert call.out == ""


def answer(agent1, text="#12 web1: succeeded"):
    chat = agent1.next_chat()
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    agent1.progress(chat, "half\n")
    agent1.result(chat, "succeeded")
    agent1.reply(chat, text, "succeeded", runs=[RUN])
    return chat


@pytest.mark.parametrize("option", ["--json", "--quiet", "--no-color", "--timeout=20s", "--now",
                                    "--dry-run"])
@pytest.mark.parametrize("place", ["before", "behind"])
def test_each_option(agent1, console, option, place):
    words = [option, "send", "@web1 uptime"] if place == "before" else ["send", "@web1 uptime", option]
    call = Call(console, *words)
    chat = answer(agent1)
    done = call.end()
    assert done.code == 0
    assert chat.object.get("now") is (True if option == "--now" else None)
    assert chat.object.get("dry_run") is (True if option == "--dry-run" else None)
    assert chat.object.get("data") is (True if option == "--json" else None)
    if option == "--json":
        kinds = [json.loads(line)["type"] for line in done.out.splitlines()]
        assert kinds == ["reply", "progress", "result", "reply"] and done.err == ""
    else:
        assert done.out == "#12 web1: succeeded\n"
        assert done.err == ("" if option == "--quiet" else "#12 web1: queued\n")


def test_a_task_for_an_agent(agent1, console):
    call = Call(console, "--quiet", "web1", "--", "grep", "-c", "--", "x | y")
    chat = agent1.next_chat()
    assert chat["text"] == "DELEGATE: web1 | grep -c -- x | y"
    agent1.reply(chat, "#12 web1: failed (exit 1, 0.1 s)", "failed", runs=[RUN])
    assert vars(call.end()) == {"code": 1, "out": "#12 web1: failed (exit 1, 0.1 s)\n", "err": ""}


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"NO_COLOR": ""}, {}])
def test_a_pipe_has_no_colors(agent1, console, environment):
    console.environment.update(environment)
    call = Call(console, "send", "x")
    answer(agent1)
    assert "\x1b" not in "".join(map(str, vars(call.end()).values()))
