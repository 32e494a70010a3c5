/*
 * agentctl.json (README.md): the broker, agent1's public key, and where the own key lies.
 * Relative paths in it are looked up beside the file.
 */
#ifndef AGENT1_CLI_CONFIG_H
#define AGENT1_CLI_CONFIG_H

#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

typedef struct CliConfig {
    char *url;
    char *username; /* NULL: anonymous */
    char *password; /* NULL: none; read from where the file says */
    char *ca_file;
    char *cert_file;
    char *client_key_file; /* mqtt.key_file, for TLS */
    Key orchestrator;      /* agent1's public key */
    char *key_path;        /* the own secret key: exists or will be made there */
} CliConfig;

/* The file that is read when --config names none. The caller owns it. */
char *cli_config_default_path(void);

/* Reads and judges the file; errors begin with its path. warnings: as in record_read(). */
CliConfig *cli_config_load(const char *path, GPtrArray *warnings, GError **error);
void cli_config_free(CliConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CliConfig, cli_config_free)

/* Only where the own key lies, so that it can be shown to an admin before the rest is known: the
 * file may be incomplete or absent. The caller owns it. */
char *cli_config_find_key(const char *path, GError **error);

/* Reads the own key, or makes it with the folders above it. */
bool cli_config_load_key(const char *key_path, Key *out_secret, GError **error);

#endif
