/*
 * The files of agent2 and agentctl, read from a folder in memory as the programs read them:
 * agent2.json, and agentctl.json. A file is taken or refused with a message; its warnings can be
 * shown.
 */
#include "agent1/cli/config.h"

#include "agent2/app/worker_config.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

static struct {
    char folder[sizeof("/dev/shm/fuzz-XXXXXX")];
    char *file;
} place;

static void remove_place(void)
{
    unlink(place.file);
    rmdir(place.folder);
}

static void make_place(void)
{
    if (place.file)
        return;
    memcpy(place.folder, "/dev/shm/fuzz-XXXXXX", sizeof(place.folder));
    g_assert(mkdtemp(place.folder));
    place.file = g_build_filename(place.folder, "config.json", NULL);
    atexit(remove_place);
}

static void write_file(const FuzzInput *input)
{
    FILE *file = fopen(place.file, "we");

    g_assert(file);
    g_assert_cmpuint(fwrite(input->at, 1, input->left, file), ==, input->left);
    g_assert_cmpint(fclose(file), ==, 0);
}

/* Paths stand in messages as they are; who prints or logs them makes them harmless. */
static void check_error(bool is_ok, const GError *error)
{
    g_assert(is_ok == (error == NULL));
    g_assert(is_ok || g_utf8_validate(error->message, -1, NULL));
}

static void check_agent2(GPtrArray *warnings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WorkerConfig) config = worker_config_load(place.file, warnings, &error);

    check_error(config != NULL, error);
    if (config) {
        g_assert(g_path_is_absolute(config->state_dir) && config->orchestrator_keys->len > 0);
        g_assert_null(worker_config_fixed_member(config, config));
    }
}

static void check_agentctl(GPtrArray *warnings)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) key_error = NULL;
    g_autoptr(CliConfig) config = cli_config_load(place.file, warnings, &error);
    g_autofree char *key = cli_config_find_key(place.file, &key_error);

    check_error(config != NULL, error);
    check_error(key != NULL, key_error);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    bool is_agent2 = fuzz_below(&input, 2) == 0;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    make_place();
    write_file(&input);
    if (is_agent2)
        check_agent2(warnings);
    else
        check_agentctl(warnings);
    for (unsigned i = 0; i < warnings->len; i++)
        g_assert(text_is_harmless(warnings->pdata[i]));
}
