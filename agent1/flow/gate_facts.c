#include "agent1/flow/gate_facts.h"

#include <string.h>

#include "agent1/flow/registration.h"
#include "agent1/model/offer.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define COMPLAINT_SHOWN_CHARS 300 /* it may repeat what the agent told */

char *gate_facts_nearest(const Core *core, const char *name)
{
    GPtrArray *names = registry_names(core->registry);
    g_autoptr(GString) text = g_string_new(NULL);
    GPtrArray *nearest;
    unsigned i;

    g_ptr_array_add(names, NULL);
    nearest = text_nearest(name, (const char *const *)names->pdata, 3);
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

/* The facts about what is asked for: is it offered, is it called rightly, how risky is it. What
 * they point to is the caller's, in the out_ places. */
static void judge_skill(const GateAsk *ask, const FleetAgent *live, const char *skill,
                        GateRequest *request, char **out_complaint, char **out_nearest)
{
    g_autoptr(GError) problem = NULL;
    const Json *offered;

    request->risk = RISK_GUARDED;
    request->is_offered = true;
    /* An agent that was never heard of judges for itself when the task reaches it. */
    if (!ask->task || !live || !live->skills)
        return;

    offered = fleet_skill(live, skill);
    request->is_offered = offered != NULL;
    if (offered)
        risk_parse(json_string(json_member(offered, "risk")), &request->risk);
    if (offered && strcmp(skill, SKILL_SHELL) != 0 && !offer_judge(offered, ask->task, &problem))
        *out_complaint = text_make_line(problem->message, COMPLAINT_SHOWN_CHARS);
    if (!offered)
        *out_nearest = fleet_nearest_skill(live, ask->task);
    request->complaint = *out_complaint;
    request->nearest_skill = *out_nearest;
}

static void judge_hours(const Core *core, const RegistryAgent *entry, GateRequest *request,
                        char **out_blackout, char **out_work)
{
    HoursView view;
    Hours hours;

    core_hours(core, entry, &hours);
    hours_look(&hours, core->now_ms, &view);
    *out_blackout = view.blackout ? window_describe(view.blackout) : NULL;
    *out_work = view.is_outside_work ? window_describe(hours.work_hours) : NULL;
    request->blackout = *out_blackout;
    request->is_outside_work = view.is_outside_work;
    request->work_hours = *out_work;
    request->opens_ms = view.opens_ms;
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
    const User *user = users_by_name(core->users, run->user);
    g_autoptr(Speaker) speaker = speaker_from_conversation(run->conversation, NULL);

    *out = (GateAsk){
        .role = user ? user->role : ROLE_NONE,
        .user = run->user,
        .principal = run->principal,
        .door = speaker ? speaker->door : DOOR_UNSIGNED,
        .agent = run->agent,
        .task = run->task,
        .own_runs = 1,
        .approved_by = run->approved_hash ? run->decided_by : NULL,
    };
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
    unsigned live_runs = runs_count_of(core->runs, ask->agent);
    GateRequest request = {
        .role = ask->role,
        .needed_role = ROLE_OPERATOR,
        .is_asleep = core_is_asleep(core),
        .agent = ask->agent,
        .is_known = entry || registration_is_waiting(core, ask->agent),
        .nearest = nearest,
        .is_accepted = entry && entry->is_accepted,
        .is_paused = live && (live->is_pause_wished || live->state == AGENT_PAUSED),
        .is_offline = !live || !core_is_reachable(core, live),
        .is_now = ask->is_now,
        .skills_text = skills_text,
        .queued = live_runs > ask->own_runs ? live_runs - ask->own_runs : 0,
        .queue_max = QUEUE_MAX_PER_AGENT,
        .is_approved = ask->approved_by != NULL,
    };

    if (live && live->state == AGENT_OFFLINE && live->heard_ms > 0)
        since = core_local_time(core, live->since_ms);
    request.offline_since = since;
    judge_skill(ask, live, skill, &request, &complaint, &nearest_skill);
    judge_hours(core, entry, &request, &blackout, &work);
    gate_judge(&request, out);
}
