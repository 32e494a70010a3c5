/*
 * What people should know though nobody asked. News goes to whoever hears notices (admins, unless
 * users[].notices says otherwise); what is in an admin's hands goes to every admin. What can wait
 * waits for the end of a person's quiet hours; an alarm never does. More than a few at once become
 * one message. What is kept back is a row: a restart neither loses nor doubles it.
 */
#ifndef AGENT1_FLOW_VOICE_NOTICES_H
#define AGENT1_FLOW_VOICE_NOTICES_H

#include "agent1/flow/state/core_state.h"

typedef enum {
    NOTICE_NEWS,   /* of the fleet; can wait */
    NOTICE_URGENT, /* of the fleet; cannot */
    NOTICE_TO_DO,  /* an admin's word is asked for; can wait */
    NOTICE_ALARM,  /* to admins: of security, or their word is not in force; cannot wait */
} NoticeKind;

/* Says it to everybody whom it concerns and who has a JID; what cannot wait, and what is for one
 * user by name, also at the consoles that they sit at (consoles.h). */
void notices_tell(Core *core, NoticeKind kind, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Says it to one user, at consoles, too; where nobody of that name has a JID, to those whom the
 * kind concerns as well. */
void notices_tell_user(Core *core, const char *name, NoticeKind kind, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* Says it to everybody whom it concerns, and to one more user, if there is one of that name. */
void notices_tell_with(Core *core, const char *name, NoticeKind kind, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The same, where the text is made for each: in the language of whoever is spoken to. The caller
 * owns what is made. */
typedef char *(*NoticeText)(Core *core, const void *data);

void notices_tell_made(Core *core, NoticeKind kind, NoticeText make, const void *data);

/* "web1", or "m000, m001, m002, m003, m004 and 295 more", of FleetAgent *. The caller owns it. */
char *notices_names(const GPtrArray *agents);

/* Says what was kept back, where its time has come. */
void notices_due(Core *core);

#endif
