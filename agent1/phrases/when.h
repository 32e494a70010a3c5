/*
 * A time in a sentence: the longest row of words that the parser of time specs takes, once they are
 * written its way ("every night at 3", "8am", "tous les lundis"). Pure.
 */
#ifndef AGENT1_PHRASES_WHEN_H
#define AGENT1_PHRASES_WHEN_H

#include "common/data/time_spec.h"

#include <glib.h>

/* The words from *out_first to before *out_end are the time. Words that is_used marks are none of
 * it. False when there is no time, or none that names an hour. */
bool when_find(const GPtrArray *words, const bool *is_used, unsigned *out_first, unsigned *out_end,
               TimeSpec *out);

/* A time that was meant and is none, "on 31 Feb at 8:00", as typed: the parser says why. NULL where
 * there is none. The caller owns it. */
char *when_find_wrong(const GPtrArray *words, const bool *is_used);

#endif
