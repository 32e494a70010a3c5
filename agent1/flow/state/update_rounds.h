/*
 * Questions for newer versions that are under way: who asked, which agents are meant, what each
 * said so far. In memory alone: after a restart whoever waits asks again.
 */
#ifndef AGENT1_FLOW_STATE_UPDATE_ROUNDS_H
#define AGENT1_FLOW_STATE_UPDATE_ROUNDS_H

#include "agent1/flow/state/core_state.h"
#include "common/wire/update_news.h"

typedef enum {
    FINDING_WAITING,
    FINDING_NEWS,    /* news: known, or why not */
    FINDING_OFFLINE, /* it was not asked */
    FINDING_SILENT,  /* it did not answer in time */
    FINDING_OTHER,   /* text: an answer that is no news */
} FindingKind;

typedef struct UpdateFinding {
    char *agent;
    FindingKind kind;
    UpdateNews *news;
    char *text;
} UpdateFinding;

typedef struct UpdateRound {
    Speaker *speaker;
    GPtrArray *findings; /* UpdateFinding *, one for each agent */
    int64_t remark_ms;   /* when those who wait are told for whom; INT64_MAX: they were */
} UpdateRound;

/* One question to one agent, for all the rounds that wait for it. */
typedef struct UpdateAsk {
    char *agent;
    char *id;         /* of the control; NULL: it waits for its turn */
    int64_t next_ms;  /* when it is sent again */
    int64_t until_ms; /* no answer is expected after this */
} UpdateAsk;

/* A round that nobody is asked in yet. The speaker is copied. */
UpdateRound *update_round_new(const Speaker *speaker);
void update_round_free(void *data); /* UpdateRound * */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UpdateRound, update_round_free)

UpdateFinding *update_round_add(UpdateRound *round, const char *agent, FindingKind kind);
UpdateFinding *update_round_find(const UpdateRound *round, const char *agent);
unsigned update_round_count(const UpdateRound *round, FindingKind kind);

void update_ask_free(void *data); /* UpdateAsk * */

/* True while a round of this chat is under way. */
bool update_rounds_has_chat(const Core *core, const char *chat_id);

#endif
