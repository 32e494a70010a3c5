"""What is done to a house, kind by kind: each is a function that hurts it once and says what must work
again afterwards."""

import time
from dataclasses import dataclass, field
from typing import Callable

KILL_PAUSE_MAX_S = 1.2  # between a recovery and the next kill
DEAD_MAX_S = 0.25  # before a part is started again
APART_MAX_S = 0.05  # between the kills of several parts
RECOVERY_MAX_S = 60
IMPATIENT = 0.25  # so often the next kill does not wait for the recovery
SILENT_MAX_S = 1  # a connection that says nothing for so long is cut at once
STALL_MQTT = 0.5  # so often a connection is among those that are held
STALL_XMPP = 0.15


@dataclass
class Kind:
    """One row of the table."""
    name: str
    hurt: Callable  # (chaos): hurts once, heals, returns what must work again
    options: dict = field(default_factory=dict)  # of the World
    pause_max_s: float = KILL_PAUSE_MAX_S


def kill_parts(chaos, names):
    """kill -9 of these parts, each started again after a pause of its own."""
    chance = chaos.chance
    parts = [chaos.world.parts[name] for name in names]
    for part in parts:
        assert chaos.wait_for(part.may_be_killed, RECOVERY_MAX_S), f"{part.name} is not well again"
    chaos.hurt(" and ".join(names))
    for part in parts:
        part.kill(chance)
        if part is not parts[-1]:
            chaos.wait(chance.uniform(0, APART_MAX_S))
    chance.shuffle(parts)
    for part in parts:
        chaos.wait(chance.uniform(0, DEAD_MAX_S))
        part.start()
    return set().union(*(part.needs for part in parts))


def kill_one(name):
    return lambda chaos: kill_parts(chaos, [name])


def kill_agent2(chaos):
    return kill_parts(chaos, [chaos.chance.choice(chaos.world.names)])


def kill_several(chaos):
    names = [*chaos.chance.sample(["agent1", "broker", "xmpp", *chaos.world.names],
                                  chaos.chance.choice([2, 2, 3]))]
    return kill_parts(chaos, names)


def kill_shim(chaos):
    """A task's own shim, at any moment of its life; the run's outcome may then be unknown."""
    assert chaos.world.stream.pump(chaos.world.shims, 30), "no task runs"
    pid, run = chaos.chance.choice(chaos.world.shims() or [(None, None)])
    if pid:
        chaos.world.kill_shim(pid)
        chaos.hurt("shim")
        chaos.killed_runs.add(run)
    return set()


# ---- the network ------------------------------------------------------------------------------------

def cut(chaos):
    """Resets a connection in the midst of a packet; what else was on its way is lost."""
    cutter, chance = chaos.world.cutter, chaos.chance
    name = chance.choice(cutter.links() or [None])
    if not name:
        return set()
    before = cutter.resets(name)
    cutter.cut(name, after_bytes=chance.choice([0, 1, chance.randrange(2, 40), chance.randrange(2000)]))
    if not chaos.world.stream.pump(lambda: cutter.resets(name) > before, SILENT_MAX_S):
        cutter.reset(name)
    chaos.hurt(f"cut {name}")
    return chaos.world.needs_of_link(name)


def stall(chaos):
    chance, world = chaos.chance, chaos.world
    hold(chaos, [name for name in world.cutter.links()
                 if chance.random() < (STALL_XMPP if world.is_xmpp_link(name) else STALL_MQTT)])
    return set()


def stall_an_agent(chaos):
    links = [name for name in chaos.world.cutter.links() if name.split()[0] in chaos.world.names]
    hold(chaos, [chaos.chance.choice(links)] if links else [])
    return set()


def hold(chaos, names):
    """Half-open connections: nothing comes through, nobody says why. New ones work. What was held
    comes late, or never."""
    cutter, chance = chaos.world.cutter, chaos.chance
    needs = set()
    for name in names:
        cutter.hold(name)
        chaos.hurt(f"hold {name}")
        needs |= chaos.world.needs_of_link(name)
    chaos.recover(time.monotonic(), needs)
    for name in names:
        if chance.random() < 0.5:
            cutter.release_held(name)
        else:
            cutter.reset_held(name)


def slice_bytes(chaos):
    """One byte a packet, while all goes on."""
    cutter, chance = chaos.world.cutter, chaos.chance
    name = chance.choice(cutter.links() or [None])
    if not name:
        return set()
    cutter.slice(name, True)
    chaos.hurt(f"slice {name}")
    chaos.recover(time.monotonic(), chaos.world.needs_of_link(name))
    cutter.slice(name, False)
    return set()


# ---- all of it --------------------------------------------------------------------------------------

# So often each in a round of 20.
ROUND = ((4, kill_agent2), (3, kill_one("agent1")), (3, kill_one("broker")), (2, kill_one("xmpp")),
         (2, kill_several), (2, kill_shim), (2, cut), (1, slice_bytes), (1, stall_an_agent))


def mixed(chaos):
    """The next of a shuffled round of all kinds."""
    if not chaos.round:
        chaos.round = [hurt for count, hurt in ROUND for _ in range(count)]
        chaos.chance.shuffle(chaos.round)
    return chaos.round.pop()(chaos)


KINDS = {kind.name: kind for kind in (
    Kind("agent2", kill_agent2),
    Kind("agent1", kill_one("agent1")),
    Kind("broker", kill_one("broker")),
    Kind("xmpp", kill_one("xmpp")),
    Kind("several", kill_several),
    Kind("shim", kill_shim, {"is_long": True}, pause_max_s=0.3),
    Kind("cut", cut, {"is_cut": True}),
    Kind("stall", stall, {"is_cut": True, "agents": 4}),
    Kind("slice", slice_bytes, {"is_cut": True}, pause_max_s=0.3),
    Kind("mixed", mixed, {"is_cut": True}, pause_max_s=0.3),
)}
