/*
 * Anthropic's Messages interface, version 2023-06-01: POST {base_url}/v1/messages, answered by
 * server-sent events from message_start to message_stop. base_url may end in /v1 or not.
 */
#ifndef AGENT1_PROVIDERS_ANTHROPIC_H
#define AGENT1_PROVIDERS_ANTHROPIC_H

#include "agent1/providers/format.h"

extern const ModelFormat anthropic_format;

#endif
