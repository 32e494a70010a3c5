/*
 * Ollama's own interface: POST {base_url}/api/chat, answered by lines of JSON (its docs/api.md,
 * "Generate a chat completion"). A key, where one is set, goes as a Bearer token, as proxies before
 * it want it.
 *
 * The size of the context is sent with each question, since Ollama's own is small and it forgets
 * what does not fit without a word.
 */
#ifndef AGENT1_PROVIDERS_OLLAMA_H
#define AGENT1_PROVIDERS_OLLAMA_H

#include "agent1/providers/format.h"

extern const ModelFormat ollama_format;

#endif
