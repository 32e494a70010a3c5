/*
 * A world in which a language model looks things up: what tests of rounds share.
 */
#ifndef TESTS_UNIT_AGENT1_ROUNDS_WORLD_H
#define TESTS_UNIT_AGENT1_ROUNDS_WORLD_H

#include "talk-world.h"

#include "common/base/banned.h"

#define ASKS "so nothing is done without you. !yes does exactly this, !no drops it:\n"

/* The person asks, and the model's answer is a line that looks something up. */
static inline void looks(World *world, const char *id, const char *text, const char *line)
{
    g_autofree char *said = g_strdup_printf("asked for: %s", line);

    world_write(world, "oskar", id, text);
    answer(world, line);
    assert_contains(world_last_said(world), said);
}

#endif
