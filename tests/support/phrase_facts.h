/* The agents that sentences may name, for the tests of the phrasebook: two of a role, one of
 * another, one without labels. */
#ifndef TESTS_SUPPORT_PHRASE_FACTS_H
#define TESTS_SUPPORT_PHRASE_FACTS_H

#include "agent1/phrases/phrasebook.h"

static const char *const web[] = { "role=web", NULL };
static const char *const database[] = { "role=db", NULL };
static const PhraseAgent agents[] = {
    { "web1", web },
    { "web2", web },
    { "db1", database },
    { "agent2_debian13", NULL },
};
static const PhraseFacts facts = { .agents = agents, .agent_count = G_N_ELEMENTS(agents) };

#endif
