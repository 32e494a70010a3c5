#include "agent1/flow/gate/approval_notices.h"

#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/voice/say.h"
#include "agent1/model/plan.h"
#include "agent1/model/target.h"
#include "common/base/banned.h"

/* One message of XMPP carries a longer task only in part. */
#define TASK_BYTES  8000
#define NAMES_SHOWN 10

/* What belongs together: runs of one plan of the same task, with news of the same kind. */
typedef struct Group {
    const char *plan; /* NULL: a run by itself */
    const char *begin;
    GPtrArray *runs; /* const Run * */
} Group;

static void free_group(void *data)
{
    Group *group = data;

    g_ptr_array_unref(group->runs);
    g_free(group);
}

static const char *plan_of(const Core *core, const Run *run)
{
    const Plan *plan = run->plan ? g_hash_table_lookup(core->plans, run->plan) : NULL;

    return plan && plan->kind == PLAN_FAN_OUT ? plan->id : NULL;
}

static Group *find_group(const GPtrArray *groups, const char *plan, const char *begin)
{
    unsigned i;

    for (i = 0; plan && i < groups->len; i++) {
        Group *group = groups->pdata[i];

        if (g_strcmp0(group->plan, plan) == 0 && group->begin == begin)
            return group;
    }
    return NULL;
}

static void add(const Core *core, GPtrArray *groups, const ApprovalNews *news)
{
    const Run *run = runs_find(core->runs, news->run);
    const char *plan = run ? plan_of(core, run) : NULL;
    Group *group = find_group(groups, plan, news->begin);

    /* It was answered within the same step. */
    if (!run || run->state != RUN_AWAITING_APPROVAL)
        return;
    if (!group) {
        group = g_new0(Group, 1);
        group->plan = plan;
        group->begin = news->begin;
        group->runs = g_ptr_array_new();
        g_ptr_array_add(groups, group);
    }
    g_ptr_array_add(group->runs, (void *)(guintptr)run);
}

/* "p8: ana asks since 14:13 for 12 agents, web1, web2 and 10 more: …; !approve p8 or !reject p8".
 */
static char *describe_plan(const Core *core, const Group *group)
{
    const Run *first = group->runs->pdata[0];
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *asked = core_local_time(core, core->now_ms);
    g_autofree char *reason = approvals_why(first);
    g_autofree char *why = reason_words(core, reason);
    g_autofree char *list = NULL;
    unsigned i;

    for (i = 0; i < group->runs->len; i++)
        g_ptr_array_add(names, ((const Run *)group->runs->pdata[i])->agent);
    list = target_list_text(names, NAMES_SHOWN);
    return g_strdup_printf(
        core_words(core, "%s: %s asks at %s for %u agents, %s: %s; !approve %s or !reject %s; "
                         "!pending lists them one by one"),
        group->plan, first->user, asked, group->runs->len, list, why, group->plan, group->plan);
}

static char *describe(const Core *core, const Group *group)
{
    const Run *first = group->runs->pdata[0];
    const Row *row = approvals_find(core, first);

    return group->runs->len > 1 ? describe_plan(core, group) : approvals_describe(core, first, row);
}

static void tell_one(Core *core, const Group *group, const char *jid)
{
    const Run *first = group->runs->pdata[0];
    g_autofree char *line = describe(core, group);
    g_autofree char *task = approvals_task_text(core, first, TASK_BYTES);
    g_autofree char *text = g_strdup_printf("%s%s\n%s", core_words(core, group->begin), line, task);

    if (group->runs->len == 1)
        say_proposal(core, jid, text, first);
    else
        say_xmpp(core, jid, text);
}

/* To everybody who may answer and has a JID, but to who asked. */
static void tell(Core *core, const Group *group)
{
    const Run *first = group->runs->pdata[0];
    g_autoptr(GPtrArray) others = approvals_others(core, first->user);
    Language before = core->language;
    unsigned i;

    for (i = 0; i < others->len; i++) {
        const User *user = others->pdata[i];

        if (!user->jids || user->jids->len == 0)
            continue;
        core_speak_to(core, user->name);
        tell_one(core, group, user->jids->pdata[0]);
    }
    core_speak(core, before);
}

void approval_notices_send(Core *core)
{
    g_autoptr(GPtrArray) groups = NULL;
    unsigned i;

    if (core->approval_news->len == 0)
        return;

    groups = g_ptr_array_new_with_free_func(free_group);
    for (i = 0; i < core->approval_news->len; i++)
        add(core, groups, core->approval_news->pdata[i]);
    for (i = 0; i < groups->len; i++)
        tell(core, groups->pdata[i]);
    g_ptr_array_set_size(core->approval_news, 0);
}
