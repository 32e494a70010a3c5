"""Commands that are typed while agentctl waits for something else: they pass at once."""

import contextlib
import os
import re
import signal

import pytest

from played import RUN
from process import start
from screen import like
from wait import wait_for


def test_a_command_passes_and_a_sentence_waits_for_its_turn(agent1, thinking):
    screen, chat = thinking
    screen.enter("and web2?")
    agent1.reply(agent1.hear(screen, "!status"), "all well\nsince noon", "ok")
    screen.wait_for("> !status\nall well\nsince noon\nagent1  ")
    agent1.reply(agent1.hear(screen, "/plans", "PLAN_LIST:"), "none", "ok")
    screen.wait_for("> /plans\nnone\nagent1  ")
    assert not agent1.heard.all(lambda heard: heard["text"] == "and web2?")
    agent1.reply(chat, "They are well.", "ok")
    agent1.reply(agent1.next_chat("and web2?"), "So is web2.", "ok")
    screen.wait_for("They are well.\nagent1> and web2?\nSo is web2.\nagent1>")
    screen.press("Up", "Up")
    screen.wait_for(lambda text: text.endswith("agent1> /plans"))


@pytest.mark.parametrize("first, second", [("REMEMBER: x | 1", "!reset"), ("@web1 reboot", "!agentON web1")])
def test_a_line_that_waits_is_not_overtaken(agent1, thinking, first, second):
    """But by what looks, and by what stops something."""
    screen, chat = thinking
    for line in (first, second, "!runs", "!cancel 12", "!agentOFF web1"):
        screen.enter(line)
    for line in ("!runs", "!cancel 12", "!agentOFF web1"):
        agent1.reply(agent1.next_chat(line), "done", "ok")
    screen.wait_for(like(f"agent1  .*{re.escape(first)}\N{RETURN SYMBOL} {second}\N{RETURN SYMBOL}"))
    assert not agent1.heard.all(lambda heard: heard["text"] in (first, second))
    agent1.reply(chat, "They are well.", "ok")
    for line in (first, second):
        agent1.reply(agent1.next_chat(line), f"{line}: done", "ok")
        screen.wait_for(f"{line}: done")


def test_an_answer_that_is_parted_says_so(agent1, thinking):
    screen, chat = thinking
    agent1.reply(chat, "They are\nwell", offset=0)
    screen.wait_for(like("They are\nagent1 .*well$"))
    agent1.reply(agent1.hear(screen, "!status"), "```\nall\n```", "ok")
    screen.wait_for(like("They are\n> !status\n```\nall\n```\nagent1 .*well$"))
    agent1.reply(chat, "well\ntoday", offset=9)
    screen.wait_for(like('all\n```\nagentctl: the answer to "how are they\\?" goes on:\nwell\nagent1 .*today$'))
    agent1.reply(chat, "They are\nwell\ntoday.", "ok")
    screen.wait_for("goes on:\nwell\ntoday.\nagent1>")
    assert screen.text().count("goes on") == 1


def test_news_stand_above_what_is_waited_for(agent1, thinking):
    """What answers the session itself ends no question."""
    screen, chat = thinking
    agent1.reply(chat, "Schedule apt: #9 web1: failed (exit 1, 0.4 s)\n```\nno\n```", "ok",
                 in_reply_to=chat["from"])
    screen.wait_for(like(r"Schedule apt: #9 web1: failed \(exit 1, 0.4 s\)\n```\nno\n```\nagent1  \d+ s$"))
    agent1.reply(chat, "They are well.", "ok")
    screen.wait_for("They are well.\nagent1>")


def test_an_answer_that_comes_late_is_named_at_the_prompt(agent1, thinking):
    screen, chat = thinking
    fired = agent1.hear(screen, "!fire nightly")
    agent1.reply(chat, "They are well.", "ok")
    screen.wait_for("They are well.\nagent1>")
    screen.type("!ru")
    agent1.reply(fired, "#12 web1: queued", runs=[RUN])
    agent1.reply(fired, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("They are well.\n> !fire nightly\n#12 web1: queued\n#12 web1: succeeded\nagent1> !ru")


def test_a_run_that_is_waited_for_can_be_cancelled(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.take_task(screen, "@web1 sleep 99")
    agent1.reply(agent1.hear(screen, "!cancel 12"), "#12 web1: cancelling", "ok")
    screen.wait_for("> !cancel 12\n#12 web1: cancelling\n#12 web1  ")
    agent1.reply(chat, "#12 web1: cancelled (signal 15)", "cancelled", runs=[RUN])
    screen.wait_for("#12 web1: cancelling\n#12 web1: cancelled (signal 15)\nagent1>")


def test_help_and_the_last_run_pass_too(agent1, thinking):
    screen, chat = thinking
    screen.enter("/help")
    screen.wait_for(like(r"/status +health on one screen\n(.*\n)+.*config.json names\nagent1  \d+ s$"))
    screen.enter("/last")  # there is none: it waits for its turn, and says so
    agent1.reply(chat, "They are well.", "ok")
    screen.wait_for("They are well.\nagent1> /last\nagentctl: /last: no run was made in this conversation yet")
    task = agent1.take_task(screen)
    agent1.reply(agent1.hear(screen, "/last", "!run 12"), "#12 web1: running", "ok")
    screen.wait_for("> /last\n#12 web1: running\n#12 web1  ")


@pytest.mark.parametrize("line", ["!no", "/agent web1", "!statsu"])
def test_what_else_waits_for_its_turn(agent1, thinking, line):
    """An answer to a question may answer another one by then; a choice holds for what is typed next."""
    screen, _ = thinking
    screen.enter(line)
    screen.enter("!status")
    agent1.next_chat("!status")
    assert {heard["text"] for heard in agent1.heard.items} == {"how are they?", "!status"}
    screen.wait_for(lambda text: text.splitlines()[-1].endswith(f"> {line}\N{RETURN SYMBOL}"))


def test_a_terminal_that_cannot_write_a_line_anew(agent1, console):
    """What comes while a line is typed stands below it, and no escape sequence anywhere."""
    ours, its = os.openpty()
    os.set_blocking(ours, False)
    child = start(console.argv(), stdin=its, stdout=its, stderr=its,
                  env={**console.environment, "TERM": "dumb"})
    os.close(its)
    seen = b""

    def shows(wanted):
        nonlocal seen
        with contextlib.suppress(BlockingIOError):
            seen += os.read(ours, 65536)
        return re.search(wanted, seen)

    try:
        wait_for(lambda: shows(rb"agent1> $"))
        os.write(ours, b"@web1 sleep 9\n")
        chat = agent1.next_chat("@web1 sleep 9")
        agent1.reply(chat, "#12 web1: queued", runs=[RUN])
        wait_for(lambda: shows(rb"#12 web1: queued\r\n"))
        child.send_signal(signal.SIGINT)
        wait_for(lambda: shows(rb"!cancel 12 stops it\r\nagent1> $"))
        os.write(ours, b"!ru")
        wait_for(lambda: shows(rb"!ru$"))
        agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
        wait_for(lambda: shows(rb"!ru\r\n#12 web1: succeeded\r\n.*agent1> !ru$"))
        assert b"\x1b" not in seen
    finally:
        child.kill()
        child.wait()
        os.close(ours)
