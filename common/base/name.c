#include "common/base/name.h"

#include "common/base/limits.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

#define NAME_ALPHABET "abcdefghijklmnopqrstuvwxyz0123456789_-"

/* Crockford's base 32: no I, L, O and U. */
#define ULID_ALPHABET "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

static const char *const reserved[] = {
    "agent1",    "cli",     "status", "register", "errors", "daily_report",
    "scheduler", "events",  "debate", "metrics",  "ha",     "acl-probe",
    "inbox",     "control", "outbox", "all",      NULL,
};

static bool consists_of(const char *text, const char *alphabet, size_t minimum, size_t maximum)
{
    size_t length = strspn(text, alphabet);

    return text[length] == '\0' && length >= minimum && length <= maximum;
}

bool name_is_valid(const char *name)
{
    return consists_of(name, NAME_ALPHABET, 1, AGENT_NAME_MAX_CHARS);
}

bool name_is_reserved(const char *name)
{
    return g_strv_contains(reserved, name);
}

bool name_is_session(const char *session)
{
    return consists_of(session, NAME_ALPHABET, SESSION_MIN_CHARS, SESSION_MAX_CHARS);
}

bool name_is_ulid(const char *text)
{
    /* 26 digits of five bits are 130: the first one has only three. */
    return consists_of(text, ULID_ALPHABET, ULID_CHARS, ULID_CHARS) && text[0] <= '7';
}
