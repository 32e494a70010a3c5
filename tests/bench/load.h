/*
 * What a measuring client asks, and how long each answer took. A round is "<count> <window>" on
 * standard input: count questions, at most window of them unanswered at a time; with a third number
 * they are asked by the clock, one in so many microseconds, and each is timed from the moment at
 * which it was due. Its answer is one line: the microseconds of the whole round, then those of each
 * question.
 */
#ifndef TESTS_BENCH_LOAD_H
#define TESTS_BENCH_LOAD_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Load {
    unsigned count;
    unsigned window;
    unsigned sent;
    unsigned answered;
    unsigned interval_us; /* 0: as soon as the window lets it */
    int64_t began_us;
    int64_t *sent_us; /* of each question */
    int64_t *took_us; /* 0: not answered */
} Load;

int64_t load_now_us(void);

/* Reads the next round; false at the end of standard input. */
bool load_next_round(Load *load);

/* The number of the next question, which the caller asks at once; -1: not now. */
int load_next(Load *load);

/* Milliseconds until the next question is due; -1: it waits for answers, or none is left. */
int load_wait_ms(const Load *load);

void load_answer(Load *load, unsigned question);
bool load_is_over(const Load *load);

/* Prints the answer to the round. */
void load_print(const Load *load);

#endif
