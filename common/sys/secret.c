#include "common/sys/secret.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/file.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define KEY_PREFIX       "x25519-secret:"
#define KEY_VARIANT      sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define KEY_BASE64_CHARS 43

/* ---- passwords --------------------------------------------------------------------------------
 */

static bool is_given(const char *text)
{
    return text && text[0] != '\0';
}

/* Where a secret's file is: see secret_read(). The caller owns the path. */
static char *find_file(const char *file, const char *base_dir)
{
    const char *credentials = g_getenv("CREDENTIALS_DIRECTORY");

    if (g_path_is_absolute(file))
        return g_strdup(file);
    if (is_given(credentials)) {
        g_autofree char *path = g_build_filename(credentials, file, NULL);

        if (g_file_test(path, G_FILE_TEST_EXISTS))
            return g_steal_pointer(&path);
    }

    return g_build_filename(base_dir ? base_dir : ".", file, NULL);
}

static char *read_file(const char *what, const char *file, const char *base_dir, GError **error)
{
    g_autofree char *path = find_file(file, base_dir);
    size_t length = 0;
    g_autofree char *text = file_read(path, SECRET_MAX_BYTES, &length, error);

    if (!text) {
        g_prefix_error(error, "%s_file: ", what);
        /* A bare name is a credential for systemd; by hand, one says where those lie. */
        if (error && !strchr(file, '/') && !g_getenv("CREDENTIALS_DIRECTORY")) {
            g_autofree char *said = g_steal_pointer(&(*error)->message);

            (*error)->message =
                g_strdup_printf("%s (as a systemd credential: set CREDENTIALS_DIRECTORY, for "
                                "example to /etc/credstore)",
                                said);
        }
        return NULL;
    }
    if (strlen(text) != length) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s_file: %s: contains a NUL byte", what, path);
        return NULL;
    }

    if (g_str_has_suffix(text, "\r\n"))
        text[length - 2] = '\0';
    else if (g_str_has_suffix(text, "\n"))
        text[length - 1] = '\0';
    if (text[0] == '\0') {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s_file: %s: is empty", what, path);
        return NULL;
    }

    return g_steal_pointer(&text);
}

static char *read_environment(const char *what, const char *variable, GError **error)
{
    const char *value = g_getenv(variable);

    if (!is_given(value)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s_env: the variable %s is not set", what,
                    variable);
        return NULL;
    }

    return g_strdup(value);
}

char *secret_read(const char *what, const char *in_place, const char *file, const char *environment,
                  const char *base_dir, GError **error)
{
    char *secret = NULL;

    if (is_given(in_place) + is_given(file) + is_given(environment) > 1) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s: expected only one of %s, %s_file and %s_env", what, what, what, what);
        return NULL;
    }

    if (is_given(in_place))
        secret = g_strdup(in_place);
    else if (is_given(file))
        secret = read_file(what, file, base_dir, error);
    else if (is_given(environment))
        secret = read_environment(what, environment, error);

    if (secret)
        log_redact(secret);
    return secret;
}

/* ---- the long-term key ------------------------------------------------------------------------
 */

static bool parse_key(const char *path, const char *text, Key *out_secret, GError **error)
{
    const char *base64 = text + strlen(KEY_PREFIX);
    size_t length = 0;
    Key key;

    if (!g_str_has_prefix(text, KEY_PREFIX) || strcspn(base64, "\n") != KEY_BASE64_CHARS ||
        strcmp(base64 + KEY_BASE64_CHARS, "\n") > 0 ||
        sodium_base642bin(key.bytes, sizeof(key.bytes), base64, KEY_BASE64_CHARS, NULL, &length,
                          NULL, KEY_VARIANT) != 0 ||
        length != sizeof(key.bytes)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                    "%s: not a secret key: expected one line, \"" KEY_PREFIX
                    "\" and %d characters of base64",
                    path, KEY_BASE64_CHARS);
        return false;
    }

    *out_secret = key;
    sodium_memzero(&key, sizeof(key));
    return true;
}

static bool is_private(const char *path, GError **error)
{
    struct stat status;

    if (stat(path, &status) != 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: cannot look at: %s", path, g_strerror(errno));
        return false;
    }
    if (status.st_mode & (S_IRWXG | S_IRWXO)) {
        g_set_error(error, PROBLEM, PROBLEM_REFUSED,
                    "%s: others may use this secret key (mode %04o): chmod 600 %s", path,
                    (unsigned)(status.st_mode & 07777), path);
        return false;
    }

    return true;
}

/* Makes a key at path. *out_existed: somebody else made one first. */
static bool make_key(const char *path, bool *out_existed, GError **error)
{
    char text[sizeof(KEY_PREFIX) + KEY_BASE64_CHARS + 1] = KEY_PREFIX;
    uint8_t public_key[crypto_box_PUBLICKEYBYTES];
    Key secret;
    bool is_made;

    crypto_box_keypair(public_key, secret.bytes);
    sodium_bin2base64(text + strlen(KEY_PREFIX), KEY_BASE64_CHARS + 1, secret.bytes,
                      sizeof(secret.bytes), KEY_VARIANT);
    g_strlcat(text, "\n", sizeof(text));
    is_made = file_create_exclusive(path, text, strlen(text), 0600, out_existed, error);
    sodium_memzero(&secret, sizeof(secret));
    sodium_memzero(text, sizeof(text));

    return is_made;
}

static bool load_key(const char *path, Key *out_secret, GError **error)
{
    size_t length = 0;
    g_autofree char *text = NULL;
    bool is_key;

    text = file_read(path, SECRET_MAX_BYTES, &length, error);
    if (!text || !is_private(path, error))
        return false;

    is_key = parse_key(path, text, out_secret, error);
    if (is_key) {
        text[strlen(KEY_PREFIX) + KEY_BASE64_CHARS] = '\0';
        log_redact(text + strlen(KEY_PREFIX));
    }
    sodium_memzero(text, length);
    return is_key;
}

bool secret_key_load(const char *path, Key *out_secret, GError **error)
{
    g_autoptr(GError) problem = NULL;
    bool existed = false;

    if (sodium_init() < 0)
        g_assert_not_reached();

    if (load_key(path, out_secret, &problem))
        return true;
    if (!g_error_matches(problem, PROBLEM, PROBLEM_MISSING)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }

    g_clear_error(&problem);
    if (!make_key(path, &existed, &problem) && !existed) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }

    return load_key(path, out_secret, error);
}
