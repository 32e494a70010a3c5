/*
 * Records: a C struct and a JSON object, tied by one const table of fields, read and written by the
 * same rows. Configuration files, skill packs and the messages of the wire are all records.
 *
 * Errors carry the path, the value found and what was expected:
 *     mqtt.url: "mqtts:/x": expected mqtt://host[:port] or mqtts://host[:port]
 *     users[0].role: "root": expected one of viewer, operator, admin
 * Pure.
 */
#ifndef COMMON_DATA_RECORD_H
#define COMMON_DATA_RECORD_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    FIELD_STRING,   /* char *; minimum and maximum count bytes */
    FIELD_BOOL,     /* bool */
    FIELD_INT,      /* int64_t; minimum, maximum */
    FIELD_DURATION, /* int64_t ms; in JSON a text such as "10m" */
    FIELD_SIZE,     /* int64_t bytes; in JSON a text such as "16MiB" */
    FIELD_TIME,     /* int64_t Unix ms; in JSON RFC 3339 */
    FIELD_CHOICE,   /* int, the index into choices */
    FIELD_STRINGS,  /* GPtrArray * of char *, freed by the array; maximum counts elements */
    FIELD_OBJECT,   /* nested rows over the same struct (offsets are from the struct's start) */
    FIELD_JSON,     /* Json *, a copy of whatever stands there */
} FieldKind;

typedef struct Field {
    const char *name;
    FieldKind kind;
    size_t offset;
    bool is_required;
    bool is_shared;         /* STRING: a reference string, see record_share() */
    bool is_always_written; /* BOOL, CHOICE: also false and choice 0, which else mean "absent" */
    int64_t minimum;        /* minimum == maximum == 0: no bound but the kind's own */
    int64_t maximum;        /* below minimum: no upper bound */
    int64_t absent;         /* INT, DURATION, SIZE, TIME: the value that means "not there":
                               written as nothing; what record_init() sets */
    const char *const *choices;         /* CHOICE: NULL-terminated */
    const struct Field *fields;         /* OBJECT: rows, ended by a row whose name is NULL */
    const char *expected;               /* words for the error; NULL: made from kind and bounds */
    bool (*is_valid)(const char *text); /* STRING and each of STRINGS; NULL: any */
} Field;

/* Sets every field to its absent value: NULL, false, choice 0, `absent`. */
void record_init(const Field *fields, void *record);

/* Frees what the fields own and sets them to their absent values. */
void record_clear(const Field *fields, void *record);

/* Sets every field of `to`, which owns nothing yet, to a copy of that of `from`. */
void record_copy(const Field *fields, const void *from, void *to);

/*
 * Reads an object into a record that record_init() or the caller's defaults prepared: a member that
 * is absent or null leaves its field as it is. path is the prefix of messages ("" at the root).
 * Unknown members are ignored; where warnings is not NULL, one text (char *, to be freed by the
 * array) is added for each whose name does not begin with '_', with the nearest known name.
 * On failure the record may be partly read; clear it.
 */
bool record_read(const Field *fields, void *record, const Json *object, const char *path,
                 GPtrArray *warnings, GError **error);

/* Texts of fields that are shared become one text for all records that say the same and are given
 * to this with the same words, a set of reference strings which it fills. No set is shared between
 * threads: GLib's own, of interned strings, hands out one that another thread lets go. */
GHashTable *record_words_new(void);
void record_share(const Field *fields, void *record, GHashTable *words);

/* The fields that are not absent, in the order of the rows, as a JSON object on one line; and its
 * members alone, behind a '{' or a member. The caller owns the text. */
char *record_print(const Field *fields, const void *record);
void record_append(const Field *fields, const void *record, GString *out);

/* Sets them in an object. */
void record_write(const Field *fields, const void *record, Json *object);

/* Adds the warning of record_read() about one name, unless it is among the known ones (ended by
 * NULL) or begins with '_'. For objects of which a part is read by other means. */
void record_warn_unknown(const char *name, const char *const *known, const char *path,
                         GPtrArray *warnings);

#endif
