/*
 * The triggers as tools of a language model, both ways: what is offered, from the one table of
 * triggers, and a call as the line that a person would type, which goes through the same parser and
 * the same gate.
 *
 * The name of a tool is the trigger's in small letters; its parameters are texts with the names of
 * the arguments. What is a list (PLAN) has one parameter, "steps", an array of objects.
 *
 * A call that does not fit is never bent into shape. It fits when its line, read again, gives
 * exactly the values that the model named: no unknown name or parameter, nothing missing, nothing
 * that is no text, no line break, control or hidden sign, no blanks at the ends, no bar where the
 * line would be split there.
 */
#ifndef AGENT1_PROVIDERS_TRIGGER_TOOLS_H
#define AGENT1_PROVIDERS_TRIGGER_TOOLS_H

#include "common/data/json.h"
#include "common/wire/command.h"

/* "delegate". The caller owns it. */
char *trigger_tool_name(Trigger trigger);

/* A JSON schema of its parameters. The caller owns it. */
Json *trigger_tool_schema(Trigger trigger);

/* The line, "DELEGATE: web1 | uptime", or NULL with *out_why, one line for people. The caller owns
 * both. arguments is the object of the call. */
char *trigger_tool_line(const char *name, const Json *arguments, char **out_why);

#endif
