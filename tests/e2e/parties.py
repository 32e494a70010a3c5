"""Short ways to the fakes that most tests of agent1 need."""

from fakes import FakeAgent, FakeConsole
from wait import NotInTime, wait_for
from wire import Peer

SESSION = "0123456789abcdef"


def register(agent, **ack):
    """Registers until agent1 acknowledges it: agent1 may still be connecting."""
    fields = ack or {"state": "done"}

    def is_acknowledged():
        register_id = agent.connect()
        try:
            return agent.wait_for("ack", seconds=1, in_reply_to=register_id, **fields)
        except NotInTime:
            return None
    return wait_for(is_acknowledged, what=f"the register of {agent.name} acknowledged")


def accepted_agent(house, name="web1", **options):
    """Enters a fake agent in the registry; call the result after house.start() to connect it."""
    peer = Peer()
    house.agent1.registry["agents"][name] = {"public_key": peer.key, "accepted": True}

    def connect():
        agent = house.add(FakeAgent(house.broker, name, house.agent1.key, peer=peer, **options))
        register(agent)
        return agent
    return connect


def known_console(house, role="admin", session=SESSION):
    """Enters a user with a key; call the result after house.start() for the console."""
    peer = Peer()
    house.agent1.add_user(f"user-{session}", role, key=peer.key)
    return lambda: house.add(FakeConsole(house.broker, house.agent1.key, session, peer=peer))


def start_with(house, role="admin", **options):
    """agent1, a fake agent web1 and a console: (agent, console)."""
    agent, console = accepted_agent(house, **options), known_console(house, role)
    house.start()
    return agent(), console()
