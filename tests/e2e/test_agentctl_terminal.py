"""agentctl, the real program, on a terminal, with an agent1 that the test plays."""

import os
import signal

import pytest

from played import RUN, Call
from screen import Screen, like


# ---- on a terminal -------------------------------------------------------------------------------
def test_a_conversation(agent1, console, at_prompt):
    screen = at_prompt(console)
    agent1.reply(agent1.hear(screen, "!agents"), "web1  online\nweb2  online", "ok")
    screen.wait_for(lambda text: text.endswith("web1  online\nweb2  online\nagent1>"))
    screen.press("C-d")
    assert screen.end() == 0


def test_completion(agent1, console, at_prompt):
    screen = at_prompt(console)
    screen.type("!ag")
    screen.press("Tab")
    screen.wait_for("agent1> !agent")
    screen.press("Tab")
    screen.wait_for("!agentOFF  !agentON  !agentUPDATE  !agents  !agentsOFF  !agentsON  !agentsUPDATE\nagent1> !agent")
    screen.type("s")
    screen.press("Enter")
    agent1.reply(agent1.next_chat("!agents"), "web1: online\ndb1: online", "ok")
    screen.wait_for("db1: online\nagent1>")
    screen.type("DEL")
    screen.press("Tab")
    screen.type("d")
    screen.press("Tab")
    screen.type("| id")
    screen.press("Enter")
    agent1.reply(agent1.next_chat("DELEGATE: db1 | id"), "ok", "ok")
    screen.wait_for("DELEGATE: db1 | id")


def test_history_outlives_the_conversation(agent1, console, at_prompt):
    first = at_prompt(console)
    agent1.reply(agent1.hear(first, "!runs caf\u00e9"), "none", "ok")
    first.wait_for("none\nagent1>")
    first.press("C-d")
    first.end()
    first.close()
    second = at_prompt(console)
    second.press("Up")
    second.wait_for("agent1> !runs caf\u00e9")
    second.press("Enter")
    agent1.reply(agent1.next_chat("!runs caf\u00e9"), "still none", "ok")
    second.wait_for("still none")


def test_progress_comes_and_goes(agent1, console, at_prompt):
    screen = at_prompt(console, "web1")
    chat = agent1.hear(screen, "make", "DELEGATE: web1 | make")
    agent1.reply(chat, "#12 web1: queued", runs=[RUN])
    screen.wait_for(lambda text: text.splitlines()[-1].startswith("#12 web1  0 s  queued"))
    agent1.progress(chat, "compiling a.c\ncompiling b\x1b[31m.c\n", seq=7)
    screen.wait_for("#12 web1  7 s  compiling b<U+001B>[31m.c")
    agent1.progress(chat, "x" * 300, seq=8)
    line = screen.wait_for("#12 web1  8 s  xxx").splitlines()[-1]
    assert len(line) < 100
    agent1.reply(chat, "#12 web1: succeeded (exit 0, 9 s)\n```\ndone\n```", "succeeded", runs=[RUN])
    text = screen.wait_for("succeeded")
    text = screen.wait_for(lambda seen: seen.endswith("web1>"))
    assert "8 s" not in text and "queued" not in text
    assert text.endswith("web1> make\n#12 web1: succeeded (exit 0, 9 s)\n```\ndone\n```\nweb1>")
    assert "\x1b[32msucceeded" in screen.colors()


@pytest.mark.parametrize("options, environment", [(("--no-color",), {}), ((), {"NO_COLOR": "1"})])
def test_no_color(agent1, console, at_prompt, options, environment):
    screen = at_prompt(console, *options, **environment)
    agent1.reply(agent1.hear(screen, "x"), "#12 web1: succeeded", "succeeded")
    screen.wait_for("succeeded\nagent1>")
    assert "\x1b[" not in screen.colors()


def test_ctrl_c_returns_to_the_prompt(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.take_task(screen)
    screen.press("C-c")
    screen.wait_for("#12 web1 goes on; !run 12 shows it, !cancel 12 stops it\nagent1>")
    screen.type("!canc")
    screen.wait_for("agent1> !canc")

    # What comes for the first one does not disturb the line that is being typed.
    agent1.progress(chat, "one\n")
    agent1.reply(chat, "#12 web1: succeeded (exit 0, 9 s)", "succeeded", runs=[RUN])
    screen.wait_for("#12 web1: succeeded (exit 0, 9 s)\nagent1> !canc")
    agent1.reply(agent1.hear(screen, "el 12", "!cancel 12"), "#12 is over", "ok")
    screen.wait_for("#12 is over\nagent1>")

    screen.type("never mind")
    screen.wait_for("agent1> never mind")
    screen.press("C-c")
    screen.wait_for("agent1> never mind\nagent1>")
    screen.press("C-d")
    assert screen.end() == 0


NOBODY = "nosuch: not now (unknown_agent): no agent of that name; nearest: web1"


def test_an_agent_that_is_none_is_told(agent1, console, at_prompt):
    """And the conversation stays with whom it was with; but a word that comes too late changes no prompt."""
    screen = at_prompt(console)
    agent1.reply(agent1.hear(screen, "/agent nosuch", "!why nosuch"), NOBODY, "refused")
    screen.wait_for(f"agentctl: {NOBODY}\nagent1>")
    screen.enter("/agent nosuch")
    screen.wait_for("\nnosuch>")
    screen.type("upt")
    screen.wait_for("nosuch> upt")
    agent1.reply(agent1.next_chat("!why nosuch"), NOBODY, "refused")
    screen.wait_for(f"agentctl: {NOBODY}\nnosuch> upt")
    screen.press("C-u")
    agent1.reply(agent1.hear(screen, "/agent web1", "!why web1"), "web1: yes\n- windows: open", "ok")
    screen.wait_for(lambda text: text.endswith("web1>"))
    agent1.reply(agent1.hear(screen, "!agents"), "web1: online", "ok")
    screen.wait_for("web1: online\nweb1>")
    assert "windows" not in screen.text() and "yes" not in screen.text()


def test_the_agent_of_the_command_line_is_looked_for_too(agent1, console, screens):
    screen = screens(console, "sned")
    screen.wait_for("sned>")
    agent1.reply(agent1.next_chat("!why sned"), NOBODY.replace("nosuch", "sned"), "refused")
    screen.wait_for("agentctl: sned: not now (unknown_agent): no agent of that name; nearest: web1\nsned>")


def test_a_subscription_leaves_the_prompt_free(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "MQTT_SUBSCRIBE: home/#")
    begun = "s3: I listen to home/#, for at most 10 messages; !subscriptions cancel s3 ends it"
    agent1.reply(chat, begun)
    screen.wait_for(f"{begun}\nagent1>")
    agent1.reply(agent1.hear(screen, "!status"), "all is well", "ok")
    screen.wait_for("all is well\nagent1>")
    screen.type("!ag")
    agent1.reply(chat, "s3 home/#: message 1 of at most 10\n```\nhome/lamp ON\n```")
    screen.wait_for("home/lamp ON\n```\nagent1> !ag")
    agent1.reply(agent1.hear(screen, "ents", "!agents"), "none", "ok")
    screen.wait_for("none\nagent1>")
    screen.press("C-d")
    assert screen.end() == 0
    screen.wait_for("s3 goes on; agentctl send '!subscriptions' shows it, "
                    "agentctl send '!subscriptions cancel s3' ends it")


def test_what_comes_last_of_a_subscription(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "MQTT_SUBSCRIBE: home/#")
    agent1.reply(chat, "s3: I listen to home/#")
    screen.wait_for("s3: I listen to home/#\nagent1>")
    agent1.reply(chat, "s3 home/#: over, its time is up: no message came", "timed_out")
    screen.wait_for("no message came\nagent1>")
    screen.press("C-d")
    assert screen.end() == 0
    assert "goes on" not in screen.text()


def test_the_end_of_hope_for_one_left_alone(agent1, console, at_prompt):
    screen = at_prompt(console, "--timeout", "2s")
    screen.enter("!agents")
    agent1.next_chat()
    screen.press("C-c")
    screen.wait_for('agent1 has not answered "!agents" yet, and may still take it for')
    screen.wait_for(lambda text: text.endswith("\nagent1>"))
    screen.type("!run")
    screen.wait_for("no answer from agent1")
    screen.wait_for(lambda text: text.endswith("agent1> !run"))


def test_an_answer_above_a_line_of_several_rows(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.take_task(screen)
    screen.press("C-c")
    screen.wait_for("stops it\nagent1>")
    typed = "DELEGATE: web1 | echo " + "0123456789 " * 25
    screen.type(typed)
    screen.wait_for(lambda text: text.replace("\n", "").endswith(typed.rstrip()))
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("stops it\n#12 web1: succeeded\nagent1> DELEGATE: web1 | echo 0123456789")
    text = screen.wait_for(lambda seen: seen.replace("\n", "").endswith(typed.rstrip()))
    assert text.count("DELEGATE: web1 | echo") == 1
    screen.press("Enter")
    assert agent1.next_chat()["text"] == typed.rstrip()


def test_keys_typed_while_it_waits_can_be_seen(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.take_task(screen)
    screen.type("!statsu")
    screen.press("BSpace", "BSpace")
    screen.type("us")
    screen.wait_for(lambda text: text.splitlines()[-1].endswith("> !status"))
    agent1.progress(chat, "half\n", seq=7)
    screen.wait_for("#12 web1  7 s  > !status")
    agent1.reply(chat, "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("#12 web1: succeeded\nagent1> !status")
    screen.press("Enter")
    agent1.reply(agent1.next_chat("!status"), "all well", "ok")
    screen.wait_for("agent1> !status\nall well\nagent1>")


def test_ctrl_c_keeps_what_is_typed_and_does_none_of_it(agent1, console, at_prompt):
    screen = at_prompt(console)
    agent1.take_task(screen)
    screen.enter("@web1 reboot")
    screen.type("!can")
    screen.wait_for(lambda text: text.splitlines()[-1].endswith("> @web1 reboot\N{RETURN SYMBOL} !can"))
    screen.press("C-c")
    screen.wait_for("#12 web1 goes on; !run 12 shows it, !cancel 12 stops it\n"
                    "agentctl: not done: @web1 reboot\nagent1> !can")
    agent1.reply(agent1.hear(screen, "cel 12", "!cancel 12"), "#12 web1: cancelling", "ok")
    screen.wait_for("#12 web1: cancelling\nagent1>")
    assert "@web1 reboot" not in {chat["text"] for chat in agent1.heard.items}


@pytest.mark.parametrize("how", ["ctrl-d while it waits", "ctrl-d at the prompt", "/quit", "SIGTERM"])
def test_what_goes_on_is_named_when_one_leaves(agent1, console, at_prompt, how):
    screen = at_prompt(console)
    agent1.take_task(screen)
    if how in ("ctrl-d at the prompt", "/quit"):
        screen.press("C-c")
        screen.wait_for("stops it\nagent1>")
    if how == "SIGTERM":
        os.kill(screen.pid, signal.SIGTERM)
    elif how == "/quit":
        screen.enter("/quit")
    else:
        screen.press("C-d")
    assert screen.end() == (128 + signal.SIGTERM if how == "SIGTERM" else 0)
    text = screen.text()
    assert text.count("agentctl: #12 web1 goes on; agentctl send '!run 12' shows it, agentctl send") == 1
    assert "!cancel 12" not in {chat["text"] for chat in agent1.heard.items}


def test_nothing_is_said_when_nothing_goes_on(agent1, console, at_prompt):
    screen = at_prompt(console)
    agent1.reply(agent1.hear(screen, "@web1 true"), "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("succeeded\nagent1>")
    screen.press("C-d")
    assert screen.end() == 0
    assert "goes on" not in screen.text()


def test_completion_of_what_there_is_now(agent1, console, at_prompt):
    """Nobody asked before: Tab asks agent1, and shows nothing of it."""
    screen = at_prompt(console)
    screen.type("@we")
    screen.press("Tab")
    agent1.reply(agent1.next_chat("!agents"), "web1: online\n  shell", "ok")
    screen.wait_for(lambda text: text.endswith("agent1> @web1"))
    screen.type("disk")
    screen.press("Tab")
    agent1.reply(agent1.next_chat("!help web1"), "Skills of web1; !help <skill> tells about one:\n"
                 "disk.usage: Space on disks (risk read)", "ok")
    screen.wait_for(lambda text: text.endswith("agent1> @web1 disk.usage"))
    screen.press("Enter")
    agent1.reply(agent1.next_chat("@web1 disk.usage"), "#12 web1: succeeded", "succeeded", runs=[RUN])
    screen.wait_for("agent1> @web1 disk.usage \n#12 web1: succeeded\nagent1>")
    screen.type("@we")
    screen.press("Tab")
    screen.wait_for(lambda text: text.endswith("agent1> @web1"))
    texts = [chat["text"] for chat in agent1.heard.items]
    assert "online" not in screen.text() and len([text for text in texts if text == "!agents"]) <= 2


def test_completion_does_not_wait_for_ever(agent1, console, at_prompt):
    screen = at_prompt(console)
    screen.type("@we")
    screen.press("Tab")
    chat = agent1.next_chat("!agents")
    screen.type("x")
    screen.wait_for(lambda text: text.endswith("agent1> @wex"))
    agent1.reply(chat, "web1: online", "ok")
    screen.press("BSpace")
    screen.wait_for(lambda text: text.endswith("agent1> @web1") or screen.press("Tab"))
    screen.press("C-c")
    screen.wait_for(lambda text: text.endswith("@web1\nagent1>") or text.endswith("@web1 \nagent1>"))
    screen.press("C-d")
    assert screen.end() == 0
    assert "goes on" not in screen.text() and "no answer" not in screen.text()


def test_keys_typed_while_it_waits_are_kept(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "first")
    screen.wait_for("agent1  0 s")
    screen.type("second")
    screen.press("Enter")
    agent1.reply(chat, "answer one", "ok")
    agent1.reply(agent1.next_chat("second"), "answer two", "ok")
    text = screen.wait_for("answer two\nagent1>")
    assert "agent1> first\nanswer one\nagent1> second\nanswer two\nagent1>" in text


def test_a_yes_typed_before_the_question_is_none(agent1, console, at_prompt):
    """Nobody has read then what it would answer."""
    screen = at_prompt(console)
    chat = agent1.hear(screen, "first")
    screen.wait_for("agent1  0 s")
    screen.enter("!yes")
    screen.type("!ru")
    screen.wait_for(lambda text: text.splitlines()[-1].endswith("> !yes\N{RETURN SYMBOL} !ru"))
    agent1.reply(chat, "shall web1 be restarted? !yes or !no", "awaiting")
    screen.wait_for("shall web1 be restarted? !yes or !no\n"
                    "agentctl: not done, typed before this was asked: !yes\nagent1> !ru")
    agent1.reply(agent1.hear(screen, "ns", "!runs"), "no runs", "ok")
    screen.wait_for("no runs\nagent1>")
    assert "!yes" not in {chat["text"] for chat in agent1.heard.items}


def test_the_terminal_is_given_back(agent1, console, house):
    script = house.folder / "shell"
    script.write_text(f"""{' '.join(console.argv())}
echo code $?
stty -a | tr ' ;' '\\n\\n' | grep -xE -- '-?(echo|icanon|isig)'
""")
    screen = Screen(house.folder, ["sh", str(script)], console.environment)
    try:
        screen.wait_for("agent1>")
        screen.press("C-d")
        screen.wait_for("code 0\nisig\nicanon\necho")
    finally:
        screen.close()


def test_suspended_and_continued(agent1, console, house):
    screen = Screen(house.folder, ["bash", "--norc", "--noediting", "-i"],
                    {**console.environment, "PS1": "shell> "})
    try:
        screen.wait_for("shell>")
        screen.enter(" ".join(console.argv("web1")))
        screen.wait_for("web1>")
        screen.press("C-z")
        screen.wait_for("Stopped")
        screen.enter("echo half-$((1 + 1))")
        screen.wait_for("half-2\nshell>")
        screen.enter("fg")
        screen.wait_for(lambda text: text.endswith("web1>"))
        screen.type("!ag")
        screen.press("Tab", "s", "Enter")
        agent1.reply(agent1.next_chat("!agents"), "web1: online", "ok")
        screen.wait_for("web1> !agents\nweb1: online\nweb1>")
    finally:
        screen.close()


def test_a_narrower_window(agent1, console, at_prompt):
    screen = at_prompt(console)
    typed = "DELEGATE: web1 | " + "0123456789 " * 6
    screen.type(typed)
    screen.wait_for(lambda text: text.endswith(typed.rstrip()))
    screen.resize(40, 20)
    screen.type("end")
    screen.press("Enter")
    agent1.reply(agent1.next_chat(typed + "end"), "done", "ok")
    screen.wait_for("done\nagent1>")


def test_help_on_a_phone(agent1, console, at_prompt):
    """Lines that the terminal breaks are joined here: agentctl broke them itself."""
    screen = at_prompt(console)
    screen.resize(40, 60)
    screen.enter("/help")
    text = screen.wait_for(lambda text: "PLAN_CANCEL:" in text and text.endswith("agent1>"))
    shown = text.partition("agent1> /help\n")[2]
    assert shown.startswith("/help\n  this list\n/status\n  health on one screen\n")
    assert [line for line in shown.splitlines() if len(line) > 40] == []


def test_hang_up_ends_it(agent1, console, at_prompt):
    screen = at_prompt(console)
    os.kill(screen.pid, signal.SIGTERM)
    assert screen.end() == 128 + signal.SIGTERM


def test_words_before_a_run_stay(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "uptime of web1")
    agent1.reply(chat, "understood as: DELEGATE: web1 | uptime\n#12 web1: queued", runs=[RUN])
    screen.wait_for("understood as: DELEGATE: web1 | uptime\n")
    agent1.reply(chat, "#12 web1: succeeded (exit 0, 9 s)", "succeeded", runs=[RUN])
    screen.wait_for(lambda text: text.endswith(
        "understood as: DELEGATE: web1 | uptime\n#12 web1: succeeded (exit 0, 9 s)\nagent1>"))


def test_what_was_looked_up_stays(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "where is the door?")
    agent1.reply(chat, "I look.\nasked for: RECALL: door")
    screen.wait_for("I look.\nasked for: RECALL: door\n")
    agent1.reply(chat, "Behind the stairs.", "ok")
    screen.wait_for(lambda text: text.endswith(
        "I look.\nasked for: RECALL: door\nBehind the stairs.\nagent1>"))


def test_how_each_of_several_runs_ended_stays(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "do both")
    agent1.reply(chat, "#12 web1: queued\n#13 web1: queued", runs=[RUN])
    agent1.reply(chat, "#12 web1: failed (exit 127)", runs=[RUN])
    screen.wait_for("#12 web1: failed (exit 127)\n")
    agent1.reply(chat, "#13 web1: succeeded (exit 0, 9 s)", "failed", runs=[RUN])
    screen.wait_for(lambda text: text.endswith(
        "#12 web1: failed (exit 127)\n#13 web1: succeeded (exit 0, 9 s)\nagent1>"))


def test_an_answer_comes_in_parts(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "how is web1?")
    agent1.reply(chat, "Let me see how", offset=0)
    screen.wait_for(like(r"agent1  \d+ s  Let me see how$"))
    agent1.reply(chat, "Let me see how web1 is.\n```\nload 0.1\n", offset=0)
    screen.wait_for("how is web1?\nLet me see how web1 is.\n```\nload 0.1\nagent1  ")
    agent1.reply(chat, "```\nIt is", offset=37)
    screen.wait_for(like("load 0.1\n```\nagent1  .*  It is$"))
    agent1.reply(chat, "Let me see how web1 is.\n```\nload 0.1\n```\nIt is well.", "ok")
    screen.wait_for("load 0.1\n```\nIt is well.\nagent1>")
    assert screen.text().count("Let me see") == 1


def test_an_answer_that_is_replaced(agent1, console, at_prompt):
    screen = at_prompt(console)
    chat = agent1.hear(screen, "how is web1?")
    agent1.reply(chat, "It is we\n", offset=0)
    screen.wait_for("It is we\n")
    agent1.reply(chat, "", offset=0)
    screen.wait_for("what stands above is no answer: another model is asked")
    agent1.reply(chat, "web1 is idle.\n", offset=0)
    screen.wait_for("\nweb1 is idle.\n")
    agent1.reply(chat, "web1 is idle.\nasked for: DELEGATE: web1 | uptime\n#12 web1: queued", runs=[RUN])
    screen.wait_for("web1 is idle.\nasked for: DELEGATE: web1 | uptime\n#12 web1 ")
    agent1.reply(chat, "#12 web1: succeeded (exit 0, 9 s)", "succeeded", runs=[RUN])
    screen.wait_for("web1 is idle.\nasked for: DELEGATE: web1 | uptime\n#12 web1: succeeded (exit 0, 9 s)\nagent1>")


def test_parts_are_for_terminals(agent1, console):
    """In a pipe the whole answer is printed, once."""
    call = Call(console, "send", "how is web1?")
    chat = agent1.next_chat("how is web1?")
    agent1.reply(chat, "")
    agent1.reply(chat, "It is\n", offset=0)
    agent1.reply(chat, "It is\nwell.", "ok")
    done = call.end()
    assert (done.code, done.out, done.err) == (0, "It is\nwell.\n", "")
