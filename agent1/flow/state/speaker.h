/*
 * Who speaks, through which door, and where the answer goes. Two of its texts outlive the message:
 * the conversation and the chat id stand in the rows of its runs.
 */
#ifndef AGENT1_FLOW_STATE_SPEAKER_H
#define AGENT1_FLOW_STATE_SPEAKER_H

#include "agent1/port/event.h"
#include "common/wire/command.h"

#include <stdbool.h>

/* Who stands behind a schedule that names nobody: whoever may write the file. */
#define SPEAKER_FILE "file:tasks_schedule.json"

typedef struct Speaker {
    Door door;
    char *address;     /* XMPP: the full JID; CLI: the session; unsigned: "" */
    char *key;         /* CLI: the key that its answers are sealed for; NULL elsewhere */
    char *chat_id;     /* key of TABLE_CHATS; NULL: no repeats are known (unsigned, no stanza id) */
    char *in_reply_to; /* CLI: the chat's id; form: the <iq/>'s; NULL elsewhere */
    XmppForm *form;    /* form: its node and session; NULL elsewhere */
    char *user;        /* the user's name */
    char *principal;   /* the bare JID or the key */
    Role role;
    bool is_dry_run;
    bool is_now;
    bool wants_data; /* CLI: a program reads the answer */
} Speaker;

Speaker *speaker_new(Door door, const char *address, const char *key);
Speaker *speaker_copy(const Speaker *speaker);
void speaker_free(Speaker *speaker);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Speaker, speaker_free)

/* True when nobody but the person hears the answer: not in a room, where the address is the room's,
 * and not where unsigned text is answered. */
bool speaker_is_alone(const Speaker *speaker);

/* True in a room: others read what is said there. */
bool speaker_is_in_room(const Speaker *speaker);

/* "xmpp ana@example.org/phone", "cli <session> <key>", "unsigned", "homeassistant", "schedule",
 * "model". The
 * caller owns it. */
char *speaker_conversation(const Speaker *speaker);

/* The chat id of what a session of agentctl wrote under that id. The caller owns it. */
char *speaker_chat_of_cli(const char *session, const char *id);

/* A speaker that can be answered, from such a text and a chat id ("cli:<session>:<id>",
 * "xmpp:<bare>:<id>" or NULL); NULL when the text is none. User, principal and role stay empty. */
Speaker *speaker_from_conversation(const char *conversation, const char *chat_id);

#endif
