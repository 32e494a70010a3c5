/*
 * What a person can type: one table of commands and triggers, with arguments, role and help.
 *
 * The parser, !help, agentctl's completion and the README's table all read these rows; agent1 binds
 * a handler to each (agent1/flow/command.c), and the compiler names the row that has none. To add a
 * command: a row here, a handler there. Pure.
 */
#ifndef COMMON_WIRE_COMMAND_H
#define COMMON_WIRE_COMMAND_H

#include <stdbool.h>

typedef enum {
    ROLE_NONE,
    ROLE_VIEWER,
    ROLE_OPERATOR,
    ROLE_ADMIN,
    ROLE_COUNT,
} Role;

/* "none", "viewer", "operator", "admin". */
const char *role_name(Role role);
bool role_parse(const char *name, Role *out);

typedef enum {
    COMMAND_HELP,
    COMMAND_AGENTS,
    COMMAND_STATUS,
    COMMAND_RUNS,
    COMMAND_RUN,
    COMMAND_WHY,
    COMMAND_BLACKOUT,
    COMMAND_CANCEL,
    COMMAND_YES,
    COMMAND_NO,
    COMMAND_AGENT_OFF,
    COMMAND_AGENT_ON,
    COMMAND_AGENTS_OFF,
    COMMAND_AGENTS_ON,
    COMMAND_ACCEPT,
    COMMAND_REVOKE,
    COMMAND_AUDIT,
    COMMAND_PENDING,
    COMMAND_APPROVE,
    COMMAND_REJECT,
    COMMAND_DEFER,
    COMMAND_REPORTS,
    COMMAND_TASKS,
    COMMAND_STOP,
    COMMAND_RESET,
    COMMAND_OUTPUT,
    COMMAND_SUBSCRIPTIONS,
    COMMAND_PAUSE,
    COMMAND_RESUME,
    COMMAND_FIRE,
    COMMAND_CALENDAR,
    COMMAND_AGENT_UPDATE,
    COMMAND_AGENTS_UPDATE,
    COMMAND_COUNT,
} Command;

typedef enum {
    TRIGGER_DELEGATE,
    TRIGGER_REPORT,
    TRIGGER_REPORT_ERRORS,
    TRIGGER_REMEMBER,
    TRIGGER_RECALL,
    TRIGGER_DAILY_REPORT,
    TRIGGER_PLAN_LIST,
    TRIGGER_PLAN,
    TRIGGER_MQTT_PUBLISH,
    TRIGGER_MQTT_SUBSCRIBE,
    TRIGGER_SCHEDULE,
    TRIGGER_PLAN_CANCEL,
    TRIGGER_SEARCH,
    TRIGGER_READ,
    TRIGGER_COUNT,
} Trigger;

typedef struct CommandInfo {
    const char *name;      /* as typed: "!agentOFF", "DELEGATE:"; matched without case */
    const char *arguments; /* "<agent>", "[agent]", "" */
    Role role;
    const char *help; /* one sentence without a final stop */
} CommandInfo;

const CommandInfo *command_info(Command command);
const CommandInfo *trigger_info(Trigger trigger);

/* It changes nothing, whatever comes of it. argument: what follows the command; "" for nothing. */
bool trigger_only_looks(Trigger trigger);
bool command_only_looks(Command command, const char *argument);

/* A help text, in any language, as far as it fits one line: without its last clauses where it is
 * longer. The caller owns it. */
#define COMMAND_SUMMARY_CHARS 76
char *command_summary(const char *help);

/* The command of a word that begins with '!', without case; !aide, !oui and !non are !help, !yes
 * and !no. */
bool command_parse(const char *word, Command *out);

/* The trigger of a word that ends in ':', without case. */
bool trigger_parse(const char *word, Trigger *out);

#endif
