/*
 * The text of PLAN: "<target>|<task> ;; <target>|<task> …". Each step is split at its first bar;
 * ";;" stands between steps, and "\;;" for ";;" inside a task. Only the form is judged here. Pure.
 */
#ifndef AGENT1_MODEL_PLAN_SCRIPT_H
#define AGENT1_MODEL_PLAN_SCRIPT_H

#include <glib.h>

typedef struct ScriptStep {
    char *target; /* what stands before the bar, trimmed; may hold options */
    char *task;   /* trimmed */
} ScriptStep;

/* The steps in their order, ScriptStep *, freed with the array; or NULL, and what is wrong, a
 * reason (common/wire/reason.h): the caller owns *out_complaint. */
GPtrArray *plan_script_parse(const char *text, char **out_complaint);

/* Adds a step to a text that plan_script_parse() reads as these again. */
void plan_script_add(GString *text, const char *target, const char *task);

#endif
