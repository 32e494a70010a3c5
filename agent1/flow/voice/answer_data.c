#include "agent1/flow/voice/answer_data.h"

#include <string.h>

#include "common/base/timestamp.h"
#include "common/base/banned.h"

#define TOTALS "totals"

/* The name of a list, twice, with its total, and all that stands around. */
#define LIST_MAX_BYTES 100

void answer_data_clear(AnswerData *data)
{
    json_free(data->lists);
    *data = (AnswerData){ 0 };
}

static Json *member(Json *object, const char *name, Json *(*make)(void))
{
    if (!json_member(object, name))
        json_set(object, name, make());
    return json_member_mutable(object, name);
}

static Json *list_of(AnswerData *data, const char *list)
{
    if (!data->lists)
        data->lists = json_new_object();
    if (!json_member(data->lists, list))
        data->bytes += LIST_MAX_BYTES;
    return member(data->lists, list, json_new_array);
}

void answer_data_count(AnswerData *data, const char *list, int64_t more)
{
    Json *totals;
    int64_t total = 0;

    list_of(data, list);
    totals = member(data->lists, TOTALS, json_new_object);
    json_int(json_member(totals, list), &total);
    json_set_int(totals, list, total + more);
}

static size_t printed_bytes(const Json *item)
{
    g_autofree char *text = json_print(item);

    return strlen(text) + strlen(",");
}

bool answer_data_add(AnswerData *data, const char *list, Json *item)
{
    size_t bytes = printed_bytes(item);

    answer_data_count(data, list, 1);
    data->is_full = data->is_full || data->bytes + bytes > ANSWER_DATA_MAX_BYTES;
    if (data->is_full) {
        json_free(item);
        return false;
    }
    data->bytes += bytes;
    json_append(list_of(data, list), item);
    return true;
}

void answer_data_set_text(Json *item, const char *name, const char *text)
{
    if (text)
        json_set_string(item, name, text);
}

void answer_data_set_time(Json *item, const char *name, int64_t at_ms)
{
    g_autofree char *text = at_ms > 0 ? timestamp_format(at_ms) : NULL;

    answer_data_set_text(item, name, text);
}
