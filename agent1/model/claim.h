/*
 * Does an answer say that something was done? A language model can do nothing by words alone, so an
 * answer without a trigger that says so is corrected. By phrases in English and French: one that is
 * missed costs a correction, one too many a remark that is true all the same.
 */
#ifndef AGENT1_MODEL_CLAIM_H
#define AGENT1_MODEL_CLAIM_H

#include <stdbool.h>

bool claim_is(const char *words);

#endif
