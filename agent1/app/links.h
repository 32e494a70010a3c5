/*
 * The two connections of agent1 as config.json asks for them: secrets read, paths made absolute,
 * edges opened.
 */
#ifndef AGENT1_APP_LINKS_H
#define AGENT1_APP_LINKS_H

#include "agent1/app/config.h"
#include "agent1/edge/gateway.h"
#include "agent1/edge/xmpp.h"
#include "common/sys/in_hand.h"
#include "common/sys/mailbox.h"
#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

/* Begins to connect to the broker; PROBLEM_VALUE, PROBLEM_IO on settings that cannot work. */
Gateway *links_open_mqtt(const Config *config, const Settings *settings, const Key *secret,
                         InHand *in_hand, Mailbox *events, GError **error);

/* Begins to connect to the XMPP server. */
Xmpp *links_open_xmpp(const Config *config, const Settings *settings, Mailbox *events,
                      GError **error);

/* Reads what they need without connecting: URLs, passwords, certificate files. */
bool links_check(const Config *config, const Settings *settings, GError **error);

#endif
