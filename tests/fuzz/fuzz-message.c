/*
 * Message bodies: any bytes, and objects of every kind with right and wrong members. What decodes
 * encodes to a body that decodes to the same; a copy encodes to the same; without its time a body
 * stays what it is. What an answer says of a newer version is harmless, and printed says the same.
 */
#include "common/wire/message.h"

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/task_mark.h"
#include "common/wire/update_news.h"
#include "tests/fuzz/harness.h"
#include "tests/fuzz/message_maker.h"

#include <string.h>

#include "common/base/banned.h"

#define NOW_MS INT64_C(1790000000000)

static void check_without_time(const char *body, size_t length)
{
    size_t once_length, twice_length;
    g_autofree char *once = message_without_time(body, length, &once_length);
    g_autofree char *twice = NULL;

    g_assert_cmpuint(once_length, <=, length);
    twice = message_without_time(once, once_length, &twice_length);
    g_assert_cmpuint(twice_length, <=, once_length);
}

/* What is found without decoding; printed: as we print the message. */
static void check_mark(const char *body, size_t length, const Message *message, const char *printed)
{
    g_auto(TaskMark) any = { 0 };
    g_auto(TaskMark) mark = { 0 };

    task_mark_find(body, length, &any);
    if (!message || message->kind != MESSAGE_TASK || message->task.attempt < 1)
        return;

    g_assert(task_mark_find(printed, strlen(printed), &mark));
    g_assert_cmpstr(mark.request, ==, message->id);
    g_assert_cmpstr(mark.run, ==, message->task.run);
    g_assert_cmpint(mark.attempt, ==, message->task.attempt);
}

static void check_news(const Json *data)
{
    g_autoptr(UpdateNews) news = update_news_read(data);
    g_autoptr(UpdateNews) again = NULL;
    g_autoptr(Json) printed = NULL;
    g_autoptr(Json) printed_again = NULL;
    g_autofree char *text = NULL;
    g_autofree char *text_again = NULL;
    g_autofree char *said = NULL;

    if (!news)
        return;

    printed = update_news_print(news);
    again = update_news_read(printed);
    g_assert_nonnull(again);
    printed_again = update_news_print(again);
    text = json_print(printed);
    text_again = json_print(printed_again);
    g_assert_cmpstr(text, ==, text_again);
    said = update_news_text(news);
    g_assert(text_is_harmless(said) && !strchr(said, '\n'));
}

static void check_body(const char *body, size_t length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Message) message = message_decode(body, length, &error);
    g_autoptr(Message) again = NULL;
    g_autoptr(Message) copy = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *printed_again = NULL;
    g_autofree char *printed_copy = NULL;

    fuzz_check_error(message != NULL, error);
    check_without_time(body, length);
    if (!message) {
        check_mark(body, length, NULL, NULL);
        return;
    }
    if (message->kind == MESSAGE_ANSWER)
        check_news(message->answer.data);

    printed = message_encode(message, &error);
    g_assert_no_error(error);
    check_mark(body, length, message, printed);
    again = message_decode(printed, strlen(printed), &error);
    g_assert_no_error(error);
    g_assert(again->kind == message->kind && again->ts_ms == message->ts_ms);
    printed_again = message_encode(again, NULL);
    g_assert_cmpstr(printed, ==, printed_again);
    copy = message_copy(message);
    printed_copy = message_encode(copy, NULL);
    g_assert_cmpstr(printed, ==, printed_copy);
}

static void check_made(FuzzInput *input)
{
    g_autoptr(MessagePool) pool = message_pool_new();
    g_autofree char *body = NULL;

    message_pool_add_ulid(pool, "01J00000000000000000000001");
    message_pool_add_ulid(pool, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    message_pool_add_name(pool, "web1");
    message_pool_add_name(pool, "agent1");
    message_pool_add_name(pool, "agents/cli/abcdefghijklmnop/outbox");
    body = message_make_body(input, fuzz_below(input, MESSAGE_KIND_COUNT), pool, NOW_MS);
    check_body(body, strlen(body));
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);

    if (size > 0 && *data == '{') {
        check_body((const char *)data, size);
        return;
    }
    if (fuzz_byte(&input) & 1)
        check_made(&input);
    else
        check_body((const char *)input.at, input.left);
}
