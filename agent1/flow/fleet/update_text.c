#include "agent1/flow/fleet/update_text.h"

#include "agent1/model/target.h"
#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/banned.h"

#define LINES_SHOWN 50 /* of each kind */
#define NAMES_SHOWN 10
/* From so many on, those with nothing new share a line. */
#define CURRENT_LINES 5

typedef enum {
    END_NOT_KNOWN,
    END_NEWER,
    END_CURRENT,
    END_COUNT,
} EndKind;

static EndKind kind_of(const UpdateFinding *finding)
{
    if (finding->kind != FINDING_NEWS || finding->news->state != UPDATE_KNOWN)
        return END_NOT_KNOWN;
    return finding->news->behind > 0 ? END_NEWER : END_CURRENT;
}

/* Borrowed findings; g_ptr_array_unref() frees the array. */
static GPtrArray *findings_of_kind(const UpdateRound *round, EndKind kind)
{
    GPtrArray *findings = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < round->findings->len; i++) {
        if (kind_of(round->findings->pdata[i]) == kind)
            g_ptr_array_add(findings, round->findings->pdata[i]);
    }
    return findings;
}

/* "web1, web2 and 9 more". The caller owns it. */
static char *names_from(const GPtrArray *findings, unsigned from)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned i;

    for (i = from; i < findings->len; i++)
        g_ptr_array_add(names, ((UpdateFinding *)findings->pdata[i])->agent);
    return target_list_text(names, NAMES_SHOWN);
}

/* ---- one agent ---- */

static void say_problem(Turn *turn, const char *agent, const UpdateNews *news)
{
    const char *text = core_words(turn->core, update_state_text(news->state));

    turn_say(turn, "%s: not known: %s%s%s", agent, text, news->subject ? ": " : "",
             news->subject ? news->subject : "");
    if (news->detail)
        turn_say(turn, "  %s", news->detail);
    turn_outcome(turn,
                 run_state_name(news->state == UPDATE_TIMED_OUT ? RUN_TIMED_OUT : RUN_FAILED));
}

/* " (main, 3 commits behind)" and the like. The caller owns it. */
static char *describe_distance(const Core *core, const UpdateNews *news)
{
    const char *branch = news->branch ? news->branch : "HEAD";

    if (news->behind == 1)
        return g_strdup_printf(core_words(core, "%s, 1 commit behind"), branch);
    return g_strdup_printf(core_words(core, "%s, %" G_GINT64_FORMAT " commits behind"), branch,
                           news->behind);
}

static void say_known(Turn *turn, const char *agent, const UpdateNews *news)
{
    if (news->behind == 0) {
        turn_say(turn, "%s: up to date: %s (%s)", agent, news->installed,
                 news->branch ? news->branch : "HEAD");
    } else {
        g_autofree char *distance = describe_distance(turn->core, news);

        turn_say(turn, "%s: %s is available, %s is installed (%s)", agent, news->newest,
                 news->installed, distance);
    }
    if (news->ahead > 0)
        turn_say(turn, "  it holds commits that the remote has not: %" G_GINT64_FORMAT,
                 news->ahead);
}

static void say_offline(Turn *turn, const char *name)
{
    const Core *core = turn->core;
    const FleetAgent *agent = fleet_find(core->fleet, name);
    bool was_seen = agent && agent->heard_ms > 0;
    int64_t since_ms =
        core->is_up[LINK_MQTT] ? (was_seen ? agent->since_ms : 0) : core->link_since_ms[LINK_MQTT];
    g_autofree char *since = core_local_time(core, since_ms);

    if (!core->is_up[LINK_MQTT])
        turn_say(turn, "%s: not asked: there is no MQTT broker since %s", name, since);
    else if (was_seen)
        turn_say(turn, "%s: not asked: it is offline since %s", name, since);
    else
        turn_say(turn, "%s: not asked: it was not seen yet", name);
    turn_outcome(turn, OUTCOME_OFFLINE);
}

static void say_other(Turn *turn, const UpdateFinding *finding)
{
    const FleetAgent *agent = fleet_find(turn->core->fleet, finding->agent);

    turn_say(turn, "%s: not known: it answers \"%s\"; its agent2 %s may be older than this command",
             finding->agent, finding->text, agent && agent->version ? agent->version : "?");
    turn_outcome(turn, run_state_name(RUN_FAILED));
}

static void say_finding(Turn *turn, const UpdateFinding *finding)
{
    g_autofree char *wait = duration_format(UPDATE_WAIT_MS);

    switch (finding->kind) {
    case FINDING_NEWS:
        if (finding->news->state == UPDATE_KNOWN)
            say_known(turn, finding->agent, finding->news);
        else
            say_problem(turn, finding->agent, finding->news);
        return;
    case FINDING_OFFLINE:
        say_offline(turn, finding->agent);
        return;
    case FINDING_OTHER:
        say_other(turn, finding);
        return;
    case FINDING_SILENT:
    case FINDING_WAITING:
        turn_say(turn, "%s: not known: no answer within %s", finding->agent, wait);
        turn_outcome(turn, run_state_name(RUN_TIMED_OUT));
        return;
    }
}

/* ---- all of them ---- */

static void say_kind(Turn *turn, const GPtrArray *findings, EndKind kind)
{
    g_autofree char *names = NULL;
    unsigned i;

    if (kind == END_CURRENT && findings->len > CURRENT_LINES) {
        names = names_from(findings, 0);
        turn_say(turn, "up to date: %s", names);
        return;
    }
    for (i = 0; i < findings->len && i < LINES_SHOWN; i++)
        say_finding(turn, findings->pdata[i]);
    if (findings->len > LINES_SHOWN) {
        names = names_from(findings, LINES_SHOWN);
        turn_say(turn,
                 kind == END_NEWER ? "a newer version is available for %s, too"
                                   : "not known of %s, too",
                 names);
    }
}

void update_text_say(Turn *turn, const UpdateRound *round)
{
    unsigned counts[END_COUNT];
    int kind;

    for (kind = 0; kind < END_COUNT; kind++) {
        g_autoptr(GPtrArray) findings = findings_of_kind(round, (EndKind)kind);

        counts[kind] = findings->len;
        say_kind(turn, findings, (EndKind)kind);
    }
    if (round->findings->len > 1)
        turn_say(turn, "of %u: newer version available %u, up to date %u, not known %u",
                 round->findings->len, counts[END_NEWER], counts[END_CURRENT],
                 counts[END_NOT_KNOWN]);
}

void update_text_remark(Turn *turn, const UpdateRound *round)
{
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    g_autofree char *names = NULL;
    unsigned i;

    for (i = 0; i < round->findings->len; i++) {
        const UpdateFinding *finding = round->findings->pdata[i];

        if (finding->kind == FINDING_WAITING)
            g_ptr_array_add(waiting, round->findings->pdata[i]);
    }
    names = names_from(waiting, 0);
    turn_say(turn, "still waiting for %s", names);
}
