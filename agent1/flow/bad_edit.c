#include "agent1/flow/bad_edit.h"

#include <string.h>

#include "agent1/flow/say.h"
#include "common/base/banned.h"

#define REMIND_MS (3600 * INT64_C(1000))

void bad_edit_say(Core *core, Turn *turn)
{
    g_autofree char *since = NULL;

    if (core->warnings && turn->speaker->role >= ROLE_ADMIN)
        turn_say(turn, "In the files, and without effect: %s", core->warnings);
    if (!core->reload_error)
        return;
    since = core_local_time(core, core->reload_error_ms);
    /* The words may hold what stands in the files: they are for those who write them. */
    turn_say(turn, "The edited files are NOT in use (since %s): %s", since,
             turn->speaker->role >= ROLE_ADMIN ? core->reload_error : "an admin can see why");
}

void bad_edit_remind(Turn *turn)
{
    Core *core = turn->core;
    const Speaker *speaker = turn->speaker;
    g_autofree char *what = NULL;

    if (!core->reload_error || speaker->door != DOOR_CLI || speaker->role < ROLE_ADMIN ||
        strstr(turn->text->str, core->reload_error))
        return;

    what = g_strdup_printf("bad edit %x %s", g_str_hash(core->reload_error), speaker->key);
    if (say_is_due(core, what, REMIND_MS))
        bad_edit_say(core, turn);
}
