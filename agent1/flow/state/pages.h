/*
 * Pages of the web that are being read, and searches: what to do with the text when it comes. In
 * memory alone: after a restart whoever waits hears that he is to ask again
 * (agent1/flow/voice/chats.h).
 *
 * What comes was written by strangers. It is shown within a fence (agent1/flow/voice/page_words.h),
 * and where it is given to a language model, every action after it waits for a person.
 */
#ifndef AGENT1_FLOW_STATE_PAGES_H
#define AGENT1_FLOW_STATE_PAGES_H

#include "agent1/flow/state/core_state.h"

typedef struct PageAsk PageAsk;

/* Goes on with the news, in the language of who asked. The ask is freed afterwards. */
typedef void (*PagesDone)(Core *core, const PageAsk *ask, const PageNews *news);

struct PageAsk {
    char *id; /* of the call; the key of core->pages */
    PageKind kind;
    char *text; /* what was asked for */
    PagesDone done;
    Speaker *speaker; /* who asked: that chat is open until then */
};

/* Has a page read (text: its address) or searches (text: words). The speaker is copied. False when
 * as many as may are under way already (PAGES_AT_ONCE and PAGES_WAITING). */
bool pages_ask(Core *core, PageKind kind, const char *text, const Speaker *speaker, PagesDone done);

/* Gives up what is under way for this chat: done is not called. */
void pages_cancel_chat(Core *core, const char *chat_id);

/* EVENT_PAGE. */
void pages_take(Core *core, const PageNews *news);

/* True while an answer for this chat is awaited. */
bool pages_has_chat(const Core *core, const char *chat_id);

void pages_free_ask(void *data); /* PageAsk * */

#endif
