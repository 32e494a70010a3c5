/*
 * The folder that the settings name for the database and this program's key pair.
 */
#ifndef AGENT1_APP_STATE_FOLDER_H
#define AGENT1_APP_STATE_FOLDER_H

#include "agent1/app/config.h"
#include "common/wire/key.h"

/* The caller owns it. */
char *state_folder_path(const Config *config, const Settings *settings);

/* The key pair: read, or made. */
bool state_folder_load_key(const Config *config, const Settings *settings, Key *out_secret,
                           GError **error);

#endif
