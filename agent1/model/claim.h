/*
 * Does an answer say that something was done? A language model can do nothing by words alone, so an
 * answer without a trigger that says so is corrected. Clause by clause, in English and French: "I
 * have", "I will" and what else stands before a verb of doing; "was restarted"; "Done." alone. What
 * is denied, supposed, asked, or done by another is no claim, and neither is how things are as a
 * rule. A claim that is missed costs a correction; a remark too many is true all the same, but
 * makes a greeting look like a failure.
 */
#ifndef AGENT1_MODEL_CLAIM_H
#define AGENT1_MODEL_CLAIM_H

#include <stdbool.h>

bool claim_is(const char *words);

#endif
