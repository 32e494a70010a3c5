#include "agent1/flow/fleet/updates.h"

#include <string.h>

#include "agent1/flow/fleet/update_text.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/state/update_rounds.h"
#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

/* Agents that are asked at the same time. */
#define AT_ONCE 50
/* The question may have been lost with the broker. */
#define AGAIN_MS (20 * INT64_C(1000))
/* Whoever waits longer than this is told for whom. */
#define REMARK_MS   (5 * INT64_C(1000))
#define TEXT_CHARS  200
#define OWN_SUBJECT "agents.agent1, agents_registry.json"

/* ---- the end of a question ---- */

static void tell(Core *core, const UpdateRound *round)
{
    Turn turn;

    turn_init(&turn, core, round->speaker);
    turn.is_news = true;
    update_text_say(&turn, round);
    turn_finish(&turn);
}

/* Rounds in which nobody is waited for any more are told, and over. */
static void finish_rounds(Core *core)
{
    GPtrArray *rounds = core->update_rounds;
    unsigned i = 0;

    while (i < rounds->len) {
        g_autoptr(UpdateRound) over = NULL;

        if (update_round_count(rounds->pdata[i], FINDING_WAITING) > 0) {
            i++;
            continue;
        }
        over = g_ptr_array_steal_index(rounds, i);
        tell(core, over);
    }
}

/* Whoever waits for this agent has it. */
static void settle(Core *core, const char *agent, FindingKind kind, const UpdateNews *news,
                   const char *text)
{
    unsigned i;

    for (i = 0; i < core->update_rounds->len; i++) {
        UpdateFinding *finding = update_round_find(core->update_rounds->pdata[i], agent);

        if (!finding || finding->kind != FINDING_WAITING)
            continue;
        finding->kind = kind;
        finding->news = news ? update_news_copy(news) : NULL;
        finding->text = g_strdup(text);
    }
}

static UpdateAsk *find_ask(const Core *core, const char *agent)
{
    unsigned i;

    for (i = 0; i < core->update_asks->len; i++) {
        UpdateAsk *ask = core->update_asks->pdata[i];

        if (strcmp(ask->agent, agent) == 0)
            return ask;
    }
    return NULL;
}

/* ---- asking ---- */

static void ask_own(Core *core)
{
    const RegistryOwn *own = registry_own(core->registry);
    g_autoptr(UpdateNews) news = NULL;

    if (own->install_path) {
        effects_update(core->fx, own->install_path, own->git_branch);
        return;
    }
    news = update_news_new(UPDATE_NO_PATH);
    news->subject = g_strdup(OWN_SUBJECT);
    news->checked_ms = core->now_ms;
    updates_take_own(core, news);
}

static void send(Core *core, UpdateAsk *ask)
{
    const FleetAgent *agent = fleet_find(core->fleet, ask->agent);
    g_autofree char *topic = topic_control(ask->agent);
    Message *message;

    ask->next_ms = core->now_ms + AGAIN_MS;
    if (!agent || !core_is_reachable(core, agent))
        return;

    message = message_new(MESSAGE_CONTROL, ask->id, AGENT1_NAME, core->now_ms);
    message->control.action = CONTROL_UPDATE;
    effects_publish(core->fx, topic, agent->key, true, message);
}

static void begin(Core *core, UpdateAsk *ask)
{
    ask->id = core_new_id(core);
    ask->until_ms = core->now_ms + UPDATE_WAIT_MS;
    if (strcmp(ask->agent, AGENT1_NAME) == 0) {
        ask->next_ms = INT64_MAX;
        ask_own(core);
    } else {
        send(core, ask);
    }
}

/* As many as may be asked now. A question that is answered at once leaves the list. */
static void begin_some(Core *core)
{
    unsigned asked = 0;
    unsigned i = 0;

    while (i < core->update_asks->len && asked < AT_ONCE) {
        UpdateAsk *ask = core->update_asks->pdata[i];
        unsigned before = core->update_asks->len;

        if (!ask->id)
            begin(core, ask);
        if (core->update_asks->len == before) {
            asked++;
            i++;
        }
    }
}

static void add_ask(Core *core, const char *agent)
{
    UpdateAsk *ask;

    if (find_ask(core, agent))
        return;

    ask = g_new0(UpdateAsk, 1);
    ask->agent = g_strdup(agent);
    g_ptr_array_add(core->update_asks, ask);
}

static bool can_be_asked(const Core *core, const char *name)
{
    const FleetAgent *agent = fleet_find(core->fleet, name);

    return strcmp(name, AGENT1_NAME) == 0 || (agent && core_is_reachable(core, agent));
}

void updates_ask(Core *core, Turn *turn, const GPtrArray *names)
{
    UpdateRound *round;
    unsigned i;

    if (core->update_rounds->len >= UPDATE_ROUNDS) {
        turn_fail(turn, "too many such questions are under way; try again in a minute");
        return;
    }
    round = update_round_new(turn->speaker);
    round->remark_ms = core->now_ms + REMARK_MS;
    for (i = 0; i < names->len; i++) {
        bool is_asked = can_be_asked(core, names->pdata[i]);

        update_round_add(round, names->pdata[i], is_asked ? FINDING_WAITING : FINDING_OFFLINE);
        if (is_asked)
            add_ask(core, names->pdata[i]);
    }
    g_ptr_array_add(core->update_rounds, round);
    begin_some(core);
    /* What needs no waiting is said in this very turn. */
    if (update_round_count(round, FINDING_WAITING) == 0) {
        update_text_say(turn, round);
        g_ptr_array_remove(core->update_rounds, round);
    } else if (turn->speaker->door == DOOR_FORM) {
        turn_say(turn, "asked; what they say comes as a message");
    }
}

/* ---- answers ---- */

static void remember(Core *core, FleetAgent *agent, const UpdateNews *news)
{
    if (news->state != UPDATE_KNOWN)
        return;

    update_news_free(agent->update);
    agent->update = update_news_copy(news);
    effects_put(core->fx, rows_of_agent(agent));
}

bool updates_take_answer(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageAnswer *answer = &message->answer;
    UpdateAsk *ask = find_ask(core, agent->name);
    g_autoptr(UpdateNews) news = NULL;
    g_autofree char *text = NULL;

    if (!ask || !ask->id || g_strcmp0(ask->id, answer->in_reply_to) != 0)
        return false;

    news = update_news_read(answer->data);
    text = text_make_line(answer->text ? answer->text : "", TEXT_CHARS);
    if (news)
        remember(core, agent, news);
    settle(core, agent->name, news ? FINDING_NEWS : FINDING_OTHER, news, text);
    g_ptr_array_remove(core->update_asks, ask);
    begin_some(core);
    finish_rounds(core);
    return true;
}

void updates_take_own(Core *core, const UpdateNews *news)
{
    UpdateAsk *ask = find_ask(core, AGENT1_NAME);

    /* Somebody asked an earlier core, whose disk was full. */
    if (!ask)
        return;

    settle(core, AGENT1_NAME, FINDING_NEWS, news, NULL);
    g_ptr_array_remove(core->update_asks, ask);
}

/* ---- time ---- */

void updates_set_back(Core *core)
{
    unsigned i;

    for (i = 0; i < core->update_asks->len; i++) {
        UpdateAsk *ask = core->update_asks->pdata[i];

        ask->until_ms = MIN(ask->until_ms, core->now_ms + UPDATE_WAIT_MS);
        if (ask->next_ms != INT64_MAX)
            ask->next_ms = MIN(ask->next_ms, core->now_ms + AGAIN_MS);
    }
    for (i = 0; i < core->update_rounds->len; i++) {
        UpdateRound *round = core->update_rounds->pdata[i];

        if (round->remark_ms != INT64_MAX)
            round->remark_ms = MIN(round->remark_ms, core->now_ms + REMARK_MS);
    }
}

static void look_at_asks(Core *core)
{
    unsigned i = 0;

    while (i < core->update_asks->len) {
        UpdateAsk *ask = core->update_asks->pdata[i];

        if (ask->id && core->now_ms >= ask->until_ms) {
            settle(core, ask->agent, FINDING_SILENT, NULL, NULL);
            g_ptr_array_remove_index(core->update_asks, i);
            continue;
        }
        if (ask->id && core->now_ms >= ask->next_ms)
            send(core, ask);
        i++;
    }
}

static void remark(Core *core, UpdateRound *round)
{
    Turn turn;

    round->remark_ms = INT64_MAX;
    turn_init(&turn, core, round->speaker);
    turn.is_news = true;
    update_text_remark(&turn, round);
    turn_finish(&turn);
}

void updates_tick(Core *core)
{
    unsigned i;

    if (core->update_rounds->len == 0 && core->update_asks->len == 0)
        return;

    look_at_asks(core);
    begin_some(core);
    finish_rounds(core);
    for (i = 0; i < core->update_rounds->len; i++) {
        UpdateRound *round = core->update_rounds->pdata[i];

        if (core->now_ms >= round->remark_ms)
            remark(core, round);
    }
}

int64_t updates_next_deadline(const Core *core)
{
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < core->update_asks->len; i++) {
        const UpdateAsk *ask = core->update_asks->pdata[i];

        if (ask->id)
            next_ms = MIN(next_ms, MIN(ask->next_ms, ask->until_ms));
    }
    for (i = 0; i < core->update_rounds->len; i++)
        next_ms = MIN(next_ms, ((const UpdateRound *)core->update_rounds->pdata[i])->remark_ms);
    return next_ms;
}
