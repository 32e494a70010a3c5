/*
 * What the bodies of the three formats have in common.
 */
#ifndef AGENT1_PROVIDERS_REQUEST_PARTS_H
#define AGENT1_PROVIDERS_REQUEST_PARTS_H

#include "agent1/port/model_call.h"
#include "common/data/json.h"

/* The conversation as an array of {"role", "content"}. A person begins it, and the two take turns:
 * what the model said before the first person is left out, and what one speaker said in several
 * texts becomes one. Servers and templates of models refuse anything else. */
Json *request_messages(const ModelCall *call);

/* The same, below a first message of role "system". */
Json *request_messages_with_system(const ModelCall *call);

/* All triggers as [{"type": "function", "function": {…}}]. */
Json *request_functions(void);

#endif
