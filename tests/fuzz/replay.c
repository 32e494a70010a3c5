/*
 * A target without libFuzzer: the empty input, and those in the given folders and files, in the
 * build that the other tests have. Says which one comes, so that the last one that is named before
 * a sanitizer's report is the finding.
 *
 *     build/check/replay/fuzz-frame [FOLDER | FILE] …
 */
#include "tests/fuzz/harness.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/banned.h"

static void run_one(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *content = NULL;
    g_autofree uint8_t *exact = NULL;
    gsize length;

    puts(path);
    fflush(stdout);
    if (!g_file_get_contents(path, &content, &length, &error))
        g_error("%s", error->message);
    /* Without the NUL behind it: the sanitizer sees a read over the end. */
    exact = g_memdup2(content, length);
    LLVMFuzzerTestOneInput(exact, length);
}

static void run_folder(const char *folder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, &error);
    const char *name;

    if (!dir)
        g_error("%s", error->message);
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        run_one(path);
    }
}

int main(int argc, char **argv)
{
    LLVMFuzzerInitialize(&argc, &argv);
    puts("the empty input");
    fflush(stdout);
    LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++) {
        if (g_file_test(argv[i], G_FILE_TEST_IS_DIR))
            run_folder(argv[i]);
        else
            run_one(argv[i]);
    }
    return EXIT_SUCCESS;
}
