/*
 * Chat completions as OpenAI defines them and llama.cpp, vLLM, LM Studio and others serve them:
 * POST …/chat/completions, answered by server-sent events up to "[DONE]".
 *
 * base_url may be the server alone (http://127.0.0.1:8080): then /v1 is added; or say where the
 * interface lies (https://api.openai.com/v1, https://host/api/v3): then nothing is.
 */
#ifndef AGENT1_PROVIDERS_OPENAI_H
#define AGENT1_PROVIDERS_OPENAI_H

#include "agent1/providers/format.h"

extern const ModelFormat openai_format;

#endif
