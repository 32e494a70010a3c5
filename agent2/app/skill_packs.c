#include "agent2/app/skill_packs.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/sys/file.h"

#include <string.h>

#include "common/base/banned.h"

#define PACKS_MAX 256

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list_packs(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GDir) entries = g_dir_open(folder, 0, &problem);
    const char *name;

    if (!entries) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "skills_dir: %s", problem->message);
        return NULL;
    }
    while ((name = g_dir_read_name(entries)) != NULL) {
        if (*name != '.' && g_str_has_suffix(name, ".json"))
            g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
    }
    if (paths->len > PACKS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "skills_dir: more than %d packs", PACKS_MAX);
        return NULL;
    }
    g_ptr_array_sort(paths, compare_names);
    return g_steal_pointer(&paths);
}

static bool load_pack(SkillBook *book, const char *path, GPtrArray *warnings, GError **error)
{
    size_t length = 0;
    g_autofree char *text = file_read(path, CONFIG_MAX_BYTES, &length, error);
    g_autoptr(GPtrArray) own_warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Json) pack = NULL;
    bool is_added;

    if (!text)
        return false;

    pack = json_parse(text, length, CONFIG_MAX_BYTES, error);
    is_added = pack && skill_book_add_pack(book, pack, own_warnings, error);
    if (!is_added)
        g_prefix_error(error, "%s: ", path);
    for (guint i = 0; i < own_warnings->len; i++)
        g_ptr_array_add(
            warnings, g_strdup_printf("%s: %s", path, (char *)g_ptr_array_index(own_warnings, i)));
    return is_added;
}

SkillBook *skill_packs_load(const char *folder, bool has_shell, GPtrArray *warnings, GError **error)
{
    g_autoptr(SkillBook) book = skill_book_new();
    g_autoptr(GPtrArray) paths = NULL;

    if (folder) {
        paths = list_packs(folder, error);
        if (!paths)
            return NULL;
    }
    for (guint i = 0; paths && i < paths->len; i++) {
        if (!load_pack(book, g_ptr_array_index(paths, i), warnings, error))
            return NULL;
    }
    if (has_shell)
        skill_book_add_shell(book);
    return g_steal_pointer(&book);
}
