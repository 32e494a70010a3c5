#include "agent1/flow/doors/rooms.h"

#include <string.h>

#include "agent1/flow/voice/say.h"
#include "common/base/text.h"
#include "common/wire/utterance.h"
#include "common/base/banned.h"

#define STRANGER_MS      (3600 * INT64_C(1000))
#define NICK_SHOWN_CHARS 40

/* Whether a target means an agent of ours: other programs and people have names, too. */
static bool means_agent(const Core *core, const char *target)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    g_auto(GStrv) parts = g_strsplit(target, ",", -1);
    unsigned i;
    unsigned part;

    for (part = 0; parts[part]; part++) {
        g_autofree char *pattern = g_ascii_strdown(g_strstrip(parts[part]), -1);

        for (i = 0; i < names->len; i++) {
            if (text_matches_glob(pattern, names->pdata[i]))
                return true;
        }
    }
    return false;
}

/* Other programs in the room have commands of their own: what is not known here is left to them. */
static bool is_meant(const Core *core, const EventChat *chat)
{
    g_autoptr(GPtrArray) lines = NULL;
    const Line *first;

    if (chat->is_addressed)
        return true;

    lines = utterance_parse(chat->text);
    first = lines->len > 0 ? lines->pdata[0] : NULL;
    if (!first)
        return false;
    if (first->kind == LINE_DIRECT)
        return means_agent(core, first->word);
    return first->kind == LINE_COMMAND || first->kind == LINE_TRIGGER;
}

static void refuse(Core *core, const EventChat *chat)
{
    g_autofree char *nick = text_make_line(chat->nick, NICK_SHOWN_CHARS);
    g_autofree char *what = g_strdup_printf("stranger %s in %s", nick, chat->room);
    g_autofree char *text = NULL;

    core->refused_count++;
    if (!chat->is_addressed || core_is_asleep(core) || !say_is_due(core, what, STRANGER_MS) ||
        !bucket_take(&core->strangers, core->boot_ms))
        return;

    effects_audit(core->fx, core->now_ms, "refused", *chat->principal ? chat->principal : NULL,
                  NULL, NULL, "a stranger wrote in the room %s as %s", chat->room, nick);
    text =
        *chat->principal
            ? g_strdup_printf(
                  core_words(core, "%s: I do not know your JID. An admin can add it to a user in "
                                   "config.json."),
                  nick)
            : g_strdup_printf(
                  core_words(core, "%s: this room hides from me who you are, so I do not obey. Its "
                                   "owner can make me a moderator or show JIDs to all; or write to "
                                   "me directly."),
                  nick);
    say_xmpp(core, chat->address, text);
}

bool rooms_admit(Core *core, const EventChat *chat)
{
    const User *user = *chat->principal ? users_by_jid(core->users, chat->principal) : NULL;

    if (!is_meant(core, chat))
        return false;
    if (user)
        return true;

    refuse(core, chat);
    return false;
}
