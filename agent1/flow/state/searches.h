/*
 * Searches among the notes: by words, and, where somebody makes vectors, by what they mean. The
 * vector of what is looked for is waited for, for a moment only (`llm.embeddings.timeout`); without
 * it words alone decide, and whoever asked is told that.
 */
#ifndef AGENT1_FLOW_STATE_SEARCHES_H
#define AGENT1_FLOW_STATE_SEARCHES_H

#include "agent1/flow/state/core_state.h"

typedef struct Search Search;

/* rows: of TABLE_MEMORIES, the best first. */
typedef void (*SearchDone)(Core *core, const Search *search, const GPtrArray *rows);

struct Search {
    char *id;
    SearchDone done;
    Speaker *speaker;   /* who sees what is found: decides what may be */
    char *argument;     /* for done; NULL: nothing */
    char *match;        /* words, as kind wants them; NULL: there are none */
    QueryKind kind;     /* QUERY_MEMORY_MATCH or _ANY; _OWN: by words alone */
    bool is_by_speaker; /* only what he wrote by hand; not of _OWN */
    unsigned limit;

    int64_t until_ms;    /* since boot: no longer is a vector waited for; 0: no more at all */
    unsigned answers;    /* that the store owes */
    bool lacks_meaning;  /* somebody makes vectors, but none came: words alone decide */
    GPtrArray *found[2]; /* by words, by meaning; NULL: not yet, or nothing */
};

/* Begins one; all but the last members are given, and copied, but for its id. text: what is looked
 * for, as a vector. False: too much waits already. */
bool searches_begin(Core *core, const Search *wanted, const char *text);

void search_free(void *data); /* Search * */

/* Of what a search has found, for done: whether words found all of it. */
bool search_found_by_words(const Search *search, const GPtrArray *rows);

/* True while an answer for this chat is awaited. */
bool searches_has_chat(const Core *core, const char *chat_id);

/* EVENT_EMBEDDED of what is looked for. */
void searches_take(Core *core, const EmbedNews *news);

/* Those whose vector did not come in time. */
void searches_tick(Core *core);
int64_t searches_next_deadline(const Core *core);

#endif
