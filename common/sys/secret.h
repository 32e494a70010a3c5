/*
 * Secrets: passwords given in place, by file, by environment or by systemd credential, and the
 * long-term key of a program. What was read is remembered for log_redact(). None is ever printed.
 */
#ifndef COMMON_SYS_SECRET_H
#define COMMON_SYS_SECRET_H

#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

/*
 * The secret named by up to three members of a configuration object: <name> (in place), <name>_file
 * or <name>_env; what is the name only for messages ("mqtt.password"). A relative file is looked up
 * in $CREDENTIALS_DIRECTORY first when that is set, then against base_dir. A final newline is cut.
 * All three NULL or "": returns NULL without an error. Two of them set: PROBLEM_VALUE. The caller
 * owns the result.
 */
char *secret_read(const char *what, const char *in_place, const char *file, const char *environment,
                  const char *base_dir, GError **error);

/* Reads the secret key at path, or makes one there (mode 0600, atomically) when nothing is there.
 * Refuses a file that others can read. The file holds one line, "x25519-secret:<base64>". */
bool secret_key_load(const char *path, Key *out_secret, GError **error);

#endif
