"""The whole path of one task: a chat or agentctl, agent1, the gate, MQTT, an agent, and back."""

from parties import accepted_agent, known_console, start_with


def test_from_a_console_to_an_agent_and_back(house):
    agent, user = start_with(house)
    chat = user.chat("DELEGATE: web1 | uptime")["id"]
    first = user.wait_for("reply", in_reply_to=chat)
    assert (first["text"], first["final"]) == ("#1 web1: queued", False)
    task = agent.next_task(task="uptime")
    assert task["number"] == 1 and task["attempt"] == 1 and task["journal"] == agent.journal
    agent.progress(task, "half way")
    assert user.wait_for("progress")["tail"] == "half way"
    assert "output so far)\n```\nhalf way\n```" in user.ask("!run 1")["text"]
    agent.succeed(task, "up 3 days\n")
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert last["text"] == "#1 web1: succeeded (exit 0, 0.0 s)\n```\nup 3 days\n```"
    assert last["outcome"] == "succeeded" and last["runs"] == [task["run"]]
    agent.wait_for("ack", run=task["run"], state="done")


def test_from_a_phone_to_an_agent_and_back(house):
    connect = accepted_agent(house)
    person = house.person("ana")
    house.start()
    agent = connect()
    person.send("@web1 uptime")
    person.wait_for(r"#1 web1: queued")
    agent.succeed(agent.next_task(), "up\n")
    assert "```\nup\n```" in person.wait_for(r"#1 web1: succeeded").text


def test_the_first_bar_splits(house):
    agent, user = start_with(house)
    user.chat("DELEGATE: web1 | ps aux | grep x")
    assert agent.next_task()["task"] == "ps aux | grep x"


def test_several_orders_in_one_message(house):
    agent, user = start_with(house)
    chat = user.chat("DELEGATE: web1 | one\n@web1 two\n!agents")["id"]
    assert {agent.next_task()["task"], agent.next_task()["task"]} == {"one", "two"}
    first = user.wait_for("reply", in_reply_to=chat)
    assert "#1 web1: queued\n#2 web1: queued\nweb1: online" in first["text"]
    for run in list(agent.runs):
        agent.report({"run": run, "attempt": 1}, "failed" if run == first["runs"][0] else "succeeded",
                     exit_code=1 if run == first["runs"][0] else 0)
    last = user.wait_for("reply", in_reply_to=chat, final=True)
    assert last["outcome"] == "failed" and sorted(last["runs"]) == sorted(first["runs"])


def test_a_repeated_chat_is_not_done_again(house):
    agent, user = start_with(house)
    chat = user.chat("@web1 once")["id"]
    assert user.wait_for("reply", in_reply_to=chat)["text"] == "#1 web1: queued"
    user.chat("@web1 once", id=chat)
    assert user.wait_for("reply", in_reply_to=chat)["text"] == "#1 web1: queued"
    house.agent1.kill()
    house.agent1.start()
    user.ask("!status")
    user.chat("@web1 once", id=chat)
    user.wait_for("reply", in_reply_to=chat)
    agent.succeed(agent.next_task())
    assert user.wait_for("reply", in_reply_to=chat, final=True)["outcome"] == "succeeded"
    assert "#1 " in user.ask("!runs")["text"] and "#2 " not in user.ask("!runs")["text"]


def test_two_consoles_do_not_see_each_other(house):
    other_console = known_console(house, session="fedcba9876543210")
    agent, user = start_with(house)
    other = other_console()
    user.chat("@web1 secret")
    agent.succeed(agent.next_task(), "the secret")
    user.wait_for("reply", final=True)
    other.ask("!status")
    assert not [heard for heard in other.heard.items if "secret" in heard.text]
