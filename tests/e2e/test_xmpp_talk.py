"""Conversation on XMPP as people have it: slixmpp on a real Prosody, the real agent1."""

RECEIPTS = "urn:xmpp:receipts"
REQUEST = f"<request xmlns='{RECEIPTS}'/>"


def message(person, content, stanza_id, kind="chat", to=None):
    """Sends a message made by hand."""
    person.send_raw(f"<message type='{kind}' id='{stanza_id}' to='{to or person.peer}'>{content}</message>")


def silent_about(person, wanted):
    """A later answer has come, and nothing that matches was heard before it."""
    person.ask("!help why", "!why")
    found = person.raw.all(wanted)
    assert not found, found


# ---- receipts (XEP-0184), chat states (XEP-0085) ------------------------------------------------------

def test_a_receipt_and_another_for_a_repeat(house):
    ana = house.person("ana")
    house.start()
    for _ in range(2):
        message(ana, f"<body>!agents</body>{REQUEST}", "order-1")
        receipt = ana.raw.wait_for("<received")
        assert 'id="order-1"' in receipt and RECEIPTS in receipt
    ana.ask("!help why", "!why")
    assert len(ana.heard.all("no agents|no agent")) <= 1


def test_no_receipt_without_a_wish_nor_for_a_stranger(house):
    ana = house.person("ana")
    mallory = house.person("mallory", is_known=False)
    house.start()
    message(ana, "<body>!agents</body>", "order-1")
    message(mallory, f"<body>!agents</body>{REQUEST}", "order-2")
    mallory.wait_for("I do not know")
    silent_about(ana, "<received")
    assert not mallory.raw.all("<received")


def test_what_is_no_order_is_not_answered(house):
    ana = house.person("ana")
    house.start()
    message(ana, "<composing xmlns='http://jabber.org/protocol/chatstates'/>", "state-1")
    message(ana, f"<body>!agents</body>{REQUEST}<error type='cancel'/>", "error-1", kind="error")
    message(ana, f"<body>!agents</body>{REQUEST}", "room-1", kind="groupchat")
    message(ana, f"<received xmlns='{RECEIPTS}' id='x'/>", "receipt-1")
    silent_about(ana, "<message(?!.*(!why|type=\"error\"))")


# ---- presence ------------------------------------------------------------------------------------------

def test_a_user_sees_the_health_of_the_fleet(house):
    ana = house.person("ana")
    mallory = house.person("mallory", is_known=False)
    house.agent("web1")
    house.start()
    for person in (ana, mallory):
        person.send_raw(f"<presence type='subscribe' to='{person.peer}'/>")
    ana.raw.wait_for('type="subscribe"')
    ana.raw.wait_for("<status>1 agent</status>")
    ana.send("@web1 sleep 60")
    ana.raw.wait_for("<status>1 agent, 1 run at work</status>", 25)
    ana.send("!agentsOFF")
    assert "<show>away</show>" in ana.raw.wait_for("<status>asleep; !agentsON wakes me</status>", 25)
    assert not mallory.raw.all('type="subscribed"|<status>')


def test_an_answer_says_that_the_chat_is_active(house):
    ana = house.person("ana")
    house.start()
    assert ana.ask("!agents").stanza.xml.find("{http://jabber.org/protocol/chatstates}active") is not None
