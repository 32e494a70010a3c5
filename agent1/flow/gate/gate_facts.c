#include "agent1/flow/gate/gate_facts.h"

#include <string.h>

#include "agent1/flow/state/revoked.h"
#include "agent1/model/offer.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/reason.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define NEAREST_SHOWN         3
#define PART_MIN_CHARS        2
#define COMPLAINT_SHOWN_CHARS 300 /* it may repeat what the agent told */

/* "loc" and "debian13" are parts of a name, and many letters away from it. */
static void add_holders(GPtrArray *nearest, const char *part, const char *const *names)
{
    g_autofree char *lower = g_ascii_strdown(part, -1);
    unsigned i;

    for (i = 0; strlen(part) >= PART_MIN_CHARS && names[i] && nearest->len < NEAREST_SHOWN; i++) {
        if (strstr(names[i], lower))
            g_ptr_array_add(nearest, (void *)(guintptr)names[i]);
    }
}

char *gate_facts_nearest(const Core *core, const char *name)
{
    GPtrArray *names = registry_names(core->registry);
    g_autoptr(GString) text = g_string_new(NULL);
    GPtrArray *nearest;
    unsigned i;

    g_ptr_array_add(names, NULL);
    nearest = text_nearest(name, (const char *const *)names->pdata, NEAREST_SHOWN);
    if (nearest->len == 0)
        add_holders(nearest, name, (const char *const *)names->pdata);
    for (i = 0; i < nearest->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)nearest->pdata[i]);
    g_ptr_array_unref(nearest);
    g_ptr_array_unref(names);
    return text->len ? g_strdup(text->str) : NULL;
}

char *gate_facts_skill(const Core *core, const char *agent, const char *task)
{
    const FleetAgent *live = fleet_find(core->fleet, agent);
    g_autofree char *name = skill_call_name(task);

    if (live && name && fleet_skill(live, name))
        return g_steal_pointer(&name);
    return g_strdup(SKILL_SHELL);
}

/* "shell", and nothing behind it. */
static bool is_bare_shell(const char *task)
{
    g_autofree char *text = g_strstrip(g_strdup(task));

    return strcmp(text, SKILL_SHELL) == 0;
}

/* The facts about what is asked for: is it offered, is it called rightly. What they point to is the
 * caller's, in the out_ places. */
static void judge_skill(const GateAsk *ask, const FleetAgent *live, const char *skill,
                        GateRequest *request, char **out_complaint, char **out_nearest)
{
    g_autoptr(GError) problem = NULL;
    const Json *offered;

    request->is_offered = true;
    /* An agent that was never heard of judges for itself when the task reaches it. */
    if (!ask->task || !live || !live->skills)
        return;

    offered = fleet_skill(live, skill);
    request->is_offered = offered != NULL;
    if (offered && is_bare_shell(ask->task))
        *out_complaint = reason_make(REASON_BARE_SHELL, ask->agent, NULL);
    if (offered && skill && strcmp(skill, SKILL_SHELL) != 0 &&
        !offer_judge(offered, ask->task, &problem))
        *out_complaint = text_make_line(problem->message, COMPLAINT_SHOWN_CHARS);
    if (!offered)
        *out_nearest = fleet_nearest_skill(live, ask->task);
    request->complaint = *out_complaint;
    request->nearest_skill = *out_nearest;
}

/* The reason that says what speaks of it. The caller owns it. */
static char *describe_place(const RulebookAnswer *answer, Risk risk)
{
    g_autofree char *place = g_strdup_printf("%u", answer->place);

    return answer->place > 0 ? reason_make(REASON_PLACE_RULE, place, NULL)
                             : reason_make(REASON_PLACE_RISK, risk_name(risk), NULL);
}

static const char *door_word(Door door)
{
    switch (door) {
    case DOOR_XMPP:
    case DOOR_FORM:
        return "xmpp";
    case DOOR_CLI:
        return "cli";
    case DOOR_HOME_ASSISTANT:
        return "homeassistant";
    case DOOR_SCHEDULE:
        return "schedule";
    case DOOR_MODEL: /* it only looks */
    case DOOR_UNSIGNED:
        break;
    }
    return "unsigned";
}

void gate_facts_policy(const Core *core, const GateAsk *ask, RulebookAnswer *out, Risk *out_risk)
{
    const RegistryAgent *entry = registry_find(core->registry, ask->agent);
    const FleetAgent *live = fleet_find(core->fleet, ask->agent);
    g_autofree char *skill = ask->task ? gate_facts_skill(core, ask->agent, ask->task) : NULL;
    const Json *offered = skill && live ? fleet_skill(live, skill) : NULL;
    RulebookCase asked = {
        .user = ask->user,
        .principal = ask->principal,
        .role = ask->role,
        .agent = ask->agent,
        .labels = entry ? entry->labels : NULL,
        .skill = skill,
        .door = door_word(ask->door),
    };

    *out_risk = RISK_GUARDED;
    if (offered)
        risk_parse(json_string(json_member(offered, "risk")), out_risk);
    /* Nothing in particular is asked for: then it has no risk. */
    asked.risk = ask->task ? risk_name(*out_risk) : NULL;
    rulebook_judge(core->rulebook, &asked, out);
}

static void judge_policy(const Core *core, const GateAsk *ask, GateRequest *request,
                         char **out_policy, char **out_reason)
{
    bool is_own_hand = g_strcmp0(ask->approved_by, ask->user) == 0;
    RulebookAnswer answer;
    Risk risk;

    gate_facts_policy(core, ask, &answer, &risk);
    *out_policy = describe_place(&answer, risk);
    *out_reason = g_strdup(answer.reason);
    request->policy = *out_policy;
    request->policy_reason = *out_reason;
    request->is_forbidden = answer.decision == POLICY_DENY;
    request->needs_approval = answer.decision == POLICY_ASK;
    request->needs_second = answer.needs_second;
    request->is_approved = ask->approved_by && !(answer.needs_second && is_own_hand);
}

static void judge_hours(const Core *core, const RegistryAgent *entry, int64_t at_ms,
                        GateRequest *request, char **out_blackout, char **out_work)
{
    HoursView view;
    Hours hours;

    core_hours(core, entry, &hours);
    hours_look(&hours, at_ms, &view);
    *out_blackout = view.blackout ? window_describe(view.blackout) : NULL;
    *out_work = view.is_outside_work ? window_describe(hours.work_hours) : NULL;
    request->blackout = *out_blackout;
    request->is_outside_work = view.is_outside_work;
    request->work_hours = *out_work;
    request->opens_ms = view.opens_ms;
}

Role gate_facts_role(const Core *core, const char *name)
{
    const User *user = users_by_name(core->users, name);

    if (user)
        return user->role;
    return g_strcmp0(name, SPEAKER_FILE) == 0 ? ROLE_OPERATOR : ROLE_NONE;
}

void gate_facts_of_speaker(const Speaker *speaker, const char *agent, const char *task,
                           GateAsk *out)
{
    *out = (GateAsk){
        .role = speaker->role,
        .user = speaker->user,
        .principal = speaker->principal,
        .door = speaker->door,
        .agent = agent,
        .task = task,
        .is_now = speaker->is_now,
    };
}

void gate_facts_of_run(const Core *core, const Run *run, GateAsk *out)
{
    g_autoptr(Speaker) speaker = speaker_from_conversation(run->conversation, NULL);

    *out = (GateAsk){
        .role = gate_facts_role(core, run->user),
        .user = run->user,
        .principal = run->principal,
        .door = speaker ? speaker->door : DOOR_UNSIGNED,
        .agent = run->agent,
        .task = run->task,
        .own_runs = 1,
        .approved_by = run->approved_hash ? run->decided_by : NULL,
    };
}

/* Who distrusts it or holds it, and since when. What they point to is the caller's, in the out_
 * places. */
static void judge_hold(const Core *core, const RegistryAgent *entry, const FleetAgent *live,
                       GateRequest *request, char **out_by, char **out_at)
{
    int64_t at_ms = 0;

    request->is_accepted = entry && entry->is_accepted;
    request->is_revoked =
        entry && !entry->is_accepted && entry->key && revoked_is(core, entry->key);
    request->is_paused = live && (live->is_pause_wished || live->state == AGENT_PAUSED);
    if (request->is_revoked)
        revoked_by(core, entry->key, out_by, &at_ms);
    else if (live && live->is_pause_wished && live->paused_by) {
        *out_by = g_strdup(live->paused_by);
        at_ms = live->paused_ms;
    }
    *out_at = timestamp_local(at_ms, core->now_ms, core->zone);
    request->revoked_by = request->paused_by = *out_by;
    request->revoked_at = request->paused_since = *out_at;
}

/* Who sleeps, is paused, away or busy now says nothing of another time. */
static void forget_the_moment(GateRequest *request)
{
    request->is_asleep = false;
    request->is_paused = false;
    request->is_offline = false;
    request->queued = 0;
}

void gate_facts_judge(const Core *core, const GateAsk *ask, Verdict *out)
{
    const RegistryAgent *entry = registry_find(core->registry, ask->agent);
    const FleetAgent *live = fleet_find(core->fleet, ask->agent);
    g_autofree char *nearest = entry ? NULL : gate_facts_nearest(core, ask->agent);
    g_autofree char *skills_text = live ? fleet_skills_text(live) : NULL;
    g_autofree char *skill = ask->task ? gate_facts_skill(core, ask->agent, ask->task) : NULL;
    g_autofree char *nearest_skill = NULL;
    g_autofree char *complaint = NULL;
    g_autofree char *since = NULL;
    g_autofree char *blackout = NULL;
    g_autofree char *work = NULL;
    g_autofree char *policy = NULL;
    g_autofree char *policy_reason = NULL;
    g_autofree char *held_by = NULL;
    g_autofree char *held_at = NULL;
    unsigned live_runs = runs_count_of(core->runs, ask->agent);
    GateRequest request = {
        .role = ask->role,
        .needed_role = ROLE_OPERATOR,
        .is_asleep = core_is_asleep(core),
        .agent = ask->agent,
        .is_known = entry || core_count_waiting(core, ask->agent) > 0,
        .nearest = nearest,
        .is_offline = !live || !core_is_reachable(core, live),
        .is_now = ask->is_now,
        .skills_text = skills_text,
        .queued = live_runs > ask->own_runs ? live_runs - ask->own_runs : 0,
        .queue_max = QUEUE_MAX_PER_AGENT,
    };

    if (live && live->state == AGENT_OFFLINE && live->heard_ms > 0)
        since = timestamp_local(live->since_ms, core->now_ms, core->zone);
    request.offline_since = since;
    judge_hold(core, entry, live, &request, &held_by, &held_at);
    judge_skill(ask, live, skill, &request, &complaint, &nearest_skill);
    judge_policy(core, ask, &request, &policy, &policy_reason);
    judge_hours(core, entry, ask->at_ms ? ask->at_ms : core->now_ms, &request, &blackout, &work);
    if (ask->at_ms)
        forget_the_moment(&request);
    gate_judge(&request, out);
}
