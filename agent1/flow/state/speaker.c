#include "agent1/flow/state/speaker.h"

#include <string.h>

#include "common/base/banned.h"

Speaker *speaker_new(Door door, const char *address, const char *key)
{
    Speaker *speaker = g_new0(Speaker, 1);

    speaker->door = door;
    speaker->address = g_strdup(address);
    speaker->key = g_strdup(key);
    return speaker;
}

Speaker *speaker_copy(const Speaker *speaker)
{
    Speaker *copy = speaker_new(speaker->door, speaker->address, speaker->key);

    copy->chat_id = g_strdup(speaker->chat_id);
    copy->in_reply_to = g_strdup(speaker->in_reply_to);
    copy->form = xmpp_form_copy(speaker->form);
    copy->user = g_strdup(speaker->user);
    copy->principal = g_strdup(speaker->principal);
    copy->role = speaker->role;
    copy->is_dry_run = speaker->is_dry_run;
    copy->is_now = speaker->is_now;
    copy->wants_data = speaker->wants_data;
    return copy;
}

void speaker_free(Speaker *speaker)
{
    if (!speaker)
        return;

    g_free(speaker->address);
    g_free(speaker->key);
    g_free(speaker->chat_id);
    g_free(speaker->in_reply_to);
    xmpp_form_free(speaker->form);
    g_free(speaker->user);
    g_free(speaker->principal);
    g_free(speaker);
}

bool speaker_is_alone(const Speaker *speaker)
{
    size_t length = strcspn(speaker->address, "/");

    if (speaker->key)
        return true;
    return length > 0 && speaker->principal && strlen(speaker->principal) == length &&
           g_ascii_strncasecmp(speaker->principal, speaker->address, length) == 0;
}

bool speaker_is_in_room(const Speaker *speaker)
{
    return speaker->door == DOOR_XMPP && !speaker_is_alone(speaker);
}

char *speaker_conversation(const Speaker *speaker)
{
    switch (speaker->door) {
    case DOOR_XMPP:
    case DOOR_FORM:
        return g_strdup_printf("xmpp %s", speaker->address);
    case DOOR_CLI:
        return g_strdup_printf("cli %s %s", speaker->address, speaker->key);
    case DOOR_UNSIGNED:
        break;
    case DOOR_HOME_ASSISTANT:
        return g_strdup("homeassistant");
    case DOOR_SCHEDULE:
        return g_strdup("schedule");
    case DOOR_MODEL:
        return g_strdup("model");
    }
    return g_strdup("unsigned");
}

char *speaker_chat_of_cli(const char *session, const char *id)
{
    return g_strdup_printf("cli:%s:%s", session, id);
}

Speaker *speaker_from_conversation(const char *conversation, const char *chat_id)
{
    g_autoptr(Speaker) speaker = NULL;

    if (!conversation)
        return NULL;
    if (g_str_has_prefix(conversation, "xmpp ")) {
        speaker = speaker_new(DOOR_XMPP, conversation + strlen("xmpp "), NULL);
    } else if (g_str_has_prefix(conversation, "cli ")) {
        g_auto(GStrv) words = g_strsplit(conversation, " ", 3);

        if (g_strv_length(words) != 3)
            return NULL;
        speaker = speaker_new(DOOR_CLI, words[1], words[2]);
        if (chat_id && strrchr(chat_id, ':'))
            speaker->in_reply_to = g_strdup(strrchr(chat_id, ':') + 1);
    } else if (strcmp(conversation, "unsigned") == 0) {
        speaker = speaker_new(DOOR_UNSIGNED, "", NULL);
    } else if (strcmp(conversation, "schedule") == 0) {
        speaker = speaker_new(DOOR_SCHEDULE, "", NULL);
    } else {
        return NULL;
    }
    speaker->chat_id = g_strdup(chat_id);
    return g_steal_pointer(&speaker);
}
