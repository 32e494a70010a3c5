/*
 * agentctl audit verify: asks agent1 to check its record of what was done, and compares the answer
 * with the head that was saved here the last time. So neither a hand in the database nor a database
 * that was put in the place of another goes unseen, even by an agent1 that says all is well.
 */
#ifndef AGENT1_CLI_AUDIT_H
#define AGENT1_CLI_AUDIT_H

#include "agent1/cli/audit_heads.h"
#include "agent1/cli/client.h"

/* What agent1 answered to !audit. */
typedef struct AuditAnswer {
    int64_t rows; /* of the whole audit; -1: it is not sound, or the text is of another kind */
    char head[AUDIT_HEAD_CHARS + 1];
    char row_hash[AUDIT_HEAD_CHARS + 1]; /* of the row that was asked for; "": not there */
} AuditAnswer;

/* Reads the answer. Pure. */
void audit_answer_read(const char *text, AuditAnswer *out);

/* What speaks against the answer by what was saved, for the person; NULL: nothing. Pure. The caller
 * owns it. */
char *audit_answer_judge(const AuditAnswer *answer, const SavedHead *saved);

/* Asks, compares, saves. The exit code. path: of the saved heads. */
int audit_verify(Client *client, const char *path, const Key *agent1);

#endif
