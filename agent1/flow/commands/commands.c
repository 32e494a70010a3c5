#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/delegate.h"
#include "agent1/flow/commands/plan_make.h"
#include "agent1/model/memory.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define AUDIT_SHOWN_CHARS 200
#define LINE_SHOWN_CHARS  80

static const CommandHandler handlers[COMMAND_COUNT] = {
    [COMMAND_HELP] = commands_help,
    [COMMAND_AGENTS] = commands_agents,
    [COMMAND_STATUS] = commands_status,
    [COMMAND_RUNS] = commands_runs,
    [COMMAND_RUN] = commands_run,
    [COMMAND_WHY] = commands_why,
    [COMMAND_BLACKOUT] = commands_blackout,
    [COMMAND_CANCEL] = commands_cancel,
    [COMMAND_YES] = commands_yes,
    [COMMAND_NO] = commands_no,
    [COMMAND_AGENT_OFF] = commands_agent_off,
    [COMMAND_AGENT_ON] = commands_agent_on,
    [COMMAND_AGENTS_OFF] = commands_agents_off,
    [COMMAND_AGENTS_ON] = commands_agents_on,
    [COMMAND_ACCEPT] = commands_accept,
    [COMMAND_REVOKE] = commands_revoke,
    [COMMAND_AUDIT] = commands_audit,
    [COMMAND_PENDING] = commands_pending,
    [COMMAND_APPROVE] = commands_approve,
    [COMMAND_REJECT] = commands_reject,
    [COMMAND_DEFER] = commands_defer,
    [COMMAND_REPORTS] = commands_reports,
    [COMMAND_TASKS] = commands_tasks,
    [COMMAND_STOP] = commands_stop,
    [COMMAND_RESET] = commands_reset,
    [COMMAND_OUTPUT] = commands_output,
    [COMMAND_SUBSCRIPTIONS] = commands_subscriptions,
    [COMMAND_PAUSE] = commands_pause_schedule,
    [COMMAND_RESUME] = commands_resume_schedule,
    [COMMAND_FIRE] = commands_fire,
    [COMMAND_CALENDAR] = commands_calendar,
    [COMMAND_AGENT_UPDATE] = commands_agent_update,
    [COMMAND_AGENTS_UPDATE] = commands_agents_update,
};

typedef struct TriggerHandler {
    CommandHandler handle;
    bool is_work; /* the gate judges it */
} TriggerHandler;

static const TriggerHandler trigger_handlers[TRIGGER_COUNT] = {
    [TRIGGER_DELEGATE] = { delegate_trigger, true },
    [TRIGGER_PLAN] = { plan_make_trigger, true },
    [TRIGGER_REPORT] = { trigger_report, false },
    [TRIGGER_REPORT_ERRORS] = { trigger_report_errors, false },
    [TRIGGER_REMEMBER] = { trigger_remember, false },
    [TRIGGER_RECALL] = { trigger_recall, false },
    [TRIGGER_DAILY_REPORT] = { trigger_daily_report, false },
    [TRIGGER_MQTT_PUBLISH] = { trigger_mqtt_publish, false },
    [TRIGGER_MQTT_SUBSCRIBE] = { trigger_mqtt_subscribe, false },
    [TRIGGER_PLAN_LIST] = { commands_tasks, false },
    [TRIGGER_SCHEDULE] = { trigger_schedule, false },
    [TRIGGER_PLAN_CANCEL] = { trigger_plan_cancel, false },
    [TRIGGER_SEARCH] = { trigger_search, false },
    [TRIGGER_READ] = { trigger_read, false },
};

static bool has_role(Core *core, Turn *turn, const CommandInfo *info)
{
    int length = (int)strlen(info->name);

    if (turn->speaker->role >= info->role)
        return true;

    /* A trigger has a colon of its own. */
    length -= g_str_has_suffix(info->name, ":");
    turn_fail(turn, "%.*s: refused (role): this needs the role %s; yours is %s", length, info->name,
              role_name(info->role), role_name(turn->speaker->role));
    effects_audit(core->fx, core->now_ms, "refused", turn->speaker->principal, NULL, NULL,
                  "role: %s", info->name);
    return false;
}

static void audit(Core *core, const Turn *turn, const CommandInfo *info, const char *arguments)
{
    g_autofree char *line = NULL;

    if (info->role <= ROLE_VIEWER)
        return;

    line = text_make_line(arguments, AUDIT_SHOWN_CHARS);
    effects_audit(core->fx, core->now_ms, "command", turn->speaker->principal, NULL, NULL, "%s %s",
                  info->name, line);
}

/* Their handlers tell what would be done, and do not do it. */
static bool knows_dry_run(Command command)
{
    static const Command known[] = { COMMAND_REPORTS, COMMAND_SUBSCRIPTIONS, COMMAND_PAUSE,
                                     COMMAND_RESUME, COMMAND_FIRE };

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (command == known[i])
            return true;
    }
    return false;
}

static void say_not_done(Turn *turn, const CommandInfo *info, const char *arguments)
{
    g_autofree char *typed = g_strjoin(*arguments ? " " : "", info->name, arguments, NULL);
    g_autofree char *line = text_make_line(typed, LINE_SHOWN_CHARS);

    turn_say(turn, "dry run: %s was not done", line);
}

void commands_do(Core *core, Turn *turn, Command command, const char *arguments)
{
    const CommandInfo *info = command_info(command);

    if (!has_role(core, turn, info))
        return;
    if (turn->speaker->is_dry_run && !command_only_looks(command, arguments) &&
        !knows_dry_run(command)) {
        say_not_done(turn, info, arguments);
        return;
    }

    audit(core, turn, info, arguments);
    handlers[command](core, turn, arguments);
}

void commands_do_trigger(Core *core, Turn *turn, Trigger trigger, const char *rest)
{
    const CommandInfo *info = trigger_info(trigger);

    if (!trigger_handlers[trigger].is_work) {
        g_autofree char *record =
            trigger == TRIGGER_REMEMBER ? memory_record(rest) : g_strdup(rest);

        if (!has_role(core, turn, info))
            return;
        audit(core, turn, info, record);
    }
    trigger_handlers[trigger].handle(core, turn, rest);
}
