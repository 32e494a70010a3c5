/*
 * Everything that happens by chance in a simulation, drawn from one seed: the same seed throws the
 * same dice. SplitMix64 (Steele, Lea, Flood 2014).
 */
#ifndef TESTS_SIMULATE_DICE_H
#define TESTS_SIMULATE_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Dice {
    uint64_t state;
} Dice;

void dice_init(Dice *dice, uint64_t seed);

uint64_t dice_throw(Dice *dice);

/* In [0, bound); bound 0 gives 0. */
uint64_t dice_below(Dice *dice, uint64_t bound);

/* In [low, high]. */
int64_t dice_between(Dice *dice, int64_t low, int64_t high);

bool dice_chance(Dice *dice, unsigned permille);

void dice_fill(Dice *dice, void *bytes, size_t length);

#endif
