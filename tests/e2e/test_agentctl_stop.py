"""Ctrl-C and plain words on a terminal while a language model answers, with an agent1 that the test plays."""

import pytest

from played import RUN
from screen import like

STOPPED = "(stopped by you)"


def stop_of(agent1, chat):
    return agent1.next_chat(f"!stop {chat['id']}")


def test_ctrl_c_ends_the_answer(agent1, thinking):
    """And what was typed for later is not done; agent1's word on it is not shown beside the answer's own."""
    screen, chat = thinking
    agent1.reply(chat, "They are\nwell", offset=0)
    screen.wait_for(like("They are\nagent1 .*well$"))
    screen.enter("and web2?")
    screen.type("!sta")
    screen.wait_for(lambda text: text.endswith("> and web2?\N{RETURN SYMBOL} !sta"))
    screen.press("C-c")
    stop = stop_of(agent1, chat)
    agent1.reply(chat, f"They are\nwell\n{STOPPED}", "cancelled")
    screen.wait_for(f"They are\nwell\n{STOPPED}\nagentctl: not done: and web2?\nagent1> !sta")
    agent1.reply(stop, 'stopped: the answer to "how are they?"', "ok")
    agent1.reply(agent1.hear(screen, "tus", "!status"), "all well", "ok")
    seen = screen.wait_for("all well\nagent1>")
    assert "stopped: " not in seen
    assert not agent1.heard.all(lambda heard: heard["text"] == "and web2?")


def test_the_second_ctrl_c_does_not_wait(agent1, thinking):
    screen, chat = thinking
    screen.press("C-c")
    stop_of(agent1, chat)
    screen.wait_for("Ctrl-C again")
    screen.press("C-c")
    screen.wait_for('"how are they?": the model goes on thinking, and may still act; !stop stops it\nagent1>')
    agent1.reply(chat, STOPPED, "cancelled")
    screen.wait_for(f"stops it\n{STOPPED}\nagent1>")


def test_an_agent1_that_does_not_know_it(agent1, thinking):
    screen, chat = thinking
    screen.press("C-c")
    agent1.reply(stop_of(agent1, chat), "!stop: unknown command; !help lists them", "refused")
    screen.wait_for("may still act; !stop stops it\nagent1>")


def test_a_run_that_came_of_it_goes_on(agent1, thinking):
    screen, chat = thinking
    agent1.reply(chat, "I look.\n#12 web1: queued", runs=[RUN])
    screen.wait_for("#12 web1  ")
    agent1.reply(chat, "It has\nbegun", offset=0)
    screen.wait_for(like("It has\n#12 web1 .*begun$"))
    screen.press("C-c")
    stop = stop_of(agent1, chat)
    agent1.reply(chat, f"It has\nbegun\n{STOPPED}", runs=[RUN])
    agent1.reply(stop, 'stopped: the answer to "how are they?"\n#12 goes on; !cancel 12 stops it', "ok")
    screen.wait_for(f"I look.\nIt has\nbegun\n{STOPPED}\n"
                    "agentctl: #12 web1 goes on; !run 12 shows it, !cancel 12 stops it\nagent1>")
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("stops it\n#12 web1: succeeded\nagent1>")


@pytest.mark.parametrize("word", ["stop!", "stop answering", "arrête de répondre", "ça suffit"])
def test_a_plain_word_does_not_wait_for_its_turn(agent1, thinking, word):
    screen, chat = thinking
    screen.enter("and web2?")
    screen.enter("stop web2")
    stop = agent1.hear(screen, word, f"!stop {chat['id']}")
    agent1.reply(chat, STOPPED, "cancelled")
    agent1.reply(stop, 'stopped: the answer to "how are they?"', "ok")
    agent1.reply(agent1.next_chat("and web2?"), "So is web2.", "ok")
    agent1.reply(agent1.next_chat("stop web2"), "What on web2?", "ok")
    screen.wait_for("What on web2?\nagent1>")


def test_a_plain_word_while_a_run_of_the_answer_goes_on(agent1, thinking):
    """No model is asked about the word: the answer may be over, or go on after the run."""
    screen, chat = thinking
    agent1.reply(chat, "I look.\n#12 web1: queued", runs=[RUN])
    screen.wait_for("#12 web1  ")
    stop = agent1.hear(screen, "stop", f"!stop {chat['id']}")
    agent1.reply(stop, "#12 goes on; !cancel 12 stops it", "ok")
    screen.wait_for("> stop\n#12 goes on; !cancel 12 stops it")
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("stops it\n#12 web1: succeeded\nagent1>")
    assert not agent1.heard.all(lambda heard: heard["text"] == "stop")


def test_a_plain_word_while_a_task_is_waited_for(agent1, console, at_prompt):
    """agent1 is not asked: the way to stop the task is known here."""
    screen = at_prompt(console)
    chat = agent1.take_task(screen)
    screen.enter("stop")
    screen.wait_for("agentctl: #12 web1 goes on; !run 12 shows it, !cancel 12 stops it")
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("stops it\n#12 web1: succeeded\nagent1>")
    assert not agent1.heard.all(lambda heard: heard["text"].startswith(("stop", "!stop")))


def test_to_an_agent_it_is_a_task(agent1, console, screens):
    screen = screens(console, "web1")
    agent1.reply(agent1.next_chat("!why web1"), "web1: ready", "ok")
    screen.wait_for("web1>")
    agent1.take_task(screen, "sleep 9", "DELEGATE: web1 | sleep 9")
    screen.enter("stop")
    screen.wait_for(lambda text: text.endswith("> stop\N{RETURN SYMBOL}"))
    screen.press("C-c")
    screen.wait_for("!cancel 12 stops it\nagentctl: not done: stop\nweb1>")
    assert not agent1.heard.all(lambda heard: heard["text"].startswith(("stop", "!stop")))
