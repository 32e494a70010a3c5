#include "common/wire/command.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NONE] = "none",
    [ROLE_VIEWER] = "viewer",
    [ROLE_OPERATOR] = "operator",
    [ROLE_ADMIN] = "admin",
};

/* clang-format off */
static const CommandInfo commands[COMMAND_COUNT] = {
    [COMMAND_HELP] = { "!help", "[word]", ROLE_VIEWER,
        "what you may do here, or all about one command, skill or agent" },
    [COMMAND_AGENTS] = { "!agents", "[agent]", ROLE_VIEWER,
        "the agents, all or those that are meant: state, version, work in hand, skills" },
    [COMMAND_STATUS] = { "!status", "", ROLE_VIEWER,
        "health on one screen" },
    [COMMAND_RUNS] = { "!runs", "[agent]", ROLE_VIEWER,
        "the last 20 runs, of all agents or of one; or those of a plan, as in !runs p7" },
    [COMMAND_RUN] = { "!run", "<id>", ROLE_VIEWER,
        "the run of that number: its task, its times, the tail of its output; or a plan, as in !run p7" },
    [COMMAND_WHY] = { "!why", "<agent> [| <task>]", ROLE_VIEWER,
        "what the gate says now, by which rule, and the next allowed time" },
    [COMMAND_BLACKOUT] = { "!blackout", "", ROLE_VIEWER,
        "the blackout hours and when each begins next" },
    [COMMAND_CANCEL] = { "!cancel", "<id>", ROLE_OPERATOR,
        "stop the run of that number, whether it waits or is at work; or a whole plan, as in !cancel p7" },
    [COMMAND_YES] = { "!yes", "", ROLE_VIEWER,
        "yes to the question that is open in this conversation, or to one of several, as in !yes 2" },
    [COMMAND_NO] = { "!no", "", ROLE_VIEWER,
        "no to the question that is open in this conversation, to one of several, as in !no 2, or to "
        "all of them, as in !no all" },
    [COMMAND_AGENT_OFF] = { "!agentOFF", "<agent>", ROLE_OPERATOR,
        "pause an agent: it finishes what runs and starts nothing (name, a*, a,b, or agent1 alone)" },
    [COMMAND_AGENT_ON] = { "!agentON", "<agent>", ROLE_OPERATOR,
        "resume an agent, or wake agent1" },
    [COMMAND_AGENTS_OFF] = { "!agentsOFF", "", ROLE_OPERATOR,
        "agent1 sleeps and every agent pauses" },
    [COMMAND_AGENTS_ON] = { "!agentsON", "", ROLE_OPERATOR,
        "agent1 wakes and every agent resumes" },
    [COMMAND_ACCEPT] = { "!accept", "<agent> <fingerprint start>", ROLE_ADMIN,
        "trust an agent's key; give at least the first 8 digits of its fingerprint" },
    [COMMAND_REVOKE] = { "!revoke", "<agent>", ROLE_ADMIN,
        "trust an agent's key no longer" },
    [COMMAND_AUDIT] = { "!audit", "[row]", ROLE_VIEWER,
        "check the record of what was done: is its chain of hashes unbroken?" },
    [COMMAND_PENDING] = { "!pending", "[id]", ROLE_VIEWER,
        "what waits for a person or for its window, oldest first, and what I asked you" },
    [COMMAND_APPROVE] = { "!approve", "<id>", ROLE_OPERATOR,
        "let the run of that number start, or what waits of plan p8" },
    [COMMAND_REJECT] = { "!reject", "<id> [why]", ROLE_OPERATOR,
        "never start the run of that number, or what waits of plan p8" },
    [COMMAND_DEFER] = { "!defer", "<id> <time>", ROLE_OPERATOR,
        "put an approval or a deferred run off: 20m, 14:30, tomorrow 8:00" },
    [COMMAND_REPORTS] = { "!reports", "[set <agent|daily> <HH:MM|off>]", ROLE_VIEWER,
        "when agents report and the daily report goes out; set, for operators, changes it after "
        "!yes" },
    [COMMAND_TASKS] = { "!tasks", "[agent]", ROLE_VIEWER,
        "the schedules, of all agents or of one: when, on which agent, what, and the next time that "
        "will really run" },
    [COMMAND_STOP] = { "!stop", "", ROLE_VIEWER,
        "end the answer that is being written to you here: what was said stays, what was started goes on" },
    [COMMAND_RESET] = { "!reset", "", ROLE_VIEWER,
        "forget your conversation here: the questions that are open in it" },
    [COMMAND_OUTPUT] = { "!output", "<id>", ROLE_VIEWER,
        "all that was kept of the output of the run of that number" },
    [COMMAND_SUBSCRIPTIONS] = { "!subscriptions", "[cancel <id>]", ROLE_VIEWER,
        "the topics that are listened to for you; cancel ends one, as in !subscriptions cancel s3" },
    [COMMAND_PAUSE] = { "!pause", "<schedule>", ROLE_OPERATOR,
        "hold a schedule: what falls into that time does not happen" },
    [COMMAND_RESUME] = { "!resume", "<schedule>", ROLE_OPERATOR,
        "let a paused schedule go on from now" },
    [COMMAND_FIRE] = { "!fire", "<schedule>", ROLE_OPERATOR,
        "run a schedule's task now, once, as you: its times stay as they are; with --defer when its "
        "hours allow" },
    [COMMAND_CALENDAR] = { "!calendar", "[agent]", ROLE_VIEWER,
        "the month ahead, hour by hour: schedules and closed hours, of all agents or of one" },
    [COMMAND_AGENT_UPDATE] = { "!agentUPDATE", "<agent>", ROLE_OPERATOR,
        "is a newer version in an agent's git repository? (name, a*, a,b, or agent1); nothing is installed" },
    [COMMAND_AGENTS_UPDATE] = { "!agentsUPDATE", "", ROLE_OPERATOR,
        "is a newer version available, for every agent and agent1? Nothing is installed" },
};

static const CommandInfo triggers[TRIGGER_COUNT] = {
    [TRIGGER_DELEGATE] = { "DELEGATE:", "<agent> | <task>", ROLE_OPERATOR,
        "one run on each agent that is meant, after the gate: web1 or a,b or web* or role=web or all; "
        "with --limit <n>, --batch <n>, --now, --defer; short: @<agent> <task>" },
    [TRIGGER_REPORT] = { "REPORT:", "[agent] [| <time>]", ROLE_VIEWER,
        "the last 20 runs, of all agents or of one; with a time the figures of what ended in it and the "
        "last 20 of those: today, yesterday, 24h, 2026-11-25 or 2026-11-01..2026-11-07" },
    [TRIGGER_REPORT_ERRORS] = { "REPORT_ERRORS:", "[agent] [| <time>]", ROLE_VIEWER,
        "the last 20 runs that failed, with what they said: failed, timed_out, unknown, rejected, "
        "expired, missed; what a person cancelled or denied is no failure; with a time as in REPORT:" },
    [TRIGGER_REMEMBER] = { "REMEMBER:", "<key> | <value>", ROLE_OPERATOR,
        "keep a text under a key, for everybody who may ask; with --private for you alone; an empty "
        "value forgets the key" },
    [TRIGGER_RECALL] = { "RECALL:", "<key or words>", ROLE_VIEWER,
        "what is kept under that key, or else where those words stand" },
    [TRIGGER_DAILY_REPORT] = { "DAILY_REPORT:", "[agent] [| <day>]", ROLE_VIEWER,
        "the day so far, agent by agent: how many runs, how they ended, how long they took, what failed, "
        "who did not report; or what was reported of another day: yesterday, 2026-11-25" },
    [TRIGGER_PLAN_LIST] = { "PLAN_LIST:", "[agent]", ROLE_VIEWER,
        "the schedules, as !tasks shows them" },
    [TRIGGER_PLAN] = { "PLAN:", "<agent>|<task> ;; <agent>|<task> …", ROLE_OPERATOR,
        "tasks in sequence, each after the gate: what does not succeed stops it, and \\;; is ;; in a "
        "task; with --defer in front it begins when its hours allow" },
    [TRIGGER_MQTT_PUBLISH] = { "MQTT_PUBLISH:", "<topic> | <message>", ROLE_ADMIN,
        "publish a message on a topic that policy.json lists; you hear when the broker has it, and "
        "--retain behind the topic has it kept there" },
    [TRIGGER_MQTT_SUBSCRIBE] = { "MQTT_SUBSCRIBE:", "<topic>", ROLE_ADMIN,
        "listen to a topic or filter that policy.json lists, for 10 messages or 10 minutes; with "
        "--count <n> up to 100, --time <duration> up to 24h" },
    [TRIGGER_SCHEDULE] = { "SCHEDULE:", "<when> | <agent> | <task>", ROLE_OPERATOR,
        "propose a task for certain times; shows the next five and asks: daily 03:00, every 6h, weekly mon "
        "08:00, mon..fri 09:00, 0 3 1 * *, at 2026-12-01T08:00, in 20m, daily 08:00 "
        "America/New_York; in French, too" },
    [TRIGGER_PLAN_CANCEL] = { "PLAN_CANCEL:", "<schedule>", ROLE_OPERATOR,
        "take a schedule back; what it started goes on" },
    [TRIGGER_SEARCH] = { "SEARCH:", "<words>", ROLE_VIEWER,
        "search the web: titles, addresses and what stands there" },
    [TRIGGER_READ] = { "READ:", "<address>", ROLE_VIEWER,
        "read a page of the web as plain text; private addresses are refused but for those that "
        "config.json names" },
};
/* clang-format on */

/* What a person who is asked or lost in French types first; all else has one name. */
static const struct {
    const char *name;
    Command command;
} aliases[] = {
    { "!aide", COMMAND_HELP },
    { "!oui", COMMAND_YES },
    { "!non", COMMAND_NO },
};

const char *role_name(Role role)
{
    return role_names[role];
}

bool role_parse(const char *name, Role *out)
{
    int role;

    for (role = 0; role < ROLE_COUNT; role++) {
        if (g_strcmp0(name, role_names[role]) == 0) {
            *out = (Role)role;
            return true;
        }
    }
    return false;
}

const CommandInfo *command_info(Command command)
{
    return &commands[command];
}

const CommandInfo *trigger_info(Trigger trigger)
{
    return &triggers[trigger];
}

bool trigger_only_looks(Trigger trigger)
{
    static const Trigger looks[] = { TRIGGER_REPORT,       TRIGGER_REPORT_ERRORS, TRIGGER_RECALL,
                                     TRIGGER_DAILY_REPORT, TRIGGER_PLAN_LIST,     TRIGGER_SEARCH,
                                     TRIGGER_READ };

    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (trigger == looks[i])
            return true;
    }
    return false;
}

bool command_only_looks(Command command, const char *argument)
{
    static const Command looks[] = {
        COMMAND_HELP,    COMMAND_AGENTS, COMMAND_STATUS,   COMMAND_RUNS,
        COMMAND_RUN,     COMMAND_WHY,    COMMAND_AUDIT,    COMMAND_BLACKOUT,
        COMMAND_PENDING, COMMAND_TASKS,  COMMAND_CALENDAR, COMMAND_OUTPUT,
    };

    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (command == looks[i])
            return true;
    }
    return *argument == '\0' && (command == COMMAND_REPORTS || command == COMMAND_SUBSCRIPTIONS);
}

/* What is begun by "(" is not cut inside. */
static bool is_inside(const char *text, size_t length)
{
    int depth = 0;

    for (size_t i = 0; i < length; i++)
        depth += (text[i] == '(') - (text[i] == ')');
    return depth > 0;
}

/* "03:00" is one word, and a question keeps its mark. */
static bool ends_clause(const char *text, size_t length, const char *marks)
{
    const char *at = text + length;
    bool is_mark = strchr(marks, *at) && (at[1] == ' ' || at[1] == '\0');
    bool is_behind_question = *at == ' ' && length > 0 && at[-1] == '?';

    return (is_mark || is_behind_question) && !is_inside(text, length);
}

/* How much of the text is left when clauses are taken away at the end until it fits; 0: nothing. */
static size_t cut_clauses(const char *text, const char *marks)
{
    size_t length = strlen(text);

    while (g_utf8_strlen(text, (gssize)length) > COMMAND_SUMMARY_CHARS) {
        do
            length--;
        while (length > 0 && !ends_clause(text, length, marks));
    }

    return length;
}

char *command_summary(const char *help)
{
    size_t length = cut_clauses(help, ":;");

    /* In French a blank stands before these marks. */
    return g_strchomp(g_strndup(help, length > 0 ? length : cut_clauses(help, ",")));
}

bool command_parse(const char *word, Command *out)
{
    unsigned alias;
    int command;

    for (command = 0; command < COMMAND_COUNT; command++) {
        if (g_ascii_strcasecmp(word, commands[command].name) == 0) {
            *out = (Command)command;
            return true;
        }
    }
    for (alias = 0; alias < G_N_ELEMENTS(aliases); alias++) {
        if (g_ascii_strcasecmp(word, aliases[alias].name) == 0) {
            *out = aliases[alias].command;
            return true;
        }
    }
    return false;
}

bool trigger_parse(const char *word, Trigger *out)
{
    int trigger;

    for (trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        if (g_ascii_strcasecmp(word, triggers[trigger].name) == 0) {
            *out = (Trigger)trigger;
            return true;
        }
    }
    return false;
}
