#include "tests/simulate/dice.h"

#include <string.h>

#include "common/base/banned.h"

void dice_init(Dice *dice, uint64_t seed)
{
    dice->state = seed * UINT64_C(0x9E3779B97F4A7C15) + UINT64_C(0x632BE59BD9B4E019);
}

/* Wraps around on purpose; built so that the sanitizers of the tests take no offence. */
uint64_t dice_throw(Dice *dice)
{
    uint64_t mixed;

    dice->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = dice->state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

uint64_t dice_below(Dice *dice, uint64_t bound)
{
    return bound == 0 ? 0 : dice_throw(dice) % bound;
}

int64_t dice_between(Dice *dice, int64_t low, int64_t high)
{
    return low + (int64_t)dice_below(dice, (uint64_t)(high - low + 1));
}

bool dice_chance(Dice *dice, unsigned permille)
{
    return permille > 0 && dice_below(dice, 1000) < permille;
}

void dice_fill(Dice *dice, void *bytes, size_t length)
{
    uint8_t *at = bytes;

    while (length > 0) {
        uint64_t word = dice_throw(dice);
        size_t part = length < sizeof word ? length : sizeof word;

        memcpy(at, &word, part);
        at += part;
        length -= part;
    }
}
