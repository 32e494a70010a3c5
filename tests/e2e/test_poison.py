"""A task on which agent2 crashes again and again: the third crash sets it aside, and people hear that."""

import signal

from wait import wait_for


def test_a_task_that_ends_agent2_is_refused_and_named(house):
    web1 = house.agent("web1")
    ana = house.person("ana")
    house.start()
    marks = house.folder / "marks"
    web1.stop()
    web1.environment["CRASH_AT"] = "gateway.task"
    web1.start()
    ana.send(f"@web1 echo started >> {marks}")
    for _ in range(2):
        assert web1.process.wait_end() == -signal.SIGKILL
        web1.start(is_connecting=False)
    assert web1.process.wait_end() == -signal.SIGKILL
    del web1.environment["CRASH_AT"]
    web1.start()
    for words in (r"^#1 web1: refused \(policy\): agent2 crashed on it 3 times and set it aside; "
                  "it did not start$",
                  "^web1: high: task #1 ended agent2 3 times: it is set aside and did not start$"):
        wait_for(lambda: ana.heard.all(words), 30, words)  # in whatever order

    assert "#2 web1: succeeded" in ana.ask("@web1 true", "#2 web1: succeeded").text
    wait_for(lambda: "1 queued" not in ana.ask("!agents", "web1: online").text)
    assert not marks.exists()
    assert "agent1 asks for tasks that never came" not in web1.process.log_text()
    assert not ana.heard.all("gets no tasks")
