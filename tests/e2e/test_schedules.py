"""Schedules over the real programs: proposed, edited by people and by agent1, fired once, and told."""

import json
import re
import sqlite3
import time

import pytest

from clock import Clock
from parties import accepted_agent, known_console, start_with
from programs import write_json
from schedule_rows import entries, occurrences, query
from wait import wait_for

TOPIC = "agents/scheduler/notifications"


def saved(house):
    """The entries of the file, as it is now."""
    return house.agent1.read("tasks_schedule.json")["tasks"]


def save(house, tasks):
    """A person saves the file, and nothing beside it."""
    write_json(house.agent1.config_folder / "tasks_schedule.json", {"tasks": tasks})


def test_what_is_no_schedule_is_told(house):
    _, user = start_with(house)
    assert "expected SCHEDULE: <when> | <agent> | <task>" in user.ask("SCHEDULE: daily 03:00")["text"]
    answer = user.ask("SCHEDULE: dayly 03:00 | web1 | true")["text"]
    assert 'when: character 1: found "dayly"' in answer and '"every 6h"' in answer
    answer = user.ask("SCHEDULE: hourly | wep1 | true")["text"]
    assert answer == "wep1: refused (unknown_agent): no agent of that name; nearest: web1"
    assert user.ask("!pause nosuch")["text"] == "nosuch: no schedule of that name; !tasks lists them"
    assert "none; an operator proposes one with SCHEDULE:" in user.ask("!tasks")["text"]


def test_one_is_proposed_confirmed_fired_and_taken_out(house):
    house.agent1.tasks = {"_": "ours", "tasks": [], "extra": 1}
    agent, user = start_with(house)
    answer = user.ask("SCHEDULE: in 1s | web1 | echo one | wc -l")
    assert answer["outcome"] == "awaiting" and "Shall it be so?" in answer["text"]
    assert not saved(house)
    assert "· next " in user.ask("!yes")["text"]
    wait_for(lambda: saved(house), what="it stands in the file")
    (entry,) = saved(house)
    assert entry["cron"].startswith("at 20") and entry["cron"].endswith("Z")
    assert (entry["task"], entry["agent"]) == ("echo one | wc -l", "web1")
    task = agent.next_task(70)  # a full minute
    assert task["task"] == "echo one | wc -l" and task["requested_by"] == entry["user"]
    agent.succeed(task)
    wait_for(lambda: not saved(house), what="it is taken out of the file")
    assert house.agent1.read("tasks_schedule.json") == {"_": "ours", "tasks": [], "extra": 1}
    wait_for(lambda: "#1 web1: succeeded" in user.ask("!runs")["text"])


def test_people_edit_the_file_too(house):
    house.agent1.tasks = {"tasks": [{"agent": "web1", "task": "apt update", "cron": "weekly lun 03:00",
                                     "_why": "mine", "colour": "red"}]}
    _, user = start_with(house)
    wait_for(lambda: "id" in saved(house)[0], what="it got an id")
    entry = saved(house)[0]
    assert entry["id"].startswith("web1-apt-") and entry["_why"] == "mine" and entry["colour"] == "red"
    assert f"{entry['id']}: weekly lun 03:00 · web1 · apt update · next " in user.ask("!tasks")["text"]

    # A save that began before agent1 wrote, and has none of what it wrote.
    user.chat("SCHEDULE: daily 04:00 | web1 | true")
    user.ask("!yes")
    wait_for(lambda: len(saved(house)) == 2, what="both stand in the file")
    house.agent1.tasks = {"tasks": [{**entry, "cron": "weekly tue 03:00"}]}
    house.agent1.write()
    wait_for(lambda: "weekly tue" in user.ask("!tasks")["text"], what="the save is in use")
    assert "daily 04:00" not in user.ask("!tasks")["text"]
    house.agent1.tasks["tasks"].append({"agent": "web1", "task": "x", "cron": "y"})
    house.agent1.write()
    wait_for(lambda: 'tasks[1].cron: character 1: found "y"' in user.ask("!status")["text"])
    assert "weekly tue" in user.ask("PLAN_LIST:")["text"]
    house.agent1.stop()
    checked = house.agent1.run("--check")
    assert checked.returncode == 78 and "tasks_schedule.json: tasks[1].cron" in checked.stderr


def test_one_is_held_fired_by_hand_and_cancelled(house):
    house.agent1.tasks = {"tasks": [{"id": "a", "agent": "web1", "task": "true", "cron": "yearly"}]}
    agent, user = start_with(house)
    assert "paused by user-" in user.ask("!pause a")["text"]
    house.agent1.kill()
    house.agent1.start()
    assert "paused by user-" in user.ask("!tasks")["text"]
    assert " · next " in user.ask("!resume a")["text"]
    user.chat("!fire a")
    agent.succeed(agent.next_task(), "by hand\n")
    user.wait_for("reply", outcome="succeeded")
    house.agent1.tasks = house.agent1.read("tasks_schedule.json")
    assert "SCHEDULE: yearly | web1 | true" in user.ask("PLAN_CANCEL: a")["text"]
    wait_for(lambda: not saved(house), what="it is taken out of the file")


def test_what_happens_is_published(house):
    house.agent1.tasks = {"tasks": [{"id": "a", "agent": "web1", "task": "true", "cron": "every 10s"}]}
    agent_of, user_of = accepted_agent(house), known_console(house)
    observer = house.observer
    house.start()
    agent, _ = agent_of(), user_of()
    agent.report(agent.next_task(20), "failed", exit_code=3, output="no space\n")
    told = observer.heard.wait_for(lambda publication: publication.topic == TOPIC and
                                   b'"failed"' in publication.payload)
    told = json.loads(told.payload)
    assert (told["schedule"], told["agent"], told["number"]) == ("a", "web1", 1)


def test_a_clock_that_is_put_forward_and_back(house):
    """By hours: what passed is missed and told; what fired does not fire again."""
    house.agent1.tasks = {"tasks": [{"id": "noon", "agent": "web1", "task": "true", "cron": "hourly"}]}
    agent_of, user_of = accepted_agent(house), known_console(house)
    clock = Clock(house.agent1)
    house.start()
    agent_of()
    user = user_of()
    clock.set(3 * 3600)
    user.chat("!status")  # refused from a clock that is hours away, but agent1 looks at its own
    wait_for(lambda: any(state == "missed" for _, _, state in occurrences(house)),
             what="the hours that passed are missed")
    fired = occurrences(house)
    times = [nominal for _, nominal, _ in fired]
    assert all(state in ("missed", "queued", "accepted", "skipped") for _, _, state in fired)
    clock.set(0)
    user.ask("!status")
    assert [nominal for _, nominal, _ in occurrences(house)] == times


def read_anew(house):
    return house.agent1.process.log_text().count("the configuration was read anew")


def test_others_are_answered_while_a_long_file_is_read(house):
    """What is read is in use whole, or not at all; what is saved meanwhile is read after it."""
    _, user = start_with(house)
    house.agent1.tasks = {"tasks": entries(20000, "yearly")}
    house.agent1.write()
    seen = set()

    def is_in_use():
        text = user.ask("!tasks")["text"]
        seen.add(next((line for line in text.splitlines() if line.startswith("and ")), "none"))
        return "and 19900 more" in text
    wait_for(is_in_use, 60, what="the file is in use")
    assert seen <= {"none", "and 19900 more"}, seen
    house.agent1.tasks = {"tasks": entries(20000, "monthly")}
    house.agent1.write()
    house.agent1.tasks = {"tasks": entries(3, "daily 04:00")}
    house.agent1.write()
    wait_for(lambda: "s2: daily 04:00" in user.ask("!tasks")["text"], 60, what="the last save is in use")


def test_a_save_after_its_own_edits_is_seen(house):
    house.agent1.tasks = {"tasks": entries(3, "yearly")}
    _, user = start_with(house)
    # What the house itself saved while agent1 started has been read.
    house.agent1.reload()
    wait_for(lambda: read_anew(house) > 0, what="a reading that was asked for")
    user.ask("PLAN_CANCEL: s1")
    wait_for(lambda: len(saved(house)) == 2, what="the edit is written")
    user.chat("SCHEDULE: daily 04:00 | web1 | true")
    user.ask("!yes")
    wait_for(lambda: len(saved(house)) == 3, what="the other edit is written")
    wait_for(lambda: query(house, "SELECT count(*) FROM edits") == [(0,)], what="agent1 knows of both")
    # A person's save after both is seen. Of this file alone: others that are saved beside it may be
    # read one by one.
    before = read_anew(house)
    mine = {"id": "mine", "agent": "web1", "task": "true", "cron": "weekly"}
    save(house, [*saved(house), mine])
    wait_for(lambda: "mine: weekly" in user.ask("!tasks")["text"], what="the save is in use")
    text = user.ask("!tasks")["text"]
    assert read_anew(house) == before + 1 and "daily 04:00" in text and "s1:" not in text


def test_its_own_edits_are_not_read_anew(house):
    """Edits for longer than a save is put off to be read with others: none of them is. A person's is."""
    _, user = start_with(house)
    house.agent1.reload()
    wait_for(lambda: read_anew(house) > 0, what="a reading that was asked for")
    # What the house saved while agent1 started was seen, too, when what is saved after it is in use.
    save(house, [{"id": "first", "agent": "web1", "task": "true", "cron": "weekly"}])
    wait_for(lambda: "first: weekly" in user.ask("!tasks")["text"], what="the save is in use")
    user.ask("PLAN_CANCEL: first")
    wait_for(lambda: not saved(house), what="it is taken out of the file")
    before, end, edits = read_anew(house), time.monotonic() + 2, 0
    while time.monotonic() < end or edits < 10:
        user.ask("SCHEDULE: daily 04:00 | web1 | true")
        name = user.ask("!yes")["text"].split(":")[0]
        wait_for(lambda: saved(house), what="it stands in the file")
        user.ask(f"PLAN_CANCEL: {name}")
        wait_for(lambda: not saved(house), what="it is taken out of the file")
        edits += 2
    assert read_anew(house) == before, f"{edits} edits"
    save(house, [{"id": "mine", "agent": "web1", "task": "true", "cron": "weekly"}])
    wait_for(lambda: "mine: weekly" in user.ask("!tasks")["text"], what="the save is in use")
    assert read_anew(house) == before + 1


def test_what_was_cancelled_comes_back_with_a_save(house):
    """Somebody's editor still held the text of before."""
    ana = house.person("ana")
    house.agent1.tasks = {"tasks": [{"id": "a", "agent": "web1", "task": "true", "cron": "yearly"}]}
    accepted_agent(house)
    house.start()
    held = saved(house)
    assert "a: cancelled" in ana.ask("PLAN_CANCEL: a", "cancelled").text
    wait_for(lambda: not saved(house), what="it is taken out of the file")
    save(house, held)
    told = ana.wait_for("a is back: tasks_schedule.json was saved with it after ana cancelled it").text
    assert told.endswith("; PLAN_CANCEL: a cancels it again")
    assert "a: yearly · web1" in ana.ask("!tasks", "Schedules").text


def test_a_person_and_agent1_edit_at_once(house):
    house.agent1.tasks = {"tasks": entries(5000, "yearly")}
    _, user = start_with(house)
    for round_ in range(4):
        user.ask(f"PLAN_CANCEL: s{round_}")
        mine = [entry for entry in saved(house) if entry["id"] != f"s{round_ + 10}"]
        house.agent1.tasks = {"tasks": mine}
        house.agent1.write()
        user.ask("!tasks")

    def is_alike():
        count = len(saved(house))
        return f"and {count - 100} more" in user.ask("!tasks")["text"]
    wait_for(is_alike, 60, what="agent1 uses what the file says")
    assert not {f"s{number}" for number in range(10, 14)} & {entry["id"] for entry in saved(house)}


def test_many_without_ids_get_them_at_once(house):
    nameless = [{name: word for name, word in entry.items() if name != "id"}
                for entry in entries(3000, "yearly")]
    house.agent1.tasks = {"tasks": nameless + nameless[:2]}
    _, user = start_with(house)
    wait_for(lambda: all("id" in entry for entry in saved(house)), what="all have ids")
    assert len({entry["id"] for entry in saved(house)}) == 3002
    name = saved(house)[-1]["id"]
    assert name.endswith("-2") and "paused" in user.ask(f"!pause {name}")["text"]


@pytest.mark.parametrize("zone,shown", [("Asia/Tokyo", "JST"), ("America/New_York", "EST")])
def test_the_zone_of_the_host(house, zone, shown):
    """Without a zone in config.json times are the host's, also when that was changed meanwhile."""
    house.agent1.tasks = {"tasks": [{"id": "a", "agent": "web1", "task": "true",
                                     "cron": "at 2030-01-15T03:00"}]}
    del house.agent1.config["timezone"]
    house.agent1.environment["TZ"] = "UTC"
    _, user = start_with(house)
    assert "next Tue 2030-01-15 03:00 UTC" in user.ask("!tasks")["text"]
    house.agent1.environment["TZ"] = zone
    house.agent1.restart()
    text = user.ask("!tasks")["text"]
    assert f"zone {zone}" in text and f"next Tue 2030-01-15 03:00 {shown}" in text


def test_many_at_once(house):
    """Five hundred at the same moment: each is one row, and the queue of an agent is bounded."""
    agent_of, user_of = accepted_agent(house), known_console(house)
    house.agent1.tasks = {"tasks": entries(500, "every 10s")}
    house.start()
    agent_of()
    user_of()
    wait_for(lambda: len(occurrences(house)) >= 500, 40, what="five hundred rows")
    house.agent1.stop()
    database = sqlite3.connect(house.agent1.state / "agent1.db")
    states = dict(database.execute("SELECT state, COUNT(*) FROM runs GROUP BY state"))
    assert set(states) <= {"queued", "accepted", "rejected", "skipped", "missed"}, states


def test_a_person_in_another_zone(house):
    """Both times are shown, a restart before the answer forgets nothing, the file keeps the zone."""
    _, user = start_with(house)
    answer = user.ask("SCHEDULE: tous les jours à 8h america/new_york | web1 | true")["text"]
    assert re.search(r"^daily 08:00 · web1 · true; zone America/New_York \(here: \S+\):\n"
                     r"1\. \w+ \S+ 08:00 E[DS]T = ", answer)
    house.agent1.kill()
    house.agent1.start()
    assert ": daily 08:00 (America/New_York) · web1 · true" in user.ask("!yes")["text"]
    wait_for(lambda: saved(house), what="it stands in the file")
    (entry,) = saved(house)
    assert (entry["cron"], entry["timezone"]) == ("daily 08:00", "America/New_York")
    wait_for(lambda: re.search(r"next \w+ \S+ 08:00 E[DS]T = ", user.ask("!tasks")["text"]))
    answer = user.ask("SCHEDULE: daily 08:00 Europe/Pariss | web1 | true")["text"]
    assert answer.startswith("when: Europe/Pariss: there is no such time zone here; expected one such as")
