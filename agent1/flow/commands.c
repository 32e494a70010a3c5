#include "agent1/flow/commands.h"

#include "common/base/text.h"
#include "common/base/banned.h"

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
};

void commands_do(Core *core, Turn *turn, Command command, const char *arguments)
{
    const CommandInfo *info = command_info(command);

    if (turn->speaker->role < info->role) {
        turn_fail(turn, "%s: refused (role): this needs the role %s; yours is %s", info->name,
                  role_name(info->role), role_name(turn->speaker->role));
        effects_audit(core->fx, core->now_ms, "refused", turn->speaker->principal, NULL, NULL,
                      "role: %s", info->name);
        return;
    }
    if (info->role > ROLE_VIEWER) {
        g_autofree char *line = text_make_line(arguments, 200);

        effects_audit(core->fx, core->now_ms, "command", turn->speaker->principal, NULL, NULL,
                      "%s %s", info->name, line);
    }
    handlers[command](core, turn, arguments);
}
