/*
 * The compiled report goes out: to admins and operators, in the language of each, with a picture
 * where that can be. What it said is kept, as long as runs are: it tells what was pending and who
 * had not reported, which nobody can find out later.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_SEND_H
#define AGENT1_FLOW_DAILY_DAILY_SEND_H

#include "agent1/flow/daily/daily_text.h"

/* Its title is made here. */
void daily_send(Core *core, const DailyText *report);

/* Of the rows that answer a QUERY_DAILY the text for whoever is spoken to, in another language
 * where it was not kept in his; NULL: nothing was kept. Borrowed. */
const char *daily_send_choose(const Core *core, const GPtrArray *rows);

#endif
