#include "agent1/providers/formats.h"

#include "agent1/providers/anthropic.h"
#include "agent1/providers/ollama.h"
#include "agent1/providers/openai.h"

#include "common/base/banned.h"

const ModelFormat *model_format(int provider)
{
    switch ((Provider)provider) {
    case PROVIDER_OLLAMA:
        return &ollama_format;
    case PROVIDER_OPENAI:
        return &openai_format;
    case PROVIDER_ANTHROPIC:
        return &anthropic_format;
    }
    g_assert_not_reached();
}
