"""agentctl on a terminal, with the real agent1: what the conversation asked for and what had to wait is heard of
again when it goes on, as what was left with Ctrl-C is."""

import pytest

from screen import Screen
from test_gate import begin, local, open_window

ALONE = {"rules": [{"agent": "web1", "decision": "ask", "second": False, "reason": "care"}]}


@pytest.fixture
def conversation(house):
    """Opens a terminal for a console of the house."""
    opened = []

    def open_screen(console):
        screen = Screen(house.folder, console.argv(), console.environment)
        opened.append(screen)
        screen.wait_for("agent1>")
        return screen
    yield open_screen
    for screen in opened:
        screen.close()


def test_what_one_approves_oneself_tells_its_result(house, conversation):
    (ana,) = begin(house, ("ana", "admin"), policy=ALONE)
    screen = conversation(ana)
    screen.enter("@web1 echo result")
    screen.wait_for("#1 web1: awaiting_approval")
    screen.enter("!approve 1")
    screen.wait_for("#1 web1: succeeded")
    screen.wait_for("result")
    screen.enter("!status")
    screen.wait_for("agents: 1 online")


def test_a_plan_that_is_approved_tells_its_end(house, conversation):
    (ana,) = begin(house, ("ana", "admin"), policy=ALONE)
    screen = conversation(ana)
    screen.enter("PLAN: web1|echo one ;; web1|echo two")
    screen.wait_for("#1 web1: awaiting_approval")
    screen.enter("!approve p1")
    screen.wait_for("#2 web1: awaiting_approval")
    screen.enter("!approve p1")
    screen.wait_for("p1: 2 succeeded")


def test_what_was_put_off_tells_its_result(house, conversation):
    (ana,) = begin(house, ("ana", "operator"),
                   blackouts=[{"start": local(hours=-1), "end": local(hours=2)}])
    screen = conversation(ana)
    screen.enter("@web1 --defer echo result")
    screen.wait_for("#1 web1: deferred")
    screen.type("!sta")
    open_window(house)
    text = screen.wait_for("#1 web1: succeeded", 40)
    assert text.rstrip().endswith("agent1> !sta"), text


def test_an_agent_that_is_none_is_told(house, conversation):
    (ana,) = begin(house, ("ana", "admin"))
    screen = conversation(ana)
    screen.enter("/agent wbe1")
    screen.wait_for("agentctl: wbe1: not now (unknown_agent): no agent of that name; nearest: web1\nagent1>")
    screen.enter("/agent web1")
    screen.enter("echo $((40 + 2))")
    screen.wait_for("#1 web1: succeeded")
    assert "allowed" not in screen.text()


def test_leaving_names_only_what_is_at_work(house, conversation):
    (ana,) = begin(house, ("ana", "admin"), policy=ALONE)
    screen = conversation(ana)
    screen.enter("@web1 echo result")
    screen.wait_for("#1 web1: awaiting_approval")
    screen.press("C-d")
    assert screen.end() == 0
    assert "goes on" not in screen.text()
