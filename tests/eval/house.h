/*
 * What agent1 asks a language model when a person writes a sentence: its whole core, told what its
 * edges would tell it. The person may do everything and reads the sentence's language; the agents
 * are accepted and online, and run shell commands.
 */
#ifndef TESTS_EVAL_HOUSE_H
#define TESTS_EVAL_HOUSE_H

#include "agent1/port/model_call.h"
#include "agent1/port/model_settings.h"
#include "tests/eval/sentence.h"

/* One element of "llm.chain" of config.json, read and checked as agent1 does. The caller owns it.
 */
ModelSettings *house_settings(const Json *model, GError **error);

/* The caller owns it; NULL: the core asked no model. */
ModelCall *house_ask(const Json *model, const Sentence *sentence, GError **error);

#endif
