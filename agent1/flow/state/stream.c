#include "agent1/flow/state/stream.h"

#include "common/base/banned.h"

Stream *stream_new(void)
{
    Stream *stream = g_new0(Stream, 1);

    stream->reader = answer_reader_new();
    stream->text = g_string_new(NULL);
    return stream;
}

void stream_free(Stream *stream)
{
    if (!stream)
        return;

    answer_reader_free(stream->reader);
    g_string_free(stream->text, TRUE);
    g_free(stream->told_part);
    g_free(stream->message);
    g_free(stream->ended);
    g_free(stream->told_text);
    g_free(stream);
}

bool stream_can_correct(const Core *core, const Stream *stream)
{
    return core->is_up[LINK_XMPP] && core->link_since_ms[LINK_XMPP] <= stream->began_ms;
}

const char *stream_shown(const Core *core, const Stream *stream)
{
    return stream && stream->message && stream_can_correct(core, stream) ? stream->message : NULL;
}

void stream_end(Stream *stream)
{
    stream_read_anew(stream);
    stream->is_changed = false;
    stream->told = 0;
    g_clear_pointer(&stream->told_part, g_free);
    g_clear_pointer(&stream->told_text, g_free);
    g_free(stream->ended);
    stream->ended = g_steal_pointer(&stream->message);
}

void stream_read_anew(Stream *stream)
{
    answer_reader_free(stream->reader);
    stream->reader = answer_reader_new();
    stream->read = 0;
    stream->searched = 0;
    stream->judged = 0;
    stream->is_sure = false;
    g_string_truncate(stream->text, 0);
    stream->shown = 0;
}
