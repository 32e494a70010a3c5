/*
 * The XMPP server's place for files (XEP-0363), with agent1's edge to it, as xmpp_share.c and
 * xmpp_upload.c are: found at each new session, or gone for good; a file is under way once at a
 * time, comes there or does not, and now and then nobody says so. What is under way ends with
 * agent1's process.
 */
#ifndef TESTS_SIMULATE_FILE_SHARE_H
#define TESTS_SIMULATE_FILE_SHARE_H

#include "agent1/port/xmpp_act.h"
#include "tests/simulate/sim.h"

#define FILE_SHARE_URL "https://share.example.org/"

FileShare *file_share_new(Sim *sim);
void file_share_free(FileShare *share);

/* A session with the XMPP server begins; agent1's process ended. */
void file_share_look(FileShare *share);
void file_share_leave(FileShare *share);

/* XMPP_ACT_UPLOAD. */
void file_share_begin(FileShare *share, const XmppAct *act);

#endif
