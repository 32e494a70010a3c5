/*
 * A skill as an agent told of it when it registered ({"name","risk","description","params":[…]}):
 * how it is called, and whether a task calls it so. The agent judges again, and knows more; its
 * words are shown to people made harmless, and no regular expression of it is ever tried.
 */
#ifndef AGENT1_MODEL_OFFER_H
#define AGENT1_MODEL_OFFER_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>

/* "service.restart(unit)". The caller owns it. */
char *offer_usage(const Json *skill);

/* "service.restart(unit): Restart a unit, or start it (risk guarded)". The caller owns it. */
char *offer_line(const Json *skill);

/* A line for each parameter, "limit: a line of text; may be left out", each after a newline; ""
 * when it has none. The caller owns it. */
char *offer_parameters_text(const Json *skill);

/* False, with a sentence for the person who typed it, when the task does not call the skill
 * rightly. True, too, when the agent did not tell how. */
bool offer_judge(const Json *skill, const char *task, GError **error);

#endif
