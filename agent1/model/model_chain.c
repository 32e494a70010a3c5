#include "agent1/model/model_chain.h"

#include "common/base/banned.h"

typedef struct Way {
    unsigned stumbles;   /* in a row */
    int64_t rest_ms;     /* the last rest; 0: none since it worked */
    int64_t closed_till; /* 0: open */
    int64_t probed_till; /* a probe is under way until then; 0: none */
} Way;

struct ModelChain {
    unsigned count;
    Way ways[];
};

ModelChain *model_chain_new(unsigned count)
{
    ModelChain *chain = g_malloc0(sizeof(*chain) + count * sizeof(chain->ways[0]));

    chain->count = count;
    return chain;
}

void model_chain_free(ModelChain *chain)
{
    g_free(chain);
}

/* Takes the probe when the way was closed. */
static bool enter(Way *way, int64_t boot_ms)
{
    if (way->closed_till == 0)
        return true;
    if (boot_ms < way->closed_till || boot_ms < way->probed_till)
        return false;

    way->probed_till = boot_ms + MODEL_PROBE_MAX_MS;
    return true;
}

int model_chain_next(ModelChain *chain, int after, int64_t boot_ms)
{
    for (unsigned place = (unsigned)(after + 1); place < chain->count; place++) {
        if (enter(&chain->ways[place], boot_ms))
            return (int)place;
    }
    return MODEL_NONE;
}

static void close_way(Way *way, int64_t rest_ms, int64_t boot_ms)
{
    way->rest_ms = rest_ms;
    way->closed_till = boot_ms + rest_ms;
}

void model_chain_tell(ModelChain *chain, unsigned place, ModelHealth health, int64_t quiet_ms,
                      int64_t boot_ms)
{
    Way *way = &chain->ways[place];

    way->probed_till = 0;
    switch (health) {
    case MODEL_WORKS:
        *way = (Way){ 0 };
        break;
    case MODEL_STUMBLES:
        way->stumbles++;
        /* A probe that failed is enough. */
        if (way->stumbles >= MODEL_STUMBLES_BEFORE || way->closed_till != 0)
            close_way(way, CLAMP(2 * way->rest_ms, MODEL_REST_MIN_MS, MODEL_REST_MAX_MS), boot_ms);
        break;
    case MODEL_QUIET:
        close_way(way,
                  quiet_ms > 0 ? MIN(quiet_ms, MODEL_QUIET_MAX_MS)
                               : CLAMP(2 * way->rest_ms, MODEL_REST_MIN_MS, MODEL_REST_MAX_MS),
                  boot_ms);
        break;
    case MODEL_UNUSABLE:
        close_way(way, MODEL_UNUSABLE_MS, boot_ms);
        break;
    }
}

void model_chain_forget(ModelChain *chain, unsigned place)
{
    chain->ways[place].probed_till = 0;
}

int64_t model_chain_closed_ms(const ModelChain *chain, unsigned place, int64_t boot_ms)
{
    return MAX(0, chain->ways[place].closed_till - boot_ms);
}
