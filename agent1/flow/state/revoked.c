#include "agent1/flow/state/revoked.h"

#include "common/base/banned.h"

/* The name of the mark. The caller owns it. */
static char *mark_of(const char *key)
{
    return g_strdup_printf("revoked %s", key);
}

/* "1790000000000 ana"; an older agent1 wrote "1". */
void revoked_note(Core *core, const char *key, const char *user)
{
    g_autofree char *mark = mark_of(key);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT " %s", core->now_ms, user);

    core_set_meta(core, mark, text);
}

void revoked_forget(Core *core, const char *key)
{
    g_autofree char *mark = mark_of(key);

    ledger_remove(core->ledgers[TABLE_META], mark, core->fx);
}

bool revoked_is(const Core *core, const char *key)
{
    g_autofree char *mark = mark_of(key);

    return core_meta(core, mark) != NULL;
}

void revoked_by(const Core *core, const char *key, char **out_user, int64_t *out_at_ms)
{
    g_autofree char *mark = mark_of(key);
    const char *text = core_meta(core, mark);
    char *rest = NULL;
    int64_t at_ms = text ? g_ascii_strtoll(text, &rest, 10) : 0;

    if (!rest || *rest != ' ')
        return;

    *out_user = g_strdup(rest + 1);
    *out_at_ms = at_ms;
}
