"""What others do to agent1's XMPP account: each line of the attack table that is not in a room."""

from test_xmpp_talk import message

CARBONS = "urn:xmpp:carbons:2"


def nothing_ran(house, person):
    person.ask("!runs", "no runs")
    assert not (house.folder / "marks").exists()


def test_forged_copies_of_what_an_admin_said(house):
    ana = house.person("ana")
    mallory = house.person("mallory", is_known=False)
    house.agent("web1")
    house.start()
    order = f"<body>@web1 touch {house.folder}/marks</body>"
    inner = (f"<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat' "
             f"from='{ana.jid}/x' to='{ana.peer}'>{order}</message></forwarded>")
    for number, content in enumerate((
            f"<received xmlns='{CARBONS}'>{inner}</received>",
            f"<sent xmlns='{CARBONS}'>{inner}</sent>",
            f"{order}<received xmlns='{CARBONS}'>{inner}</received>",
            f"<result xmlns='urn:xmpp:mam:2' queryid='q'>{inner}</result>", inner)):
        message(mallory, content, f"forged-{number}")
        message(ana, f"{content}", f"own-{number}")
    nothing_ran(house, ana)
    assert not mallory.heard.items


def test_a_roster_push_of_a_stranger_changes_nothing(house):
    ana = house.person("ana")
    mallory = house.person("mallory", is_known=False)
    house.start()
    ana.ask("!agents")
    mallory.send_raw(
        f"<iq type='set' id='push-1' to='{mallory.peer}/agent1'><query xmlns='jabber:iq:roster'>"
        f"<item jid='{mallory.jid}' subscription='both' name='ana'/></query></iq>")
    assert 'type="error"' in mallory.raw.wait_for('id="push-1"')
    mallory.ask("!status", "I do not know mallory")
    assert not mallory.raw.all("<status>")


def test_a_look_alike_of_a_users_name(house):
    ana = house.person("ana")
    # The account's name with a Cyrillic a, and the user's with a dot behind.
    for name in ("an\u0430", "ana."):
        twin = house.person(name, is_known=False)
        if not house.agent1.process:
            house.start()
        twin.ask("!status", "I do not know")
    ana.ask("!status", "awake")


def test_what_was_written_long_ago_is_asked_about(house):
    ana = house.person("ana")
    house.agent("web1")
    house.start()
    order = f"<body>@web1 touch {house.folder}/marks</body>"
    for number, stamp in enumerate(("2002-09-10T23:41:07Z", "soon", "")):
        message(ana, f"{order}<delay xmlns='urn:xmpp:delay' stamp='{stamp}'/>", f"old-{number}")
        ana.wait_for(r"not done: .*!yes( \d)? to do it now")
    nothing_ran(house, ana)


def test_forged_answers_to_what_was_asked(house):
    """Only the client that was asked tells what it can."""
    ana = house.person("ana")
    mallory = house.person("mallory", is_known=False)
    house.agent("web1")
    house.start()
    ana.ask("!agents", "web1")
    for number in range(20):
        mallory.send_raw(
            f"<iq type='result' id='{number}' to='{ana.peer}/agent1'>"
            f"<query xmlns='http://jabber.org/protocol/disco#info'>"
            f"<feature var='urn:xmpp:message-correct:0'/></query></iq>")
    ana.ask("@web1 sleep 2", "#1 web1: succeeded")
    assert not ana.heard.all(lambda heard: heard.replaces)


def test_a_correction_of_somebody_elses_order(house):
    ana = house.person("ana")
    oskar = house.person("oskar", role="operator")
    house.agent("web1")
    house.start()
    ana.send("@web1 sleep 1", stanza_id="s1")
    ana.wait_for("#1 web1: queued")
    message(oskar, f"<body>@web1 touch {house.folder}/marks</body>"
            "<replace xmlns='urn:xmpp:message-correct:0' id='s1'/>", "s2")
    oskar.wait_for("your correction was not done: I do not know any more what it corrects")
    ana.wait_for("#1 web1: succeeded")
    assert not (house.folder / "marks").exists()
