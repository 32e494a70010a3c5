#include "common/sys/helper.h"

#include <glib.h>
#include <unistd.h>

#include "common/base/banned.h"

char *helper_find(const char *owner, const char *name)
{
    static const char *const places[] = { "../libexec", "../lib" };
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *beside = folder ? g_build_filename(folder, name, NULL) : NULL;

    if (beside && access(beside, X_OK) == 0)
        return g_canonicalize_filename(beside, NULL);
    for (size_t i = 0; folder && i < G_N_ELEMENTS(places); i++) {
        g_autofree char *path = g_build_filename(folder, places[i], owner, name, NULL);

        if (access(path, X_OK) == 0)
            return g_canonicalize_filename(path, NULL);
    }
    return NULL;
}
