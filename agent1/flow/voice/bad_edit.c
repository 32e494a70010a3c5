#include "agent1/flow/voice/bad_edit.h"

#include <string.h>

#include "agent1/flow/voice/say.h"
#include "common/base/banned.h"

#define REMIND_MS (3600 * INT64_C(1000))

/* The words may hold what stands in the files: they are for those who write them. */
static char *describe_error(const Core *core, bool is_admin)
{
    g_autofree char *since = core_local_time(core, core->reload_error_ms);

    return g_strdup_printf(
        core_words(core, "The edited files are NOT in use (since %s): %s"), since,
        is_admin ? core->reload_error : core_words(core, "an admin can see why"));
}

char *bad_edit_text(const Core *core, const Speaker *speaker)
{
    bool is_admin = speaker->role >= ROLE_ADMIN;
    g_autofree char *error = core->reload_error ? describe_error(core, is_admin) : NULL;

    if (!core->warnings || !is_admin)
        return g_steal_pointer(&error);
    return g_strdup_printf(core_words(core, "To mend in the files: %s%s%s"), core->warnings,
                           error ? "\n" : "", error ? error : "");
}

char *bad_edit_reminder(Core *core, const Speaker *speaker, const char *said)
{
    g_autofree char *what = NULL;

    if (!core->reload_error || speaker->door != DOOR_CLI || speaker->role < ROLE_ADMIN ||
        strstr(said, core->reload_error))
        return NULL;

    what = g_strdup_printf("bad edit %x %s", g_str_hash(core->reload_error), speaker->key);
    return say_is_due(core, what, REMIND_MS) ? bad_edit_text(core, speaker) : NULL;
}
