"""Reports and memory over the real programs: what is typed, kept, asked for and sent."""

import datetime
import re
import zoneinfo

from clock import Clock
from parties import accepted_agent, known_console, start_with
from programs import write_json
from wait import wait_for


def zone_of_noon():
    """One in which it is about noon, so that no midnight comes in between."""
    hours = 12 - datetime.datetime.now(datetime.timezone.utc).hour
    return f"Etc/GMT{-hours:+d}"  # the sign of these names is that of POSIX: west is plus


def next_minute(zone):
    """The next full minute as clocks show it there."""
    now = datetime.datetime.now(zoneinfo.ZoneInfo(zone))
    return (now + datetime.timedelta(minutes=1)).strftime("%H:%M")


def test_runs_and_failures_are_listed(house):
    agent, user = start_with(house)
    assert "expected REPORT: [agent]" in user.ask("REPORT: web1 web2")["text"]
    assert user.ask("REPORT_ERRORS: wep1")["text"] == "wep1: no agent of that name; nearest: web1"
    user.chat("@web1 one")
    agent.succeed(agent.next_task(), "fine\n")
    user.chat("@web1 two")
    agent.report(agent.next_task(), "failed", exit_code=2, output="\nE: no lock\nmore\n")
    wait_for(lambda: "failed (exit 2" in user.ask("REPORT: web1")["text"])
    lines = user.ask("REPORT:")["text"].splitlines()
    assert [line.split(" · ")[0][:9] for line in lines] == ["#2 web1: ", "#1 web1: "]
    assert "last week: expected a time such as today" in user.ask("REPORT: | last week")["text"]
    today = user.ask("REPORT: web1 | today")["text"].splitlines()
    assert today[0].startswith("web1: what ended on 20") and today[0].endswith(", Europe/Paris")
    assert today[1].startswith("2 runs, 1 succeeded, 1 failed; median ")
    assert [line.split(" · ")[0][:9] for line in today[2:]] == ["#2 web1: ", "#1 web1: "]
    assert "\n0 runs" in user.ask("REPORT_ERRORS: | yesterday")["text"]
    assert "one day" in user.ask("DAILY_REPORT: | 24h")["text"]
    assert user.ask("DAILY_REPORT:")["text"].endswith("█=1\n```")
    assert user.ask("REPORT_ERRORS: web1 | 1h")["text"].endswith(" · two · E: no lock")
    errors = user.ask("REPORT_ERRORS:")["text"]
    assert errors.startswith("#2 web1: failed (exit 2") and errors.endswith(" · two · E: no lock")


def test_what_is_remembered_outlives_a_kill(house):
    connect = known_console(house)
    house.start()
    user = connect()
    assert "there is no bar" in user.ask("REMEMBER: door 4711")["text"]
    assert user.ask("RECALL: door")["text"] == "door: not found"
    assert user.ask("REMEMBER: Back door | 4711 | left")["text"] == 'remembered "Back door"'
    house.agent1.kill()
    house.agent1.start()
    assert "Back door: 4711 | left" in user.ask("RECALL: back DOOR")["text"]
    assert 'no key "lef"; these hold it:\nBack door' in user.ask("RECALL: lef")["text"]
    assert 'it replaces "4711 | left"' in user.ask("REMEMBER: back door | 0815")["text"]
    assert 'forgotten: "back door"; it was "0815"' in user.ask("REMEMBER: back door |")["text"]
    assert user.ask("RECALL: 0815")["text"] == "0815: not found"


def test_a_time_is_set_after_a_yes_and_people_edit_it_too(house):
    agent1 = house.agent1
    agent1.reports = {"_": "ours", "agents": {"web1": {"report_time": "21:00", "note": 1}},
                      "daily_report_time": "22:30", "daily_report_enabled": False, "extra": [1]}
    _, user = start_with(house)
    assert "24:00: expected a time" in user.ask("!reports set web1 24:00")["text"]
    assert "nearest: web1" in user.ask("!reports set wep1 22:00")["text"]
    assert "shall it be 22:10? !yes or !no" in user.ask("!reports set web1 22:10")["text"]
    assert agent1.read("reports_schedule.json") == agent1.reports
    assert user.ask("!yes")["text"].startswith("web1: 22:10, next ")
    assert user.ask("!reports set daily 23:15\n!yes")["text"].splitlines()[1].startswith("daily: 23")
    wait_for(lambda: agent1.read("reports_schedule.json") == {
        "_": "ours", "agents": {"web1": {"report_time": "22:10", "note": 1, "enabled": True}},
        "daily_report_time": "23:15", "daily_report_enabled": True, "extra": [1]})
    edited = agent1.read("reports_schedule.json")
    edited["daily_report_time"] = "5:00"
    write_json(agent1.config_folder / "reports_schedule.json", edited)
    wait_for(lambda: "NOT in use" in user.ask("!reports")["text"])
    assert "daily: 23:15" in user.ask("!reports")["text"]
    assert 'daily_report_time: "5:00"' in user.ask("!status")["text"]
    edited["daily_report_time"] = "05:00"
    write_json(agent1.config_folder / "reports_schedule.json", edited)
    wait_for(lambda: "daily: 05:00" in user.ask("!reports")["text"])


def test_an_agent_reports_and_the_day_is_compiled(house):
    """The real agent2 is asked, since its time has come; the compiled report comes at its minute."""
    zone = house.agent1.config["timezone"] = zone_of_noon()
    person = house.person("ana")
    house.agent("web1", shell=True)
    accepted_agent(house, "web2")
    house.start()
    person.send("@web1 echo hello; exit 3")
    person.wait_for(r"#1 web1: failed \(exit 3")
    person.send("DAILY_REPORT: web1")
    assert "up " not in person.wait_for(r"web1: 1 run, 1 failed; median").text
    house.agent1.reports = {"agents": {"web1": {"report_time": "00:00"},
                                       "web2": {"report_time": "00:00"}},
                            "daily_report_time": next_minute(zone), "daily_report_enabled": True}
    house.agent1.write()
    daily = person.wait_for(r"Daily report ", seconds=90).text
    assert re.search(r"web1: 1 run, 1 failed; median .*; up .*, load .*, disk .* free of", daily)
    assert "\nweb2: 0 runs\nDid not report: web2\nAll: 1 run, 1 failed" in daily
    assert "#1 web1: failed (exit 3" in daily.split("\nFailures, the last first:\n")[1]
    assert re.search(r"\nAudit: \d+ rows, head [0-9a-f]{16}\n```\nfailed +.*█", daily)
    house.agent1.restart()
    person.ask("DAILY_REPORT: | hier", rf"what ended that day, {re.escape(zone)}\nweb1: 0 runs\n", 30)
    person.send("!reports")
    shown = person.wait_for(r"Reports, zone").text
    assert "; last sent for 20" in shown and "; reported today at " in shown


def test_what_was_reported_of_a_day_of_25_hours_is_there_after_a_restart(house):
    """The evening of a change of clocks, by agent1's moved clock, and the morning after it."""
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    evening = datetime.datetime(2026, 10, 25, 22, 29, 50, tzinfo=paris)
    house.agent1.reports = {"daily_report_time": "22:30", "daily_report_enabled": True}
    clock = Clock(house.agent1)
    clock.go_to(evening)
    person = house.person("ana")
    accepted_agent(house, "web1")
    house.start()
    daily = person.wait_for(r"^Daily report 2026-10-25: what ended since 2026-10-24 22:30 CEST", 60).text
    assert "\nweb1: 0 runs" in daily and "```" not in daily
    clock.go_to(evening + datetime.timedelta(hours=11))
    house.agent1.restart()
    kept = person.ask("DAILY_REPORT: | yesterday", r"^Daily report 2026-10-25: ", 30).text
    assert kept == daily
    answer = person.ask("REPORT: | 2026-10-24..yesterday", "what ended from", 30).text
    assert answer == "all agents: what ended from 2026-10-24 to 2026-10-25, Europe/Paris\n0 runs"
