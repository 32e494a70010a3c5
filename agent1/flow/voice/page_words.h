/*
 * What came of a page or a search, as it is said: the text of strangers stands in a fence, so that
 * none of it counts as a trigger, and nobody takes it for what agent1 says itself.
 */
#ifndef AGENT1_FLOW_VOICE_PAGE_WORDS_H
#define AGENT1_FLOW_VOICE_PAGE_WORDS_H

#include "agent1/flow/state/pages.h"

/* Of a page that was found: its title, its address and its text, within a fence. The caller owns
 * it. */
char *page_words_block(const PageNews *news);

/* Of one that was not: why, as a part of a sentence in the language of whoever is spoken to, and
 * what may be tried instead. asked: the words or the address. The caller owns it. */
char *page_words_failure(const Core *core, PageKind kind, const char *asked, const PageNews *news);

#endif
