/*
 * Output that is too long for a message, or a chart as a picture, as a file on the XMPP server
 * (XEP-0363). The answer never waits for it: it is said at once with the end of the output, and the
 * link follows as a message of its own, or the reason why there is none.
 *
 * What is promised so is a row (TABLE_UPLOADS), stored together with the outcome: it goes together
 * with the storing of the link, so a crash in between makes another file of it, but no second link.
 */
#ifndef AGENT1_FLOW_VOICE_UPLOADS_H
#define AGENT1_FLOW_VOICE_UPLOADS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* Whether the run's output can go there now. */
bool uploads_may(const Core *core, const Run *run);

/* Sends it, without secrets; who is told the link: the bare JID of a room, or a person's full one.
 */
void uploads_begin(Core *core, const Run *run, const char *jid);

/* Whether a picture can go there now. */
bool uploads_may_draw(const Core *core);

/* Has a chart, as XMPP_ACT_UPLOAD_CHART takes it, drawn and sent as a file of that name. jids: as
 * above, a line for each who is told the link. Where there will be none only the log tells why: the
 * chart was said as text. */
void uploads_begin_chart(Core *core, const char *name, const char *chart, const char *jids);

/* XMPP_FACT_SHARE, which goes on with what was promised before; …UPLOADED. */
void uploads_take(Core *core, const XmppFact *fact);

/* A server that is there and takes no files any more: what was promised is told to fail. */
void uploads_tick(Core *core);
/* The wall clock was put back: nobody waits longer for that. */
void uploads_set_back(Core *core);
int64_t uploads_next_deadline(const Core *core);

#endif
