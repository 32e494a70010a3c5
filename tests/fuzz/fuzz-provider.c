/*
 * Language models: the three decoders, whatever a server says and however it is cut, give the same
 * text, lines and end as when it comes whole; pieces are valid and bounded, errors one harmless
 * line without the key, and the line of a tool call is one trigger for the parser of what people
 * type. What is written as a provider writes it is read back as it was. Statuses, header fields and
 * bodies of refusals become an end. Vectors are vectors.
 */
#include "agent1/providers/decoder.h"
#include "agent1/port/packed_vector.h"
#include "agent1/providers/embeddings.h"
#include "agent1/providers/retry_after.h"
#include "agent1/providers/verdict.h"
#include "common/base/text.h"
#include "common/data/json.h"
#include "common/wire/utterance.h"
#include "tests/fuzz/harness.h"

#include <math.h>
#include <string.h>

#include "common/base/banned.h"

#define KEY           "sk-very-secret"
#define MODEL         "m"
#define PROVIDERS     3
#define NOW_MS        INT64_C(1790000000000)
#define WHY_MAX_CHARS 500

static const ModelSettings settings_of[PROVIDERS] = {
    { .provider = PROVIDER_OLLAMA, .api_key = (char[]){ KEY }, .model = (char[]){ MODEL } },
    { .provider = PROVIDER_OPENAI, .api_key = (char[]){ KEY }, .model = (char[]){ MODEL } },
    { .provider = PROVIDER_ANTHROPIC, .api_key = (char[]){ KEY }, .model = (char[]){ MODEL } },
};

/* ---- what every end must be ---- */

static void check_line(const char *line)
{
    g_autoptr(GPtrArray) parsed = utterance_parse(line);
    const Line *only;

    g_assert(text_is_harmless(line) && !strpbrk(line, "\n\t"));
    g_assert_cmpuint(parsed->len, ==, 1);
    only = parsed->pdata[0];
    g_assert(only->kind == LINE_TRIGGER);
}

static void check_end(const ModelNews *news)
{
    bool is_good = news->outcome == MODEL_ANSWERED || news->outcome == MODEL_CUT;

    g_assert(!news->piece && is_good == (news->why == NULL));
    g_assert(news->tokens_in >= 0 && news->tokens_out >= 0 && news->retry_after_ms >= 0);
    if (news->why) {
        g_assert(text_is_harmless(news->why) && !strpbrk(news->why, "\n\t"));
        g_assert(g_utf8_strlen(news->why, -1) <= WHY_MAX_CHARS && !strstr(news->why, KEY));
    }
    g_assert(is_good || news->tool_lines->len == 0);
    for (unsigned i = 0; i < news->tool_lines->len; i++)
        check_line(news->tool_lines->pdata[i]);
}

/* ---- streams ---- */

static void take_piece(ModelDecoder *decoder, GString *text)
{
    g_autofree char *piece = model_decoder_take_piece(decoder);

    if (!piece)
        return;
    g_assert(*piece && g_utf8_validate(piece, -1, NULL));
    g_string_append(text, piece);
    g_assert_cmpuint(text->len, <=, MODEL_ANSWER_MAX_BYTES);
}

/* cut: so many bytes a read at most, varied by what stands there; 0: all at once. */
static ModelNews *decode(const ModelSettings *settings, bool has_tools, const char *stream,
                         size_t length, unsigned cut, GString *text)
{
    g_autoptr(ModelDecoder) decoder = model_decoder_new(settings, has_tools);

    for (size_t at = 0, step; at < length; at += step) {
        step = cut ? 1 + ((unsigned char)stream[at] + at) % cut : length;
        step = MIN(step, length - at);
        model_decoder_feed(decoder, stream + at, step);
        take_piece(decoder, text);
    }
    model_decoder_finish(decoder);
    take_piece(decoder, text);
    g_assert(model_decoder_is_over(decoder));

    return model_decoder_end(decoder, "id");
}

static void check_same(const ModelNews *one, const ModelNews *other)
{
    g_assert(one->outcome == other->outcome);
    g_assert_cmpstr(one->why, ==, other->why);
    g_assert_cmpint(one->tokens_in, ==, other->tokens_in);
    g_assert_cmpint(one->tokens_out, ==, other->tokens_out);
    g_assert_cmpuint(one->tool_lines->len, ==, other->tool_lines->len);
    for (unsigned i = 0; i < one->tool_lines->len; i++)
        g_assert_cmpstr(one->tool_lines->pdata[i], ==, other->tool_lines->pdata[i]);
}

static void check_stream(FuzzInput *input, const ModelSettings *settings)
{
    bool has_tools = !fuzz_one_in(input, 8);
    unsigned cut = 1 + fuzz_byte(input);
    g_autoptr(GString) whole_text = g_string_new(NULL);
    g_autoptr(GString) cut_text = g_string_new(NULL);
    const char *stream = (const char *)input->at;
    g_autoptr(ModelNews) whole = decode(settings, has_tools, stream, input->left, 0, whole_text);
    g_autoptr(ModelNews) in_cuts = decode(settings, has_tools, stream, input->left, cut, cut_text);

    check_end(whole);
    check_same(whole, in_cuts);
    g_assert_cmpstr(whole_text->str, ==, cut_text->str);
}

/* ---- there and back ---- */

static void write_record(GString *stream, int provider, const char *before, const char *text,
                         const char *after)
{
    g_string_append(stream, provider == PROVIDER_OLLAMA ? "" : "data: ");
    g_string_append(stream, before);
    json_write_text(stream, text);
    g_string_append_printf(stream, "%s\n%s", after, provider == PROVIDER_OLLAMA ? "" : "\n");
}

static void write_end(GString *stream, int provider)
{
    static const char *const ends[PROVIDERS] = {
        [PROVIDER_OLLAMA] = "{\"done\":true,\"eval_count\":7}\n",
        [PROVIDER_OPENAI] = "data: {\"choices\":[{\"finish_reason\":\"stop\"}],"
                            "\"usage\":{\"completion_tokens\":7}}\n\ndata: [DONE]\n\n",
        [PROVIDER_ANTHROPIC] = "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
                               "\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n"
                               "data: {\"type\":\"message_stop\"}\n\n",
    };

    g_string_append(stream, ends[provider]);
}

static void check_round_trip(FuzzInput *input, const ModelSettings *settings)
{
    static const char *const before[PROVIDERS] = {
        [PROVIDER_OLLAMA] = "{\"message\":{\"content\":",
        [PROVIDER_OPENAI] = "{\"choices\":[{\"delta\":{\"content\":",
        [PROVIDER_ANTHROPIC] = "{\"type\":\"content_block_delta\",\"delta\":{\"type\":"
                               "\"text_delta\",\"text\":",
    };
    static const char *const after[PROVIDERS] = {
        [PROVIDER_OLLAMA] = "}}",
        [PROVIDER_OPENAI] = "}}]}",
        [PROVIDER_ANTHROPIC] = "}}",
    };
    unsigned cut = fuzz_byte(input);
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(GString) stream = g_string_new(NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ModelNews) news = NULL;
    int provider = settings->provider;

    while (fuzz_has_more(input)) {
        g_autofree char *token = fuzz_utf8(input);

        g_string_append(said, token);
        write_record(stream, provider, before[provider], token, after[provider]);
    }
    write_end(stream, provider);
    news = decode(settings, true, stream->str, stream->len, cut, text);
    check_end(news);
    g_assert(news->outcome == MODEL_ANSWERED && news->tokens_out == 7);
    g_assert_cmpstr(text->str, ==, said->str);
}

/* ---- refusals ---- */

static void check_refusal(FuzzInput *input, const ModelSettings *settings)
{
    static const unsigned statuses[] = { 200, 204, 301, 400, 401, 403, 404, 429, 500, 503, 529 };
    unsigned status = statuses[fuzz_below(input, G_N_ELEMENTS(statuses))];
    g_autofree char *type = fuzz_text(input);
    g_autofree char *wait = fuzz_text(input);
    const HttpRefusal refusal = { status, type, wait, (const char *)input->at,
                                  MIN(input->left, VERDICT_BODY_MAX_BYTES) };
    g_autoptr(ModelNews) news = NULL;
    int64_t wait_ms;

    if (retry_after_parse(wait, NOW_MS, &wait_ms))
        g_assert(wait_ms >= 0 && wait_ms <= RETRY_AFTER_MAX_MS);
    if (verdict_is_answer(settings->provider, status, type))
        return;
    news = verdict_make("id", settings, &refusal, NOW_MS);
    check_end(news);
    g_assert(news->why);
}

/* ---- embeddings ---- */

/* Whatever is taken for vectors is as many as there were texts, and each has an angle to all. */
static void check_embeddings(FuzzInput *input, const ModelSettings *settings)
{
    unsigned count = 1 + fuzz_below(input, EMBED_TEXTS_MAX);
    g_autoptr(GPtrArray) vectors =
        embeddings_parse(settings->provider, (const char *)input->at, input->left, count, NULL);

    if (!vectors)
        return;
    g_assert_cmpuint(vectors->len, ==, count);
    for (unsigned i = 0; i < count; i++) {
        gsize first_bytes;
        gsize bytes;
        const void *first = g_bytes_get_data(vectors->pdata[0], &first_bytes);
        const void *vector = g_bytes_get_data(vectors->pdata[i], &bytes);
        double cosine;

        g_assert(packed_vector_cosine(first, first_bytes, vector, bytes, &cosine));
        g_assert(fabs(cosine) < 1.00001);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(FuzzInput * input, const ModelSettings *settings) = {
        check_stream, check_stream, check_round_trip, check_refusal, check_embeddings
    };
    FuzzInput input = fuzz_input(data, size);
    const ModelSettings *settings = &settings_of[fuzz_below(&input, PROVIDERS)];

    checks[fuzz_below(&input, G_N_ELEMENTS(checks))](&input, settings);
}
