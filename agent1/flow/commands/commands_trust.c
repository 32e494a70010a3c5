#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/fleet/registration.h"
#include "agent1/flow/gate/gate_facts.h"
#include "common/base/text.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

#define FINGERPRINT_MIN_DIGITS 8

/* What a person has to type to trust a key; the caller owns it. */
static char *accept_words(const char *name, const char *key_text)
{
    g_autofree char *fingerprint = NULL;
    Key key;

    if (!key_parse(key_text, &key, NULL))
        return NULL;
    fingerprint = key_fingerprint(&key);
    return g_strdup_printf("!accept %s %.9s", name, fingerprint);
}

static void say_key(Turn *turn, const char *what, const char *key_text)
{
    g_autofree char *fingerprint = NULL;
    Key key;

    if (!key_parse(key_text, &key, NULL))
        return;
    fingerprint = key_fingerprint(&key);
    turn_say(turn, "%s, fingerprint %s", what, fingerprint);
}

/* The key that the registry has of an agent and does not trust: revoked, or written by hand. */
static const char *untrusted_key(const Core *core, const char *name)
{
    const RegistryAgent *entry = registry_find(core->registry, name);

    return entry && !entry->is_accepted ? entry->key : NULL;
}

/* The keys that !accept could trust: of one name, or with NULL all that wait. */
static void list_keys(Core *core, Turn *turn, const char *name)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_WAITING]);
    const char *former = name ? untrusted_key(core, name) : NULL;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        const char *host = row_text(row, WAITING_HOST);
        g_autofree char *what = g_strdup_printf(core_words(core, "%s waits, from host %s"),
                                                row_text(row, WAITING_NAME), host ? host : "?");

        if (!name || strcmp(row_text(row, WAITING_NAME), name) == 0)
            say_key(turn, what, row_text(row, WAITING_KEY));
        if (g_strcmp0(row_text(row, WAITING_KEY), former) == 0)
            former = NULL;
    }
    if (former) {
        g_autofree char *what = g_strdup_printf(core_words(core, "%s: not trusted now"), name);

        say_key(turn, what, former);
    }
}

static bool begins_so(const char *key_text, const char *start)
{
    Key key;

    return key_parse(key_text, &key, NULL) && key_fingerprint_begins(&key, start);
}

/* The key of that name, one that waits or one that was trusted before, whose fingerprint begins so;
 * NULL when there is not exactly one. */
static const char *choose_key(Core *core, const char *name, const char *start)
{
    const char *former = untrusted_key(core, name);
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_WAITING]);
    const char *chosen = former && begins_so(former, start) ? former : NULL;
    unsigned count = chosen ? 1 : 0;
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        const char *key = row_text(row, WAITING_KEY);

        if (strcmp(row_text(row, WAITING_NAME), name) == 0 && g_strcmp0(key, former) != 0 &&
            begins_so(key, start)) {
            chosen = key;
            count++;
        }
    }
    return count == 1 ? chosen : NULL;
}

/* Whose key it is by what people wrote since it began to wait, or NULL: a file that gives one key
 * to two is refused at the next start. */
static char *owner_of(const Core *core, const char *key)
{
    const User *user = users_by_key(core->users, key);
    const RegistryAgent *agent = registry_by_key(core->registry, key);

    if (user)
        return g_strdup_printf(core_words(core, "user %s in config.json"), user->name);
    return agent
               ? g_strdup_printf(core_words(core, "agent %s in agents_registry.json"), agent->name)
               : NULL;
}

static unsigned count_digits(const char *text)
{
    unsigned count = 0;

    for (; *text; text++)
        count += g_ascii_isxdigit(*text) ? 1 : 0;
    return count;
}

static void say_no_key(Core *core, Turn *turn, const char *name, const char *shown)
{
    bool is_known = registry_find(core->registry, name) || core_count_waiting(core, name) > 0;
    g_autofree char *nearest = is_known ? NULL : gate_facts_nearest(core, name);

    turn_fail(turn, "%s: no key of that name has such a fingerprint%s%s", shown,
              nearest ? core_words(core, "; nearest: ") : "", nearest ? nearest : "");
}

void commands_accept(Core *core, Turn *turn, const char *arguments)
{
    size_t length = strcspn(arguments, " \t");
    g_autofree char *name = g_strndup(arguments, length);
    g_autofree char *shown = text_make_line(name, 40);
    const char *start = arguments + length + strspn(arguments + length, " \t");
    const RegistryAgent *entry = registry_find(core->registry, name);
    const char *chosen;
    g_autofree char *key = NULL;
    g_autofree char *owner = NULL;

    if (!*name || !*start) {
        turn_fail(turn, "expected !accept <agent> <at least 8 digits of its fingerprint>");
        list_keys(core, turn, *name ? name : NULL);
        return;
    }
    if (entry && entry->is_accepted) {
        turn_fail(turn, "%s: accepted already; for another key: !revoke %s first", shown, shown);
        return;
    }
    chosen = choose_key(core, name, start);
    if (!chosen && count_digits(start) < FINGERPRINT_MIN_DIGITS) {
        turn_fail(turn, "%s: expected at least %d digits of its fingerprint", shown,
                  FINGERPRINT_MIN_DIGITS);
        return;
    }
    if (!chosen) {
        say_no_key(core, turn, name, shown);
        list_keys(core, turn, registry_find(core->registry, name) ? name : NULL);
        return;
    }
    key = g_strdup(chosen);
    owner = owner_of(core, key);
    if (owner) {
        turn_fail(turn, "%s: refused: its key belongs to %s already", shown, owner);
        return;
    }
    effects_audit(core->fx, core->now_ms, "accept", turn->speaker->principal, name, NULL, "key %s",
                  key);
    if (registration_accept(core, name, key))
        turn_say(turn, "%s: accepted", name);
    else
        turn_say(turn,
                 "%s: accepted; it can work as soon as it registers, which I have asked it to do",
                 name);
}

void commands_revoke(Core *core, Turn *turn, const char *arguments)
{
    const RegistryAgent *entry = registry_find(core->registry, arguments);
    g_autofree char *shown = text_make_line(arguments, 40);
    g_autofree char *again = NULL;

    if (!*arguments) {
        turn_fail(turn, "expected !revoke <agent>");
        return;
    }
    if (!entry || !entry->is_accepted) {
        g_autofree char *nearest = gate_facts_nearest(core, arguments);

        turn_fail(turn, "%s: no accepted agent of that name%s%s", shown,
                  core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
                  nearest ? nearest : "");
        return;
    }
    effects_audit(core->fx, core->now_ms, "revoke", turn->speaker->principal, arguments, NULL,
                  "key %s", entry->key);
    again = accept_words(arguments, entry->key);
    registration_revoke(core, arguments, turn->speaker->user);
    turn_say(turn, "%s: revoked; its key counts for nothing from now on; %s trusts it again", shown,
             again);
}
