/*
 * Pages of the web that are being read, and searches: what to do with the text when it comes. In
 * memory alone: after a restart whoever waits hears that he is to ask again
 * (agent1/flow/voice/chats.h).
 *
 * What comes was written by strangers. It is shown within a fence (page_text_quote()), and where it
 * is given to a language model, every action after it waits for a person.
 */
#ifndef AGENT1_FLOW_STATE_PAGES_H
#define AGENT1_FLOW_STATE_PAGES_H

#include "agent1/flow/state/core_state.h"

typedef struct PageAsk PageAsk;

/* Goes on with the news, in the language of who asked. The ask is freed afterwards; what of data
 * shall live on is taken out of it (g_steal_pointer(&ask->data)). */
typedef void (*PagesDone)(Core *core, PageAsk *ask, const PageNews *news);

struct PageAsk {
    char *id; /* of the call; the key of core->pages */
    PageKind kind;
    char *text; /* what was asked for */
    PagesDone done;
    Speaker *speaker; /* who asked: that chat is open until then */
    void *data;       /* the caller's; may be NULL */
    GDestroyNotify free_data;
};

/* Has a page read (text: its address) or searches (text: words). The speaker is copied; data is
 * taken over, and freed with free_data unless done takes it out. False, with data still the
 * caller's, when as many as may are under way already (PAGES_AT_ONCE and PAGES_WAITING). */
bool pages_ask(Core *core, PageKind kind, const char *text, const Speaker *speaker, PagesDone done,
               void *data, GDestroyNotify free_data);

/* Gives up what is under way for this chat: done is not called, data is freed. */
void pages_cancel_chat(Core *core, const char *chat_id);

/* EVENT_PAGE. */
void pages_take(Core *core, const PageNews *news);

/* True while an answer for this chat is awaited. */
bool pages_has_chat(const Core *core, const char *chat_id);

void pages_free_ask(void *data); /* PageAsk * */

#endif
