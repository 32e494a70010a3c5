#include "agent1/phrases/intents.h"

#include <string.h>

#include "agent1/phrases/lexicon.h"

#include "common/base/banned.h"

#define ASKING "ask there how_is show check what since recent who comma stop today open"
#define ACTS                                                                                       \
    "restart stop start run cancel approve reject defer pause resume sleep fire accept "           \
    "revoke publish listen forget yes danger"

/* What there is a skill for, too. */
#define RESTART "> systemctl restart $S"
#define STOP    "> systemctl stop $S"
#define START   "> systemctl start $S"

static const Intent intents[] = {
    /* looking at a machine */
    { "disk", "amount", "> df -h" },
    { "memory", "amount", "> free -m" },
    { "load", "runs", "> uptime" },
    { "since runs", "", "> uptime" },
    { "ping", "", "> uptime" },
    { "people", "online", "> who" },
    { "kernel", "version runs run", "> uname -r" },
    { "processes", "runs", "> ps aux" },
    { "what runs", "", "> ps aux" },
    { "failed service", "", "> systemctl --failed" },
    { "logs name", "service recent", "> journalctl -u $S -n 50" },
    { "status name", "service", "> systemctl status $S" },
    { "runs name", "service", "> systemctl status $S" },
    { "online name", "service", "> systemctl status $S" },
    { "updates", "newer", "> apt list --upgradable" },
    { "ports", "open", "> ss -tln" },
    { "clock", "", "> date" },
    /* changing it */
    { "restart name", "service", RESTART },
    { "stop name", "service", STOP },
    { "start name", "service", START },
    { "run literal", "tasks", "> $L" },
    /* what was done */
    { "daily", "yesterday", "DAILY_REPORT:$t$D" },
    { "report", "yesterday today", "REPORT:$t$D" },
    { "did", "yesterday today", "REPORT: $T$D" },
    { "did", "yesterday today", "REPORT:$D" },
    { "failed", "yesterday today logs tasks run", "REPORT_ERRORS:$t$D" },
    { "recall quote", "", "RECALL: $M" },
    { "publish topic message", "quote", "MQTT_PUBLISH: $P | $M" },
    { "listen topic", "", "MQTT_SUBSCRIBE: $P" },
    { "plans", "schedules", "PLAN_LIST:" },
    { "cancel one_schedule key", "", "PLAN_CANCEL: $K" },
    /* agent1 itself */
    { "help", "", "!help" },
    { "show machines", "online runs all", "!agents" },
    { "ask machines", "online runs all", "!agents" },
    { "machines online", "runs all", "!agents" },
    { "runs", "online machine machines all", "!agents $T" },
    { "online", "machine machines all", "!agents $T" },
    { "there", "online runs machine machines all", "!agents $T" },
    { "how_is", "machine machines all runs", "!agents $T" },
    { "status", "", "!status" },
    { "executions", "recent all", "!runs$t" },
    { "tasks recent", "", "!runs$t" },
    { "tasks", "", "!tasks$t" },
    { "run number", "tasks", "!run $N" },
    { "tasks number", "run", "!run $N" },
    { "why", "blocked", "!why $T" },
    { "blackout", "times", "!blackout" },
    { "cancel number", "run tasks", "!cancel $N" },
    { "yes", "", "!yes" },
    { "not", "", "!no" },
    { "pause", "machines machine", "!agentOFF $T" },
    { "sleep", "machines machine", "!agentOFF $T" },
    { "resume", "machines machine", "!agentON $T" },
    { "accept fingerprint", "machine", "!accept $T $F" },
    { "revoke", "machine", "!revoke $T" },
    { "audit", "logs", "!audit" },
    { "pending", "", "!pending" },
    { "approve number", "run tasks", "!approve $N" },
    { "reject number", "run tasks", "!reject $N" },
    { "defer number time", "run tasks", "!defer $N $W" },
    { "reports times", "", "!reports" },
    { "schedules", "", "!tasks$t" },
    { "stop answer", "", "!stop" },
    { "forget conversation", "", "!reset" },
    { "output number", "run tasks", "!output $N" },
    { "subscriptions", "", "!subscriptions" },
    { "pause one_schedule key", "", "!pause $K" },
    { "resume one_schedule key", "", "!resume $K" },
    { "fire one_schedule key", "", "!fire $K" },
    { "run one_schedule key", "", "!fire $K" },
    { "calendar", "", "!calendar$t" },
    { "newer version", "", "!agentUPDATE$t" },
    { "newer", "", "!agentUPDATE $T" },
};

const char *intent_skill_form(const Intent *intent)
{
    static const struct {
        const char *command;
        const char *skill;
    } rows[] = {
        { RESTART, "service.restart $S" },
        { STOP, "service.stop $S" },
        { START, "service.start $S" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(intent->form, rows[i].command) == 0)
            return rows[i].skill;
    }
    return NULL;
}

bool intents_is_act(const char *concept)
{
    return lexicon_list_has(ACTS, concept);
}

bool intent_only_looks(const Intent *intent)
{
    g_auto(GStrv) needs = g_strsplit(intent->needs, " ", -1);
    bool has_number = lexicon_list_has(intent->needs, "number");

    for (unsigned i = 0; needs[i]; i++) {
        if (intents_is_act(needs[i]) && !(has_number && strcmp(needs[i], "run") == 0))
            return false;
    }
    return true;
}

bool intents_is_strong(const char *concept)
{
    return concept &&
           !lexicon_list_has(
               "ask there how_is show what who since amount it when today yesterday online "
               "recent machine comma colon stop sign number all runs people not doubt "
               "open first newer right clock conversation time " CONCEPT_FILLER,
               concept);
}

static bool explains(const Intent *intent, const char *const *concepts, size_t count)
{
    g_auto(GStrv) needs = g_strsplit(intent->needs, " ", -1);
    bool only_looks = intent_only_looks(intent);

    for (unsigned i = 0; needs[i]; i++) {
        bool is_there = false;

        for (size_t j = 0; j < count; j++)
            is_there |= concepts[j] && strcmp(concepts[j], needs[i]) == 0;
        if (!is_there)
            return false;
    }
    for (size_t j = 0; j < count; j++) {
        if (!concepts[j] || (!lexicon_list_has(intent->needs, concepts[j]) &&
                             !lexicon_list_has(intent->may, concepts[j]) &&
                             !lexicon_list_has(only_looks ? ASKING : "comma stop", concepts[j])))
            return false;
    }
    return true;
}

static bool fits_target(const Intent *intent, bool has_target)
{
    bool needs = strstr(intent->form, "$T") || intent->form[0] == '>';

    return has_target ? needs || strstr(intent->form, "$t") : !needs;
}

const Intent *intents_find(const char *const *concepts, size_t count, bool has_target)
{
    for (size_t i = 0; i < G_N_ELEMENTS(intents); i++) {
        if (explains(&intents[i], concepts, count) && fits_target(&intents[i], has_target))
            return &intents[i];
    }
    return NULL;
}
