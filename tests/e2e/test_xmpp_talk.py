"""Conversation on XMPP as people have it: slixmpp on a real Prosody, the real agent1."""

import hashlib

from xmpp import XmppPerson

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


# ---- what it says of itself ------------------------------------------------------------------------------

def test_disco_caps_and_card(house):
    ana = house.person("ana", plugins=("xep_0054", "xep_0115", "xep_0153"))
    house.start()
    ana.send_raw(f"<presence type='subscribe' to='{ana.peer}'/>")
    with_picture = ana.raw.wait_for("vcard-temp:x:update.*<photo>[0-9a-f]{40}</photo>")
    disco = ana.client["xep_0030"]
    info = ana._people.call(lambda: disco.get_info(jid=f"{ana.peer}/agent1"))["disco_info"]
    assert ("client", "bot", None, "agent1") in {tuple(each) for each in info["identities"]}
    assert {"urn:xmpp:receipts", "urn:xmpp:message-correct:0", "urn:xmpp:reply:0"} <= set(info["features"])
    # slixmpp works the hash out anew from what it was told.
    mine = ana.client["xep_0115"].generate_verstring(info, "sha-1")
    assert f'ver="{mine}"' in with_picture
    card = ana._people.call(lambda: ana.client["xep_0054"].get_vcard(ana.peer))["vcard_temp"]
    assert card["FN"] == "agent1" and "!help" in card["DESC"]
    picture = card["PHOTO"]["BINVAL"]
    assert picture.startswith(b"\x89PNG") and hashlib.sha1(picture).hexdigest() in with_picture


def test_a_card_that_somebody_made_stays(house):
    ana = house.person("ana")
    owner = XmppPerson(ana._people, house.xmpp_server, ana.peer.split("@")[0],
                       plugins=("xep_0054",)).connect()
    owner.send_raw("<iq type='set' id='v1'><vCard xmlns='vcard-temp'><FN>The bot</FN></vCard></iq>")
    owner.raw.wait_for('id="v1"')
    owner.close()
    house.start()
    ana.ask("!agents")
    ana.send_raw(f"<iq type='get' id='v2' to='{ana.peer}'><vCard xmlns='vcard-temp'/></iq>")
    assert "The bot" in ana.raw.wait_for('id="v2"')


def test_an_answer_says_that_the_chat_is_active(house):
    ana = house.person("ana")
    house.start()
    assert ana.ask("!agents").stanza.xml.find("{http://jabber.org/protocol/chatstates}active") is not None


# ---- a message that corrects itself (XEP-0308) -----------------------------------------------------------

def test_one_message_from_queued_to_done(house):
    ana = house.person("ana", can_correct=True)
    plain = house.person("plain")
    house.agent("web1")
    house.start()
    ana.ask("!agents", "web1")
    ana.send("@web1 for i in 1 2 3 4 5; do echo line $i; sleep 1; done")
    first = ana.wait_for("^#1 web1: queued$")
    running = ana.wait_for(r"^#1 web1: running \(\d s\)\n```\n.*line 1")
    assert running.replaces == first.id and not first.replaces
    last = ana.wait_for(r"^#1 web1: succeeded \(exit 0, .* s\); see below$")
    assert last.replaces == first.id
    results = ana.heard.all(r"^#1 web1: succeeded \(exit 0, [^)]*\)\n```\nline 1.*line 5\n```$")
    assert len(results) == 1 and not results[0].replaces
    assert 3 <= len(ana.heard.all(lambda heard: heard.replaces)) <= 4
    plain.ask("@web1 sleep 2", "#2 web1: succeeded")
    assert not plain.heard.all(lambda heard: heard.replaces)


def test_a_restart_leaves_the_result_to_be_said_once(house):
    ana = house.person("ana", can_correct=True)
    house.agent("web1")
    house.start()
    ana.ask("!agents", "web1")
    ana.ask("@web1 sleep 4", "#1 web1: running")
    house.agent1.kill()
    house.agent1.start()
    ana.wait_for("^#1 web1: succeeded [^;]*$", 30)
    ana.ask("!help why", "!why")
    assert len(ana.heard.all("#1 web1: succeeded")) == 1


def correct(person, text, stanza_id, replaced):
    message(person, f"<body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{replaced}'/>",
            stanza_id)


def test_a_corrected_order_is_not_done_twice(house):
    ana = house.person("ana")
    house.agent("web1")
    house.start()
    marks = house.folder / "marks"
    ana.send(f"@web1 echo x >> {marks}; sleep 1", stanza_id="s1")
    ana.wait_for("#1 web1: queued")
    correct(ana, f"@web1 echo y >> {marks}", "s2", "s1")
    ana.wait_for(r"your correction was not done: #1 web1 is \w+ already; !cancel 1 stops it")
    ana.wait_for("#1 web1: succeeded")
    correct(ana, f"@web1 echo z >> {marks}", "s3", "s1")
    ana.wait_for("your correction was not done: what you wrote first is over already")
    ana.ask("@wbe1 true", r"nearest.*web1")
    assert marks.read_text() == "x\n"


def test_a_refused_line_may_be_corrected_once(house):
    ana = house.person("ana")
    house.agent("web1")
    house.start()
    ana.send("@wbe1 true", stanza_id="s1")
    ana.wait_for("refused")
    correct(ana, "@web1 true", "s2", "s1")
    ana.wait_for("#1 web1: succeeded")
    correct(ana, "@web1 false", "s3", "s1")
    ana.wait_for("your correction was not done")


# ---- replies (XEP-0461) ----------------------------------------------------------------------------------

def test_a_reply_whose_words_are_an_order(house):
    ana = house.person("ana")
    house.start()
    quotation = "&gt; web1: asks to join\n"
    end = len("> web1: asks to join\n")
    message(ana, f"<body>{quotation}!help why</body><reply xmlns='urn:xmpp:reply:0' id='x'/>"
            f"<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'>"
            f"<body start='0' end='{end}'/></fallback>", "s1")
    ana.wait_for("!why <agent>")
