"""An agent that hears its control topic and nothing on its inbox, on a real Mosquitto: the broker takes
both subscriptions and delivers on one. With an access list that forgot the inbox people are told, and
once the list is right the task goes, once."""

import re
import signal

import pytest

from wait import wait_for

INBOX = "pattern read agents/%u/inbox\n"


@pytest.mark.timeout(300)  # people are told after half a minute, and a task is repeated as often
def test_people_are_told_and_the_task_goes_when_the_list_is_right(house):
    broker = house.broker
    right = broker.acl_file.read_text()
    assert INBOX in right
    broker.acl_file.write_text(right.replace(INBOX, ""))
    broker.process.signal(signal.SIGHUP)
    web1 = house.agent("web1")
    ana = house.person("ana")
    house.start()
    marks = house.folder / "marks"

    def hear(words, seconds):
        wait_for(lambda: any(re.search(words, message.text, re.DOTALL) for message in ana.heard.items),
                 seconds, lambda: f"{words!r} heard; so far: {ana.heard}")

    ana.send(f"@web1 echo once >> {marks}")
    wait_for(lambda: "agent1 asks for tasks that never came" in web1.process.log_text(), 90,
             "web1 notices it by itself")
    hear("web1 hears me but gets no tasks since .*agents/web1/inbox.*#1 waits", 120)
    # While it connects anew once more it is offline, and that is said instead.
    wait_for(lambda: " · web1 hears me but gets no tasks since " in ana.ask("!runs", "#1 web1: queued").text,
             60, "the line of the run tells it")
    assert not marks.exists()

    broker.acl_file.write_text(right)
    broker.process.signal(signal.SIGHUP)
    hear("web1 gets tasks again, after ", 120)
    hear("#1 web1: succeeded", 60)
    assert marks.read_text() == "once\n"
