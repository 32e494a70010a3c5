/* !tasks and PLAN_LIST: what tasks_schedule.json says, readable. Nothing of it fires yet. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/questions.h"
#include "agent1/model/task_list.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define TASK_SHOWN_CHARS 80
#define TASKS_SHOWN      100

static void say_entry(Core *core, Turn *turn, const TaskEntry *entry)
{
    g_autofree char *task = text_make_line(entry->task, TASK_SHOWN_CHARS);
    bool is_known = registry_find(core->registry, entry->agent) != NULL;

    turn_say(turn, "%s: %s%s%s%s · %s%s · %s%s%s",
             entry->id ? entry->id : core_words(core, "(without id)"), entry->cron,
             entry->timezone ? " (" : "", entry->timezone ? entry->timezone : "",
             entry->timezone ? ")" : "", entry->agent,
             is_known ? "" : core_words(core, " (no agent of that name)"), task,
             entry->user ? core_words(core, " · as ") : "", entry->user ? entry->user : "");
    if (!entry->is_enabled)
        g_string_append(turn->text, " · off");
}

void commands_tasks(Core *core, Turn *turn, const char *arguments)
{
    unsigned i;

    (void)arguments;
    turn_say(turn,
             "Schedules, zone %s (people edit tasks_schedule.json). This version does not "
             "fire them yet:",
             core->zone_name);
    for (i = 0; i < MIN(core->task_list->len, TASKS_SHOWN); i++)
        say_entry(core, turn, core->task_list->pdata[i]);
    if (core->task_list->len > TASKS_SHOWN)
        turn_say(turn, "and %u more", core->task_list->len - TASKS_SHOWN);
    if (core->task_list->len == 0)
        turn_say(turn, "none");
    if (core->reload_error)
        turn_say(turn, "The edited files are NOT in use: !status tells why.");
}

void commands_reset(Core *core, Turn *turn, const char *arguments)
{
    unsigned count = questions_forget(core, turn->speaker);

    (void)arguments;
    if (count == 0)
        turn_say(turn, "nothing to forget: no question is open here");
    else
        turn_say(turn, "forgotten: %u open question%s of this conversation", count,
                 count == 1 ? "" : "s");
}
