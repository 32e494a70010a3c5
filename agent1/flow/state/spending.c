#include "agent1/flow/state/spending.h"

#include <string.h>

#include "common/base/banned.h"

#define META_ALL  "llm_tokens"
#define META_USER "llm_tokens:"

/* "2026-11-27 " in the installation's zone: what stands before a count. The caller owns it. */
static char *make_day(const Core *core)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(core->now_ms / 1000);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(now, core->zone);

    return g_date_time_format(local, "%Y-%m-%d ");
}

static int64_t spent(const Core *core, const char *name)
{
    g_autofree char *day = make_day(core);
    const char *stored = core_meta(core, name);

    return stored && g_str_has_prefix(stored, day) ? g_ascii_strtoll(stored + strlen(day), NULL, 10)
                                                   : 0;
}

static void add(Core *core, const char *name, int64_t tokens)
{
    g_autofree char *day = make_day(core);
    g_autofree char *value =
        g_strdup_printf("%s%" G_GINT64_FORMAT, day, spent(core, name) + tokens);

    core_set_meta(core, name, value);
}

bool spending_has_left(const Core *core, const char *user)
{
    const TalkSettings *talk = core->settings->talk;
    g_autofree char *own = g_strconcat(META_USER, user, NULL);

    return (talk->daily_tokens == 0 || spent(core, META_ALL) < talk->daily_tokens) &&
           (talk->daily_user_tokens == 0 || spent(core, own) < talk->daily_user_tokens);
}

void spending_add(Core *core, const char *user, int64_t tokens)
{
    g_autofree char *own = g_strconcat(META_USER, user, NULL);

    add(core, META_ALL, tokens);
    add(core, own, tokens);
}
