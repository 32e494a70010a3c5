"""Commands in the menus of XMPP clients (XEP-0050), as slixmpp's own plugin uses them."""

import itertools

import pytest

COMMANDS = "http://jabber.org/protocol/commands"
_ids = itertools.count(1)


class Menu:
    """One person's menu of agent1's commands."""

    def __init__(self, house, name, **options):
        self.person = house.person(name, plugins=("xep_0004", "xep_0050"), **options)
        self.address = f"{self.person.peer}/agent1"

    def list(self):
        disco = self.person.client["xep_0030"]
        found = self.person._people.call(lambda: disco.get_items(jid=self.address, node=COMMANDS))
        return {node: name for _, node, name in found["disco_items"]["items"]}

    def send(self, node, action="execute", session=None, **fields):
        """One step of a command; the <iq/> that answers."""
        async def step():
            iq = self.person.client.make_iq_set(ito=self.address)
            iq["id"] = f"step-{next(_ids)}"
            iq["command"]["node"] = node
            iq["command"]["action"] = action
            if session:
                iq["command"]["sessionid"] = session
            if fields:
                form = self.person.client["xep_0004"].make_form(ftype="submit")
                for name, value in fields.items():
                    form.add_field(var=name, value=value)
                iq["command"].append(form)
            return await iq.send()
        return self.person._people.call(step)["command"]


def note(command):
    return command["notes"][0]


def test_a_task_by_a_form(house):
    menu = Menu(house, "ana")
    house.agent("web1")
    house.start()
    menu.person.ask("!agents")
    names = menu.list()
    assert names["DELEGATE"].startswith("DELEGATE: one run on each agent")
    assert {"status", "agents", "cancel", "revoke"} <= set(names)
    asked = menu.send("DELEGATE")
    assert asked["status"] == "executing"
    form = asked["form"]
    assert [(field["var"], field["label"], field["required"]) for field in form.get_fields().values()] \
        == [("argument1", "agent", True), ("argument2", "task", True)]
    done = menu.send("DELEGATE", "complete", asked["sessionid"], argument1="web1", argument2="echo hello")
    assert done["status"] == "completed" and note(done) == ("info", "#1 web1: queued")
    menu.person.wait_for("#1 web1: succeeded.*hello")
    again = menu.send("DELEGATE", "complete", asked["sessionid"], argument1="web1", argument2="true")
    assert note(again)[0] == "error" and "done before" in note(again)[1]
    refused = menu.send("DELEGATE", "complete", argument1="wbe1", argument2="true")
    assert note(refused)[0] == "error" and "nearest" in note(refused)[1]
    assert "awake" in note(menu.send("status"))[1]


def test_each_sees_what_he_may_do(house):
    vera = Menu(house, "vera", role="viewer")
    mallory = Menu(house, "mallory", is_known=False)
    house.start()
    vera.person.ask("!agents")
    assert "status" in vera.list() and "cancel" not in vera.list()
    assert not mallory.list()
    for menu, node, condition in ((vera, "cancel", "item-not-found"), (mallory, "status", "forbidden")):
        with pytest.raises(Exception) as refused:
            menu.send(node)
        assert refused.value.iq["error"]["condition"] == condition
