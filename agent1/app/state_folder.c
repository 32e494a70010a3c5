#include "agent1/app/state_folder.h"

#include "common/sys/file.h"
#include "common/sys/secret.h"
#include "common/base/banned.h"

char *state_folder_path(const Config *config, const Settings *settings)
{
    return config_path(config, settings->state_dir ? settings->state_dir : "state");
}

bool state_folder_load_key(const Config *config, const Settings *settings, Key *out_secret,
                           GError **error)
{
    g_autofree char *folder = state_folder_path(config, settings);
    g_autofree char *path = g_build_filename(folder, "key", NULL);

    return file_make_folder(folder, 0700, error) && secret_key_load(path, out_secret, error);
}
