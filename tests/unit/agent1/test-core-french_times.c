/* What is wrong with a time that somebody typed, in the language of who typed it. ana and oskar
 * read English, odile French. */
#include "core-world.h"

#include "agent1/words/words.h"
#include "common/data/time_spec.h"
#include "common/data/zones.h"

#include "common/base/banned.h"

#define CONFIG                                                                                     \
    "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"                               \
    "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["                     \
    "{\"name\":\"oskar\",\"jids\":[\"oskar@example.org\"],\"role\":\"operator\","                  \
    "\"language\":\"en\"},"                                                                        \
    "{\"name\":\"odile\",\"jids\":[\"odile@example.org\"],\"role\":\"operator\","                  \
    "\"language\":\"fr\"}]}"

static void begin(World *world)
{
    json_free(world->config);
    world->config = world_json(CONFIG);
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
}

static const struct {
    const char *when;
    const char *english;
    const char *french;
} rows[] = {
    { "daily 25:00",
      "when: character 7: found \"25:00\", expected an hour from 0 to 23, as in \"daily "
      "03:00\"; !help SCHEDULE shows all forms",
      "quand : caractère 7 : trouvé « 25:00 », attendu : une heure de 0 à 23, comme dans « "
      "tous les jours à 3h » ; !help SCHEDULE montre toutes les formes" },
    { "chaque lundo à 8h", "when: character 8: found \"lundo\", expected a number and a unit",
      "quand : caractère 8 : trouvé « lundo », attendu : un nombre et une unité" },
    { "20m",
      "when: character 1: found \"20m\", expected \"in 20m\", or \"every 20m\" to have it "
      "again "
      "and again; !help",
      "quand : caractère 1 : trouvé « 20m », attendu : « dans 20m », ou « chaque 20m » pour "
      "que "
      "cela se répète ; !help" },
    { "bientôt",
      "when: character 1: found \"bientôt\", expected a time such as \"daily 03:00\", "
      "\"every "
      "6h\", \"weekly mon 08:00\"; !help SCHEDULE shows all forms",
      "quand : caractère 1 : trouvé « bientôt », attendu : un moment comme « tous les jours "
      "à "
      "3h », « toutes les 6h », « chaque lundi à 8h » ; !help" },
    { "wekly mon 8:00",
      "expected a time such as \"weekly mon 08:00\", \"daily 03:00\", \"every 6h\";",
      "un moment comme « chaque lundi à 8h », « tous les jours à 3h », « toutes les 6h » "
      ";" },
    { "tomorow 8:00", "expected a time such as \"tomorrow 08:00\", \"daily 03:00\"",
      "un moment comme « demain à 8h », « tous les jours à 3h »" },
    { "le 31 février à 8h",
      "when: character 4: found \"31 février\", expected a day that this month has, as "
      "in \"at 28 Feb 08:00\"",
      "quand : caractère 4 : trouvé « 31 février », attendu : un jour que ce mois a, comme dans "
      "« at 28 Feb 08:00 »" },
    { "05/06 8:00",
      "when: character 1: found \"05/06\", expected \"at 5 Jun 08:00\" or \"at 6 May 08:00\", for "
      "either number may be the month",
      "quand : caractère 1 : trouvé « 05/06 », attendu : « at 5 Jun 08:00 » ou « at 6 May 08:00 », "
      "car chacun des deux nombres peut être le mois (derrière « le » le jour est devant)" },
    { "29 février",
      "when: character 1: found \"29 février\", expected \"at 29 Feb 08:00\" to have it once, in "
      "the next leap year, \"*-02-29\" in each, or \"*-02-28\" every year",
      "quand : caractère 1 : trouvé « 29 février », attendu : « at 29 Feb 08:00 » pour une seule "
      "fois, à la prochaine année bissextile, « *-02-29 » à chacune, ou « *-02-28 » chaque année" },
    { "lundi 5 mars 8h",
      "when: character 1: found \"lundi\", expected the date without a day of the week, \"at 5 Mar "
      "08:00\"",
      "quand : caractère 1 : trouvé « lundi », attendu : la date sans jour de la semaine, « at 5 "
      "Mar "
      "08:00 »" },
    { "hier à 8h", "when: character 1: found \"hier\", expected a time to come, for that is past",
      "quand : caractère 1 : trouvé « hier », attendu : un moment à venir, car celui-ci est "
      "passé" },
    { "tous les jours 9", "expected a colon and minutes, as in \"daily 09:00\"",
      "un « h » ou « : » puis les minutes, comme dans « daily 09:00 »" },
    { "8 du soir",
      "found \"8 du soir\", expected \"at 20:00\", or \"daily 20:00\" to have it every day",
      "trouvé « 8 du soir », attendu : « à 20:00 », ou « chaque jour 20:00 » pour l'avoir tous les "
      "jours" },
    { "ce soir",
      "character 8: found the end, expected a time of day with it, as in \"ce soir 20:00\"",
      "caractère 8 : trouvé la fin, attendu : l'heure avec, comme dans « ce soir 20:00 »" },
    { "demain soir à 2h",
      "found \"2h\", expected a time of that part of the day, from 17:00 to 00:00",
      "trouvé « 2h », attendu : une heure de ce moment de la journée, de 17:00 à 00:00" },
    { "next week", "found \"week\", expected \"next monday 09:00\", \"this morning 09:00\"",
      "trouvé « week », attendu : « lundi prochain 9h », « ce matin 9h », « cet après-midi 14h » "
      "ou "
      "« ce soir 20h »" },
    { "tous les jours à 24h", "when: character 18: found \"24h\", expected an hour from 0 to 23; ",
      "quand : caractère 18 : trouvé « 24h », attendu : une heure de 0 à 23 ; minuit s'écrit "
      "00:00" },
    { "tous les jours à", "when: character 17: found the end, expected a time of day",
      "quand : caractère 17 : trouvé la fin, attendu : une heure du jour" },
};

static void times_that_are_none(void **state)
{
    World *world = *state;
    unsigned i;

    begin(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("SCHEDULE: %s | web1 | true", rows[i].when);

        world_write(world, "oskar", NULL, line);
        assert_contains(world_last_said(world), rows[i].english);
        world_write(world, "odile", NULL, line);
        assert_contains(world_last_said(world), rows[i].french);
    }
}

#define PHONE_COLUMNS 40

/* The kinds of the times in the lines of a help text, as bits. */
static unsigned kinds_in(const char *help)
{
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);
    unsigned kinds = 0;
    unsigned i;

    for (i = 0; lines[i]; i++) {
        g_auto(GStrv) times = g_strsplit(lines[i], " · ", -1);
        unsigned k;

        if (!g_str_has_prefix(lines[i], "  "))
            continue;
        assert_true(g_utf8_strlen(lines[i], -1) <= PHONE_COLUMNS);
        for (k = 0; times[k]; k++) {
            g_autofree char *when = NULL;
            g_autofree char *zone = NULL;
            g_autoptr(GError) error = NULL;
            TimeSpec spec;

            zones_split(times[k], &when, &zone);
            if (!time_spec_parse(when, &spec, &error))
                fail_msg("%s: %s", when, error->message);
            kinds |= 1U << spec.kind;
        }
    }
    return kinds;
}

/* All of them, for whoever asks, in lines for a phone. */
static void help_shows_all_forms(void **state)
{
    World *world = *state;
    unsigned all = (2U << TIME_SPEC_AT_DATE) - 1;

    begin(world);
    world_write(world, "oskar", NULL, "!help schedule");
    assert_contains(
        world_last_said(world),
        "\nTimes may be written so:\nEvery day\n  daily 03:00 · daily 8 · daily noon\n");
    assert_int_equal(kinds_in(world_last_said(world)), all);
    world_write(world, "odile", NULL, "!aide SCHEDULE");
    assert_contains(world_last_said(world), "\nLes moments s'écrivent ainsi :\nChaque jour\n");
    assert_int_equal(kinds_in(world_last_said(world)), all);
}

/* In a sentence the reason is the same. */
static void a_wrong_time_in_a_sentence(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "odile", NULL, "redémarre nginx sur web1 le 31 février à 8h");
    assert_contains(world_last_said(world),
                    "quand, dans « le 31 février à 8h » : caractère 4 : trouvé « 31 février », "
                    "attendu : un jour que ce mois a, comme dans « at 28 Feb 08:00 »");
}

/* What people are shown as a time is one. */
static void examples_are_times(void **state)
{
    const char *text = words_get(LANGUAGE_FR, time_problem_examples());
    g_auto(GStrv) pieces = g_strsplit(text, "« ", -1);
    unsigned i;

    (void)state;
    assert_true(g_strv_length(pieces) > 5);
    for (i = 1; pieces[i]; i++) {
        const char *end = strstr(pieces[i], " »");
        g_autofree char *when = g_strndup(pieces[i], (size_t)(end - pieces[i]));
        g_autoptr(GError) error = NULL;
        TimeSpec spec;

        if (!time_spec_parse(when, &spec, &error))
            fail_msg("%s: %s", when, error->message);
    }
}

/* So is what they are told to type instead. */
static void every_length_may_follow(void **state)
{
    static const char *const lengths[] = { "20m", "30 min", "90s", "1h30", "2 jours" };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *once = g_strdup_printf("dans %s", lengths[i]);
        g_autofree char *again = g_strdup_printf("chaque %s", lengths[i]);
        TimeSpec spec;

        assert_true(time_spec_parse(once, &spec, NULL));
        assert_true(time_spec_parse(again, &spec, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(times_that_are_none),           WORLD_TEST(help_shows_all_forms),
        WORLD_TEST(a_wrong_time_in_a_sentence),    cmocka_unit_test(examples_are_times),
        cmocka_unit_test(every_length_may_follow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
