#include "agent1/edge/store_batch.h"

#include "agent1/port/effect.h"

#include "common/base/banned.h"

/* The keys of a table that effects behind the present one write. */
typedef struct Later {
    GHashTable *keys[TABLE_COUNT]; /* borrowed from the effects; NULL: none */
} Later;

static void later_clear(Later *later)
{
    for (unsigned i = 0; i < TABLE_COUNT; i++)
        g_clear_pointer(&later->keys[i], g_hash_table_unref);
}

/* Notes the key. False when it stood there. */
static bool later_add(Later *later, Table table, const char *key)
{
    if (!later->keys[table])
        later->keys[table] = g_hash_table_new(g_str_hash, g_str_equal);
    /* g_hash_table_add() would keep this key instead, which goes with its effect. */
    if (g_hash_table_contains(later->keys[table], key))
        return false;
    return g_hash_table_add(later->keys[table], (void *)(gsize)key);
}

static bool is_superseded(Later *later, const Effect *effect)
{
    switch (effect->kind) {
    case EFFECT_PUT:
        return !later_add(later, effect->row->table, row_text(effect->row, 0));
    case EFFECT_DELETE:
        return !later_add(later, effect->removal.table, effect->removal.key);
    case EFFECT_QUERY:
        later_clear(later);
        return false;
    case EFFECT_AUDIT:
    case EFFECT_PUBLISH:
    case EFFECT_PUBLISH_PLAIN:
    case EFFECT_LISTEN:
    case EFFECT_UPDATE:
    case EFFECT_MODEL_CALL:
    case EFFECT_MODEL_CANCEL:
    case EFFECT_PAGE_CALL:
    case EFFECT_PAGE_CANCEL:
    case EFFECT_EMBED:
    case EFFECT_SAY:
    case EFFECT_XMPP:
    case EFFECT_TRUST:
    case EFFECT_EDIT_FILE:
    case EFFECT_LOG:
        return false;
    }
    g_assert_not_reached();
}

void store_batch_drop_superseded(GPtrArray *effects)
{
    Later later = { { NULL } };

    for (unsigned i = effects->len; i > 0; i--) {
        Effect *effect = effects->pdata[i - 1];

        if (is_superseded(&later, effect)) {
            effect_free(effect);
            effects->pdata[i - 1] = NULL;
        }
    }
    later_clear(&later);
}
