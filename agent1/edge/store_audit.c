#include "agent1/edge/store_audit.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

/* The columns of the table in their order: results and, one higher, parameters. */
enum {
    AT_SEQ,
    AT_TIME,
    AT_KIND,
    AT_PRINCIPAL,
    AT_AGENT,
    AT_RUN,
    AT_TEXT,
    AT_PREV,
    AT_HASH,
};

struct StoreAudit {
    sqlite3 *db;
    sqlite3_stmt *insert;
    AuditHead head;
};

static const AuditHead empty_head = { 0, NO_HASH };

/* ---- the hash ---------------------------------------------------------------------------------
 */

static void add_text(GString *bytes, const char *text)
{
    if (!text) {
        g_string_append(bytes, "-,");
        return;
    }
    text_append_number(bytes, (int64_t)strlen(text));
    g_string_append_c(bytes, ':');
    g_string_append(bytes, text);
    g_string_append_c(bytes, ',');
}

static void add_number(GString *bytes, int64_t number)
{
    char text[sizeof("-9223372036854775808")];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, number);
    add_text(bytes, text);
}

/* The head after this row was added to the chain that ended in before. */
static AuditHead chain(const AuditHead *before, const EffectAudit *row)
{
    g_autoptr(GString) bytes = g_string_new(NULL);
    g_autofree char *hash = NULL;
    AuditHead after = { .seq = before->seq + 1 };

    add_text(bytes, before->hash);
    add_number(bytes, after.seq);
    add_number(bytes, row->at_ms);
    add_text(bytes, row->kind);
    add_text(bytes, row->principal);
    add_text(bytes, row->agent);
    add_text(bytes, row->run);
    add_text(bytes, row->text);

    hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, bytes->str, (gssize)bytes->len);
    g_strlcpy(after.hash, hash, sizeof(after.hash));
    return after;
}

/* ---- life -------------------------------------------------------------------------------------
 */

static bool read_head(StoreAudit *audit, GError **error)
{
    g_autoptr(sqlite3_stmt) select = sql_prepare(
        audit->db, "SELECT \"seq\", \"hash\" FROM \"audit\" ORDER BY \"seq\" DESC LIMIT 1", error);
    const char *hash;
    SqlStep step;

    if (!select)
        return false;

    audit->head = empty_head;
    step = sql_step(select, error);
    if (step != SQL_ROW)
        return step == SQL_DONE;

    hash = (const char *)sqlite3_column_text(select, 1);
    if (!hash || strlen(hash) != AUDIT_HASH_CHARS) {
        sql_set_damaged(error, "the last row of the audit has no hash");
        return false;
    }
    audit->head.seq = sqlite3_column_int64(select, 0);
    g_strlcpy(audit->head.hash, hash, sizeof(audit->head.hash));

    return true;
}

StoreAudit *store_audit_new(sqlite3 *db, GError **error)
{
    g_autoptr(StoreAudit) audit = g_new0(StoreAudit, 1);

    audit->db = db;
    audit->insert = sql_prepare(db,
                                "INSERT INTO \"audit\" (\"seq\", \"at\", \"kind\", \"principal\", "
                                "\"agent\", \"run\", \"text\", \"prev\", \"hash\") "
                                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                error);
    if (!audit->insert || !read_head(audit, error))
        return NULL;

    return g_steal_pointer(&audit);
}

void store_audit_free(StoreAudit *audit)
{
    if (!audit)
        return;

    sql_finalize(audit->insert);
    g_free(audit);
}

/* ---- appending --------------------------------------------------------------------------------
 */

bool store_audit_append(StoreAudit *audit, const EffectAudit *entry, GError **error)
{
    sqlite3_stmt *insert = audit->insert;
    AuditHead head = chain(&audit->head, entry);

    sql_bind_int(insert, AT_SEQ + 1, head.seq);
    sql_bind_int(insert, AT_TIME + 1, entry->at_ms);
    sql_bind_text(insert, AT_KIND + 1, entry->kind);
    sql_bind_text(insert, AT_PRINCIPAL + 1, entry->principal);
    sql_bind_text(insert, AT_AGENT + 1, entry->agent);
    sql_bind_text(insert, AT_RUN + 1, entry->run);
    sql_bind_text(insert, AT_TEXT + 1, entry->text);
    sql_bind_text(insert, AT_PREV + 1, audit->head.hash);
    sql_bind_text(insert, AT_HASH + 1, head.hash);
    if (!sql_execute(insert, error))
        return false;

    audit->head = head;
    return true;
}

AuditHead store_audit_head(const StoreAudit *audit)
{
    return audit->head;
}

void store_audit_rewind(StoreAudit *audit, const AuditHead *head)
{
    audit->head = *head;
}

/* ---- verifying --------------------------------------------------------------------------------
 */

static char *column_text(sqlite3_stmt *select, int column)
{
    return g_strdup((const char *)sqlite3_column_text(select, column));
}

static void clear_entry(EffectAudit *entry)
{
    g_free(entry->kind);
    g_free(entry->principal);
    g_free(entry->agent);
    g_free(entry->run);
    g_free(entry->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EffectAudit, clear_entry)

/* What is wrong with the row that the statement stands on, or NULL; *head moves on to it. */
static const char *check_row(sqlite3_stmt *select, AuditHead *head)
{
    g_auto(EffectAudit) entry = {
        .at_ms = sqlite3_column_int64(select, AT_TIME),
        .kind = column_text(select, AT_KIND),
        .principal = column_text(select, AT_PRINCIPAL),
        .agent = column_text(select, AT_AGENT),
        .run = column_text(select, AT_RUN),
        .text = column_text(select, AT_TEXT),
    };
    const char *prev = (const char *)sqlite3_column_text(select, AT_PREV);
    const char *hash = (const char *)sqlite3_column_text(select, AT_HASH);
    AuditHead after = chain(head, &entry);

    if (sqlite3_column_int64(select, AT_SEQ) != after.seq)
        return "is missing";
    if (g_strcmp0(prev, head->hash) != 0)
        return "does not follow the row before it";
    if (g_strcmp0(hash, after.hash) != 0)
        return "was changed: its hash does not fit";

    *head = after;
    return NULL;
}

static bool is_head(const StoreAudit *audit, const AuditHead *head)
{
    return head->seq == audit->head.seq && g_str_equal(head->hash, audit->head.hash);
}

bool store_audit_check(StoreAudit *audit, AuditCheck *check, unsigned limit, GError **error)
{
    g_autoptr(sqlite3_stmt) select =
        sql_prepare(audit->db,
                    "SELECT \"seq\", \"at\", \"kind\", \"principal\", \"agent\", \"run\", "
                    "\"text\", \"prev\", \"hash\" FROM \"audit\" WHERE \"seq\" > ? "
                    "ORDER BY \"seq\" LIMIT ?",
                    error);
    unsigned count = 0;
    SqlStep step;

    if (!select)
        return false;

    check->problem = NULL;
    check->is_end = false;
    sql_bind_int(select, 1, check->head.seq);
    sql_bind_int(select, 2, limit);
    while ((step = sql_step(select, error)) == SQL_ROW) {
        check->problem = check_row(select, &check->head);
        if (check->problem)
            return true;
        count++;
    }
    if (step == SQL_FAILED)
        return false;

    check->is_end = count < limit;
    if (check->is_end && !is_head(audit, &check->head))
        check->problem = "is missing";
    return true;
}

bool store_audit_verify(StoreAudit *audit, GError **error)
{
    AuditCheck check = { .head = empty_head };

    if (!store_audit_check(audit, &check, G_MAXUINT, error))
        return false;
    if (check.problem) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "audit row %" G_GINT64_FORMAT " %s",
                    check.head.seq + 1, check.problem);
        return false;
    }

    return true;
}

static void add_fact(GPtrArray *rows, const char *name, const char *value)
{
    Row *row = row_new(TABLE_META);

    row_set_text(row, META_NAME, name);
    row_set_text(row, META_VALUE, value);
    g_ptr_array_add(rows, row);
}

static void free_row(void *row)
{
    row_free(row);
}

static void add_head(GPtrArray *rows, const AuditHead *head)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, head->seq);

    add_fact(rows, AUDIT_CHECKED, number);
    add_fact(rows, AUDIT_HASH, head->hash);
}

void store_audit_add_head(const StoreAudit *audit, GPtrArray *rows)
{
    AuditHead head = store_audit_head(audit);

    add_head(rows, &head);
}

GPtrArray *store_audit_query(StoreAudit *audit, const EffectQuery *query, GError **error)
{
    AuditCheck check = { .head = empty_head };
    GPtrArray *facts;

    check.head.seq = query->number;
    if (query->text)
        g_strlcpy(check.head.hash, query->text, sizeof(check.head.hash));
    if (!store_audit_check(audit, &check, query->limit, error))
        return NULL;

    facts = g_ptr_array_new_with_free_func(free_row);
    add_head(facts, &check.head);
    if (check.problem)
        add_fact(facts, AUDIT_BROKEN, check.problem);
    if (check.is_end)
        add_fact(facts, AUDIT_ENDS, "");
    return facts;
}
