/*
 * The audit: rows that are only ever added, each bound to the one before it.
 *
 *     hash = SHA-256(N(prev) N(seq) N(at) N(kind) N(principal) N(agent) N(run) N(text))
 *
 * as 64 lowercase hexadecimal digits, where N(x) is the netstring "<length in bytes>:<bytes>,",
 * numbers are written in decimal, and "-," stands for a value that is not set. seq counts from 1;
 * prev is the hash of the row before, 64 zeros in the first. So nobody changes, drops or swaps a
 * row in the middle without changing every hash after it; who keeps a copy of the head notices
 * rows missing at the end too.
 */
#ifndef AGENT1_EDGE_STORE_AUDIT_H
#define AGENT1_EDGE_STORE_AUDIT_H

#include "agent1/edge/store_sql.h"
#include "agent1/port/effect.h"

#define AUDIT_HASH_CHARS 64

typedef struct AuditHead {
    int64_t seq; /* of the last row; 0: none */
    char hash[AUDIT_HASH_CHARS + 1];
} AuditHead;

typedef struct StoreAudit StoreAudit;

/* Prepares the statements and reads the head; the connection is borrowed. */
StoreAudit *store_audit_new(sqlite3 *db, GError **error);
void store_audit_free(StoreAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreAudit, store_audit_free)

bool store_audit_append(StoreAudit *audit, const EffectAudit *entry, GError **error);

/* The head as it is in memory, and the way back to an earlier one after a rollback. */
AuditHead store_audit_head(const StoreAudit *audit);
void store_audit_rewind(StoreAudit *audit, const AuditHead *head);

typedef struct AuditCheck {
    AuditHead head;      /* in: the row to begin after, out: the last row that fits */
    const char *problem; /* what is wrong with the row after it; NULL: nothing. Static */
    bool is_end;         /* there is none after it */
} AuditCheck;

/* Walks the chain for at most limit rows. False when the database cannot be read. */
bool store_audit_check(StoreAudit *audit, AuditCheck *check, unsigned limit, GError **error);

/* The answer to QUERY_AUDIT: META rows. */
GPtrArray *store_audit_query(StoreAudit *audit, const EffectQuery *query, GError **error);

/* The number and the hash of the last row, as META rows, added to these. */
void store_audit_add_head(const StoreAudit *audit, GPtrArray *rows);

/* Walks the chain from its first row to the head. The error names the first row that does not
 * fit. */
bool store_audit_verify(StoreAudit *audit, GError **error);

#endif
