/*
 * The heads of agent1's audit that this person saw sound: the number of a row and its hash, one for
 * each agent1, in a JSON file beside the configuration. Whoever changes the record later cannot
 * change what is kept here.
 */
#ifndef AGENT1_CLI_AUDIT_HEADS_H
#define AGENT1_CLI_AUDIT_HEADS_H

#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define AUDIT_HEAD_CHARS 64

typedef struct SavedHead {
    int64_t row; /* 0: none was saved */
    char hash[AUDIT_HEAD_CHARS + 1];
    int64_t saved_ms; /* wall time */
} SavedHead;

/* The file that belongs to a configuration. The caller owns it. */
char *audit_heads_path(const char *config_path);

/* What was saved of the agent1 with that public key. An absent file is none. */
bool audit_heads_load(const char *path, const Key *agent1, SavedHead *out, GError **error);

/* Saves a head in place of the one before; those of other agent1s stay. The file is its owner's. */
bool audit_heads_save(const char *path, const Key *agent1, const SavedHead *head, GError **error);

/* True for 64 hexadecimal digits, as hashes are written. */
bool audit_hash_is_valid(const char *text);

#endif
