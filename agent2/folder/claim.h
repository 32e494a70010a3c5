/*
 * The claim: the one file that decides whether an attempt starts (README.md, rule 3). It appears
 * complete and at once, by a link that fails when there is one already; whoever fails to create it
 * obeys what is there. Pure, without GLib.
 */
#ifndef AGENT2_FOLDER_CLAIM_H
#define AGENT2_FOLDER_CLAIM_H

#include "agent2/folder/lines.h"
#include "agent2/folder/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_CLAIM_MAX_BYTES    4096
#define RUN_CLAIM_REASON_BYTES 512
#define RUN_CLAIM_RULE_BYTES   32

typedef enum {
    CLAIM_NONE,          /* there is none: only as a fact about a folder, never printed */
    CLAIM_STARTED,       /* by the shim, just before the command */
    CLAIM_CANCELLED,     /* by the agent, or by the shim when it found `cancel` in time */
    CLAIM_EXPIRED,       /* past its expiry; by either */
    CLAIM_WINDOW_CLOSED, /* the window closed before the start; by either: reported as deferred */
    CLAIM_REJECTED,      /* by the agent's gate: rule and reason say why */
    CLAIM_UNREADABLE,    /* there is one, but damaged or of a newer format: never printed */
    CLAIM_KIND_COUNT,
} ClaimKind;

/* "started", "cancelled", …; "none" and "unreadable" for messages. */
const char *claim_kind_name(ClaimKind kind);

typedef struct RunClaim {
    ClaimKind kind;
    char boot_id[RUN_BOOT_ID_CHARS + 1];
    int64_t at_ms;  /* Unix ms, this host's clock */
    int64_t shim;   /* CLAIM_STARTED: the shim's process id, and the command's, which is also its */
    int64_t leader; /* session and process group; else 0. For messages and for finding left-overs,
                       never as proof of life: that is the lock */
    char rule[RUN_CLAIM_RULE_BYTES];     /* the stable word of the rule: always with CLAIM_REJECTED,
                           never with     CLAIM_STARTED */
    char reason[RUN_CLAIM_REASON_BYTES]; /* for people; may be "" */
} RunClaim;

/* Fills a claim of a kind that can be printed; a reason that is too long is cut between characters.
 * rule and reason may be NULL. */
void run_claim_init(RunClaim *claim, ClaimKind kind, const char *boot_id, int64_t at_ms,
                    const char *rule, const char *reason);

/* False when the claim is not valid or does not fit. RUN_CLAIM_MAX_BYTES are always enough. */
bool run_claim_print(const RunClaim *claim, char *buffer, size_t size, size_t *out_length);

/* Reads a text of length bytes and a NUL, which it changes; *out borrows nothing. Whatever is not
 * LINES_OK leaves CLAIM_UNREADABLE in out->kind. */
LinesVerdict run_claim_parse(char *text, size_t length, RunClaim *out);

#endif
