#include "agent1/flow/delegate.h"

#include <string.h>

#include "agent1/flow/dispatch.h"
#include "agent1/flow/registration.h"
#include "agent1/flow/rows.h"
#include "agent1/flow/utterance.h"
#include "agent1/model/offer.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define OPTION_SHOWN_CHARS    40
#define COMPLAINT_SHOWN_CHARS 300 /* it may repeat what the agent told */

char *delegate_nearest(const Core *core, const char *name)
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

char *delegate_skill(const Core *core, const char *agent, const char *task)
{
    const FleetAgent *live = fleet_find(core->fleet, agent);
    g_autofree char *name = skill_call_name(task);

    if (live && name && fleet_skill(live, name))
        return g_steal_pointer(&name);
    return g_strdup(SKILL_SHELL);
}

/* The facts about what is asked for: is it offered, is it called rightly, how risky is it. What
 * they point to is the caller's, in the out_ places. */
static void judge_skill(const DelegateAsk *ask, const FleetAgent *live, const char *skill,
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

void delegate_judge(const Core *core, const DelegateAsk *ask, Verdict *out)
{
    const RegistryAgent *entry = registry_find(core->registry, ask->agent);
    const FleetAgent *live = fleet_find(core->fleet, ask->agent);
    g_autofree char *nearest = entry ? NULL : delegate_nearest(core, ask->agent);
    g_autofree char *skills_text = live ? fleet_skills_text(live) : NULL;
    g_autofree char *skill = ask->task ? delegate_skill(core, ask->agent, ask->task) : NULL;
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
    };

    if (live && live->state == AGENT_OFFLINE && live->heard_ms > 0)
        since = core_local_time(core, live->since_ms);
    request.offline_since = since;
    judge_skill(ask, live, skill, &request, &complaint, &nearest_skill);
    judge_hours(core, entry, &request, &blackout, &work);
    gate_judge(&request, out);
}

/* "queued", and why it may take a while. The caller owns it. */
static char *describe_queued(const Core *core, const Run *run)
{
    const FleetAgent *live = fleet_find(core->fleet, run->agent);
    g_autofree char *expires = core_local_time(core, run->expires_ms);
    g_autofree char *since = NULL;

    if (live && core_is_reachable(core, live))
        return g_strdup("queued");
    if (!core->is_up[LINK_MQTT]) {
        since = core_local_time(core, core->link_since_ms[LINK_MQTT]);
        return g_strdup_printf("queued (the broker is unreachable since %s; expires %s)", since,
                               expires);
    }
    if (!live || live->heard_ms == 0)
        return g_strdup_printf("queued (not seen yet; expires %s)", expires);
    since = core_local_time(core, live->since_ms);
    return g_strdup_printf("queued (offline since %s; expires %s)", since, expires);
}

static int64_t next_number(Core *core)
{
    const char *text = core_meta(core, META_NUMBER);
    int64_t number = (text ? g_ascii_strtoll(text, NULL, 10) : 0) + 1;
    g_autofree char *next = g_strdup_printf("%" G_GINT64_FORMAT, number);

    core_set_meta(core, META_NUMBER, next);
    return number;
}

static Run *make_run(Core *core, const Speaker *speaker, const char *agent, const char *task)
{
    g_autofree char *id = core_new_id(core);
    Run *run = run_new(id, next_number(core));

    run->agent = g_strdup(agent);
    run->task = g_strdup(task);
    run->skill = delegate_skill(core, agent, task);
    run->user = g_strdup(speaker->user);
    run->principal = g_strdup(speaker->principal);
    run->conversation = speaker_conversation(speaker);
    run->chat_id = g_strdup(speaker->chat_id);
    run->created_ms = core->now_ms;
    run->changed_ms = core->now_ms;
    run->expires_ms = core->now_ms + core->settings->tasks_expires_ms;
    run->timeout_ms = core->settings->tasks_timeout_ms;
    return run;
}

static void start_run(Core *core, Turn *turn, const char *agent, const char *task)
{
    Run *run = make_run(core, turn->speaker, agent, task);
    g_autofree char *line = text_make_line(task, 200);
    g_autofree char *state = NULL;
    RunKey key = { .id = run->id, .number = run->number, .agent = run->agent };

    run_apply(run, RUN_EVENT_ALLOWED, core->now_ms);
    runs_add(core->runs, &key, run);
    core->runs_due_ms = MIN(core->runs_due_ms, run->expires_ms + 1);
    effects_put(core->fx, rows_of_run(run));
    effects_audit(core->fx, core->now_ms, "run", run->principal, agent, run->id,
                  "#%" G_GINT64_FORMAT " queued by %s: %s", run->number, run->user, line);
    dispatch_add_run(core, run, OUTBOX_TASK);
    dispatch_due(core);
    state = describe_queued(core, run);
    turn_add_run(turn, run->id);
    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, agent, state);
}

char *delegate_judge_text(const char *task)
{
    if (!*task)
        return g_strdup("the task is empty; expected DELEGATE: <agent> | <task>");
    if (strlen(task) > TASK_TEXT_MAX_BYTES)
        return g_strdup_printf("the task is %zu bytes long; at most %d", strlen(task),
                               TASK_TEXT_MAX_BYTES);
    if (!text_is_harmless(task)) {
        g_autofree char *shown = text_make_harmless(task, strlen(task));
        g_autofree char *line = text_make_line(shown, 200);

        return g_strdup_printf("the task holds hidden or control characters; nothing was done: %s",
                               line);
    }
    return NULL;
}

static void delegate(Core *core, Turn *turn, const char *name, const char *task, bool is_now)
{
    /* Phones begin a sentence with a capital. */
    g_autofree char *agent = g_ascii_strdown(name, -1);
    g_autofree char *complaint = delegate_judge_text(task);
    DelegateAsk ask = {
        .role = turn->speaker->role,
        .agent = agent,
        .task = task,
        .is_now = is_now || turn->speaker->is_now,
    };
    g_auto(Verdict) verdict = { 0 };

    if (complaint) {
        turn_fail(turn, "%s", complaint);
        return;
    }
    delegate_judge(core, &ask, &verdict);
    if (verdict.kind != GATE_ALLOW) {
        g_autofree char *shown = text_make_line(agent, 40);

        turn_refuse(turn, shown, verdict.rule, verdict.reason, verdict.next_ms);
        return;
    }
    if (turn->speaker->is_dry_run) {
        turn_say(turn, "%s: allowed (dry run: nothing was sent)", agent);
        return;
    }
    start_run(core, turn, agent, task);
}

/* "--now", and what a phone makes of it: a long dash. */
static bool is_now_flag(const char *word)
{
    return strcmp(word, "--now") == 0 || g_ascii_strcasecmp(word, "\xE2\x80\x94now") == 0;
}

/* No command and no skill begins with a dash, long or short. */
static bool is_option(const char *word)
{
    return word[0] == '-' || g_str_has_prefix(word, "\xE2\x80\x93") ||
           g_str_has_prefix(word, "\xE2\x80\x94");
}

bool delegate_take_options(Turn *turn, const char *agent, const char **text, bool *out_is_now)
{
    for (;;) {
        size_t length = strcspn(*text, " \t");
        g_autofree char *word = g_strndup(*text, length);

        if (is_option(word) && !is_now_flag(word)) {
            g_autofree char *shown = text_make_line(word, OPTION_SHOWN_CHARS);
            g_autofree char *name = text_make_line(agent, OPTION_SHOWN_CHARS);

            turn_fail(turn,
                      "%s: no such option, so nothing was done; the only one is --now. A task that "
                      "begins so stands after a bar: @%s | %s …",
                      shown, name, shown);
            return false;
        }
        if (!is_now_flag(word))
            return true;
        *out_is_now = true;
        *text += length;
        *text += strspn(*text, " \t");
    }
}

/* "@web1 task" and "@web1 | task". */
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest)
{
    bool is_now = false;

    if (!delegate_take_options(turn, agent, &rest, &is_now))
        return;
    if (*rest == '|')
        rest += 1 + strspn(rest + 1, " \t");
    delegate(core, turn, agent, rest, is_now);
}

static void say_no_bar(Turn *turn, const char *text)
{
    size_t length = strcspn(text, " \t");
    const char *task = text + length + strspn(text + length, " \t");
    g_autofree char *agent = g_strndup(text, length);
    g_autofree char *shown = text_make_line(agent, OPTION_SHOWN_CHARS);
    g_autofree char *rest = text_make_line(task, OPTION_SHOWN_CHARS);

    if (*task)
        turn_fail(
            turn,
            "expected DELEGATE: <agent> | <task>: there is no bar; do you mean DELEGATE: %s | "
            "%s",
            shown, rest);
    else
        turn_fail(turn, "expected DELEGATE: <agent> | <task>: there is no bar");
}

void delegate_trigger(Core *core, Turn *turn, const char *rest)
{
    g_autofree char *target = NULL;
    g_autofree char *task = NULL;
    g_auto(GStrv) words = NULL;
    const char *agent = NULL;
    bool is_now = false;
    unsigned i;

    if (!utterance_split(rest, &target, &task)) {
        say_no_bar(turn, target);
        return;
    }
    words = g_strsplit_set(target, " \t", -1);
    for (i = 0; words[i]; i++) {
        const char *option = words[i];

        if (!delegate_take_options(turn, agent ? agent : "<agent>", &option, &is_now))
            return;
        if (!*option)
            continue;
        if (agent) {
            turn_fail(turn, "expected one agent before the bar, or --now; found \"%s\"", words[i]);
            return;
        }
        agent = words[i];
    }
    if (!agent)
        turn_fail(turn, "expected an agent before the bar; !agents lists them");
    else
        delegate(core, turn, agent, task, is_now);
}
