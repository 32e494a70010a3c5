/*
 * What helps where a broker refuses to take or to send a topic. The text has a translation.
 */
#ifndef AGENT1_FLOW_TOPICS_REFUSED_HINT_H
#define AGENT1_FLOW_TOPICS_REFUSED_HINT_H

#include "agent1/words/words.h"

#define TOPICS_REFUSED_HINT                                                                        \
    WORDS_LATER(" (agent1's own user needs the topic in the broker's access list)")

#endif
