#include "agent1/cli/audit_heads.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define FILE_NAME "audit_heads.json"
#define FILE_MODE 0600

char *audit_heads_path(const char *config_path)
{
    g_autofree char *folder = g_path_get_dirname(config_path);

    return g_build_filename(folder, FILE_NAME, NULL);
}

bool audit_hash_is_valid(const char *text)
{
    return text && strlen(text) == AUDIT_HEAD_CHARS &&
           strspn(text, "0123456789abcdef") == AUDIT_HEAD_CHARS;
}

/* The whole file; an empty object when there is none. The caller owns it. */
static Json *read_file(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    size_t length = 0;
    g_autofree char *text = file_read(path, CONFIG_MAX_BYTES, &length, &problem);
    Json *json;

    if (g_error_matches(problem, PROBLEM, PROBLEM_MISSING))
        return json_new_object();
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    json = json_parse(text, length, CONFIG_MAX_BYTES, error);
    if (json && json_kind(json) != JSON_OBJECT) {
        g_clear_pointer(&json, json_free);
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "expected an object");
    }
    if (!json)
        g_prefix_error(error, "%s: ", path);
    return json;
}

static bool read_head(const Json *member, SavedHead *out)
{
    SavedHead head = { 0 };
    const char *hash = json_string(json_member(member, "hash"));

    if (!json_int(json_member(member, "row"), &head.row) || head.row < 1 ||
        !audit_hash_is_valid(hash) || !json_int(json_member(member, "saved_ms"), &head.saved_ms))
        return false;

    g_strlcpy(head.hash, hash, sizeof(head.hash));
    *out = head;
    return true;
}

bool audit_heads_load(const char *path, const Key *agent1, SavedHead *out, GError **error)
{
    g_autoptr(Json) json = read_file(path, error);
    g_autofree char *name = key_print(agent1);
    const Json *member = json ? json_member(json, name) : NULL;

    if (!json)
        return false;
    if (!member) {
        *out = (SavedHead){ 0 };
        return true;
    }
    if (!read_head(member, out)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: %s: expected a row, a hash and a time",
                    path, name);
        return false;
    }

    return true;
}

bool audit_heads_save(const char *path, const Key *agent1, const SavedHead *head, GError **error)
{
    g_autoptr(Json) json = read_file(path, error);
    g_autofree char *name = key_print(agent1);
    g_autofree char *text = NULL;
    Json *member;

    if (!json)
        return false;

    member = json_new_object();
    json_set_int(member, "row", head->row);
    json_set_string(member, "hash", head->hash);
    json_set_int(member, "saved_ms", head->saved_ms);
    json_set(json, name, member);
    text = json_print_pretty(json);

    return file_write_atomic(path, text, strlen(text), FILE_MODE, error);
}
