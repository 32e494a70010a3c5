#include "agent1/edge/store_rows.h"

#include <string.h>

#include "common/base/banned.h"

struct StoreRows {
    sqlite3_stmt *put[TABLE_COUNT];
    sqlite3_stmt *remove[TABLE_COUNT];
};

/* ---- the checksum -----------------------------------------------------------------------------
 */

/* FNV-1a with 64 bits: quick, and no change of a single byte leaves it as it was. */
#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static void add_bytes(uint64_t *sum, const void *bytes, size_t length)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < length; i++)
        *sum = (*sum ^ byte[i]) * FNV_PRIME;
}

static void add_number(uint64_t *sum, uint64_t number)
{
    uint64_t bytes = GUINT64_TO_LE(number);

    add_bytes(sum, &bytes, sizeof(bytes));
}

static void add_value(uint64_t *sum, ColumnKind kind, const Value *value)
{
    size_t length = 0;
    const void *bytes;

    switch (kind) {
    case COLUMN_INT:
        add_number(sum, (uint64_t)value->number);
        break;
    case COLUMN_TEXT:
        add_number(sum, strlen(value->text));
        add_bytes(sum, value->text, strlen(value->text));
        break;
    case COLUMN_BYTES:
        bytes = g_bytes_get_data(value->bytes, &length);
        add_number(sum, length);
        add_bytes(sum, bytes, length);
        break;
    }
}

static int64_t checksum(const Row *row)
{
    const TableInfo *info = table_info(row->table);
    uint64_t sum = FNV_START;

    add_bytes(&sum, info->name, strlen(info->name));
    for (unsigned i = 0; i < info->column_count; i++) {
        const Value *value = &row->values[i];

        if (!value->is_set)
            continue;
        add_number(&sum, i);
        add_value(&sum, info->columns[i].kind, value);
    }

    return (int64_t)sum;
}

/* ---- the statements ---------------------------------------------------------------------------
 */

/* The checksum first, then the columns of table.h: parameter and result i + 1 is column i. */
static void print_columns(GString *text, const TableInfo *info)
{
    g_string_append(text, "\"" STORE_CHECKSUM "\"");
    for (unsigned i = 0; i < info->column_count; i++)
        g_string_append_printf(text, ", \"%s\"", info->columns[i].name);
}

static sqlite3_stmt *prepare_put(sqlite3 *db, const TableInfo *info, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_printf(text, "INSERT INTO \"%s\" (", info->name);
    print_columns(text, info);
    g_string_append(text, ") VALUES (?");
    for (unsigned i = 0; i < info->column_count; i++)
        g_string_append(text, ", ?");

    g_string_append_printf(text,
                           ") ON CONFLICT (\"%s\") DO UPDATE SET "
                           "\"" STORE_CHECKSUM "\" = excluded.\"" STORE_CHECKSUM "\"",
                           info->columns[0].name);
    for (unsigned i = 1; i < info->column_count; i++) {
        const char *name = info->columns[i].name;

        g_string_append_printf(text, ", \"%s\" = excluded.\"%s\"", name, name);
    }

    return sql_prepare(db, text->str, error);
}

static sqlite3_stmt *prepare_delete(sqlite3 *db, const TableInfo *info, GError **error)
{
    g_autofree char *text =
        g_strdup_printf("DELETE FROM \"%s\" WHERE \"%s\" = ?", info->name, info->columns[0].name);

    return sql_prepare(db, text, error);
}

sqlite3_stmt *store_rows_select(sqlite3 *db, Table table, const char *rest, GError **error)
{
    const TableInfo *info = table_info(table);
    g_autoptr(GString) text = g_string_new("SELECT ");

    print_columns(text, info);
    g_string_append_printf(text, " FROM \"%s\" %s", info->name, rest);

    return sql_prepare(db, text->str, error);
}

StoreRows *store_rows_new(sqlite3 *db, GError **error)
{
    g_autoptr(StoreRows) rows = g_new0(StoreRows, 1);

    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        const TableInfo *info = table_info((Table)i);

        rows->put[i] = prepare_put(db, info, error);
        if (!rows->put[i])
            return NULL;
        rows->remove[i] = prepare_delete(db, info, error);
        if (!rows->remove[i])
            return NULL;
    }

    return g_steal_pointer(&rows);
}

void store_rows_free(StoreRows *rows)
{
    if (!rows)
        return;

    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        sql_finalize(rows->put[i]);
        sql_finalize(rows->remove[i]);
    }
    g_free(rows);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void bind_value(sqlite3_stmt *put, int parameter, ColumnKind kind, const Value *value)
{
    switch (kind) {
    case COLUMN_INT:
        sql_bind_int(put, parameter, value->number);
        break;
    case COLUMN_TEXT:
        sql_bind_text(put, parameter, value->text);
        break;
    case COLUMN_BYTES:
        sql_bind_bytes(put, parameter, value->bytes);
        break;
    }
}

bool store_rows_put(StoreRows *rows, const Row *row, GError **error)
{
    const TableInfo *info = table_info(row->table);
    sqlite3_stmt *put = rows->put[row->table];

    sql_bind_int(put, 1, checksum(row));
    for (unsigned i = 0; i < info->column_count; i++) {
        const Value *value = &row->values[i];
        int parameter = (int)i + 2;

        /* What is not bound is NULL. */
        if (value->is_set)
            bind_value(put, parameter, info->columns[i].kind, value);
    }

    return sql_execute(put, error);
}

bool store_rows_delete(StoreRows *rows, Table table, const char *key, GError **error)
{
    sqlite3_stmt *remove = rows->remove[table];

    sql_bind_text(remove, 1, key);
    return sql_execute(remove, error);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

static void read_value(sqlite3_stmt *select, int result, Row *row, unsigned column)
{
    g_autoptr(GBytes) bytes = NULL;
    const void *data;

    switch (table_info(row->table)->columns[column].kind) {
    case COLUMN_INT:
        row_set_int(row, column, sqlite3_column_int64(select, result));
        break;
    case COLUMN_TEXT:
        row_set_text(row, column, (const char *)sqlite3_column_text(select, result));
        break;
    case COLUMN_BYTES:
        data = sqlite3_column_blob(select, result);
        bytes = g_bytes_new(data, (gsize)sqlite3_column_bytes(select, result));
        row_set_bytes(row, column, bytes);
        break;
    }
}

/* The row that the statement stands on, or NULL when it is not what was stored. What was computed
 * has no checksum. */
static Row *read_row(sqlite3_stmt *select, Table table, GError **error)
{
    const TableInfo *info = table_info(table);
    g_autoptr(Row) row = row_new(table);

    for (unsigned i = 0; i < info->column_count; i++) {
        int result = (int)i + 1;

        if (sqlite3_column_type(select, result) != SQLITE_NULL)
            read_value(select, result, row, i);
    }

    if (table < TABLE_COUNT && checksum(row) != sqlite3_column_int64(select, 0)) {
        sql_set_damaged(error, "a row of %s does not fit its checksum: %s", info->name,
                        row_text(row, 0) ? row_text(row, 0) : "without key");
        return NULL;
    }

    return g_steal_pointer(&row);
}

static void free_row(void *row)
{
    row_free(row);
}

GPtrArray *store_rows_read(sqlite3_stmt *select, Table table, GError **error)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(free_row);
    SqlStep step;

    while ((step = sql_step(select, error)) == SQL_ROW) {
        Row *row = read_row(select, table, error);

        if (!row) {
            step = SQL_FAILED;
            break;
        }
        g_ptr_array_add(found, row);
    }
    sql_reset(select);

    return step == SQL_DONE ? g_steal_pointer(&found) : NULL;
}

GPtrArray *store_rows_load(sqlite3 *db, Table table, GError **error)
{
    const TableInfo *info = table_info(table);
    g_autofree char *rest =
        g_strdup_printf("WHERE %s ORDER BY \"%s\"", info->live_where ? info->live_where : "1 = 1",
                        info->columns[0].name);
    g_autoptr(sqlite3_stmt) select = store_rows_select(db, table, rest, error);

    return select ? store_rows_read(select, table, error) : NULL;
}

bool store_rows_check(sqlite3 *db, GError **error)
{
    for (unsigned i = 0; i < TABLE_COUNT; i++) {
        g_autoptr(sqlite3_stmt) select = store_rows_select(db, (Table)i, "", error);
        SqlStep step;

        if (!select)
            return false;
        while ((step = sql_step(select, error)) == SQL_ROW) {
            g_autoptr(Row) row = read_row(select, (Table)i, error);

            if (!row)
                return false;
        }
        if (step == SQL_FAILED)
            return false;
    }

    return true;
}
