/*
 * Reasons (common/wire/reason.h) in the language of whoever is spoken to. Whoever stores or audits
 * a reason takes it as it is; whoever says it comes here.
 */
#ifndef AGENT1_FLOW_STATE_REASON_WORDS_H
#define AGENT1_FLOW_STATE_REASON_WORDS_H

#include "agent1/flow/state/core_state.h"

/* The reason as this language words it; as it is where nobody knows it. The caller owns it. */
char *reason_words(const Core *core, const char *reason);

/* run_describe() for whoever is spoken to. The caller owns it. */
char *reason_words_run(const Core *core, const Run *run);

#endif
