#include "agent1/flow/fleet/unheard.h"

#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/say.h"
#include "common/base/quantity.h"
#include "common/base/banned.h"

/* The agent has connected anew by then, and got the task if that helps. */
#define PATIENCE_MS (40 * INT64_C(1000))
/* A task is sent, and asked for, at least twice a minute: what was seen before belongs to another
 * story. */
#define FORGOTTEN_MS (120 * INT64_C(1000))
#define AGAIN_MS     (3600 * INT64_C(1000))

static void tell(Core *core, const FleetAgent *agent, const Run *run)
{
    g_autofree char *what = g_strdup_printf("unheard %s", agent->name);
    g_autofree char *since = core_local_time(core, agent->unheard_ms);

    effects_log(core->fx, EFFECT_LOG_WARNING, run->id, agent->name,
                "it answers on control and gets nothing on its inbox");
    if (say_is_due(core, what, AGAIN_MS))
        notices_tell(core, NOTICE_NEWS,
                     "%s hears me but gets no tasks since %s: the broker brings it nothing on "
                     "agents/%s/inbox, and a new connection did not help. #%" G_GINT64_FORMAT
                     " waits. Does the broker's access list let it read there?",
                     agent->name, since, agent->name, run->number);
}

void unheard_note(Core *core, FleetAgent *agent, const Run *run)
{
    bool is_first =
        agent->unheard_ms == 0 ||
        (!agent->is_unheard_told && core->boot_ms - agent->unheard_last_ms >= FORGOTTEN_MS);

    agent->unheard_last_ms = core->boot_ms;
    if (is_first) {
        agent->unheard_ms = core->now_ms;
        agent->unheard_boot_ms = core->boot_ms;
    }
    if (agent->is_unheard_told || core->boot_ms - agent->unheard_boot_ms < PATIENCE_MS)
        return;

    agent->is_unheard_told = true;
    tell(core, agent, run);
}

void unheard_end(Core *core, FleetAgent *agent)
{
    bool was_told = agent->is_unheard_told;
    g_autofree char *span = duration_format(MAX(core->now_ms - agent->unheard_ms, 0));

    agent->unheard_ms = 0;
    agent->is_unheard_told = false;
    if (was_told)
        notices_tell(core, NOTICE_NEWS, "%s gets tasks again, after %s.", agent->name, span);
}
