/* Why, to a French person: every reason there is has its French, and every verdict of the gate
 * reads as a sentence. It is 14:13 UTC on the 20th of November 2026. */
#include "agent1/flow/state/reason_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/wire/reason.h"
#include "common/base/banned.h"

#define NOW_MS INT64_C(1795184000000)

static char *french(const char *english)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    Core core = { .language = LANGUAGE_FR, .zone = zone, .now_ms = NOW_MS };

    return reason_words(&core, english);
}

static void each_kind_has_its_french(void **state)
{
    int kind;

    (void)state;
    for (kind = 0; kind < REASON_COUNT; kind++) {
        const char *english = reason_format((ReasonKind)kind);

        /* Nothing in them but what fills their places, and words that scripts read. */
        if (kind == REASON_CALL || kind == REASON_STATE || kind == REASON_REFUSED)
            continue;
        print_message("%s\n", english);
        assert_ptr_not_equal(words_get(LANGUAGE_FR, english), english);
    }
}

/* In the order of the gate's rules, then what waits, ended, or an agent says. */
static const struct {
    const char *english;
    const char *french;
} rows[] = {
    { "this needs the role operator; yours is viewer",
      "il faut le rôle operator ; le vôtre est viewer" },
    { "no agent of that name; !agents lists them", "pas d'agent de ce nom ; !agents les liste" },
    { "no agent of that name; nearest: web1, web2",
      "pas d'agent de ce nom ; le plus proche : web1, web2" },
    { "its key is not trusted yet; an admin types !accept <agent> <fingerprint start>",
      "sa clé n'a pas encore la confiance d'un admin, qui tape !accept <agent> <début de "
      "l'empreinte>" },
    { "agent1 is asleep; !agentsON wakes it", "agent1 dort ; !agentsON le réveille" },
    { "it is paused; !agentON web1 resumes it",
      "il est en pause ; !agentON web1 le remet au travail" },
    { "it has no shell and no such skill; its skills: apt.update, apt.upgrade",
      "il n'a ni shell ni cette compétence ; ses compétences : apt.update, apt.upgrade" },
    { "it has no shell and no such skill; nearest: apt.update; its skills: apt.update, apt.upgrade",
      "il n'a ni shell ni cette compétence ; la plus proche : apt.update ; ses compétences : "
      "apt.update, apt.upgrade" },
    { "service.restart: unit is missing; expected service.restart(unit)",
      "service.restart: unit manque ; attendu : service.restart(unit)" },
    { "service.restart: unit: \"-x\": expected the name of a systemd unit, not beginning with '-' "
      "or '@'",
      "service.restart: unit: « -x » : attendu : le nom d'une unité systemd, sans « - » ni « @ » "
      "au "
      "début" },
    { "shell takes a command of your own: @web1 uptime, not the word shell",
      "shell attend une commande à vous : @web1 uptime, et non le mot shell" },
    { "it has no shell and no skills", "il n'a ni shell ni compétences" },
    { "rule 2 of policy.json forbids it", "la règle 2 de policy.json l'interdit" },
    { "rule 2 of policy.json forbids it: the freeze",
      "la règle 2 de policy.json l'interdit : the freeze" },
    { "blackout hours 02:00-05:00 (backup)", "heures interdites 02:00-05:00 (backup)" },
    { "outside its work hours 08:00-18:00 mon,tue,wed",
      "hors de ses heures de travail 08:00-18:00 lun,mar,mer" },
    { "it is offline since 14:02", "il est hors ligne depuis 14:02" },
    { "it is offline since 2026-11-19 14:02", "il est hors ligne depuis le 19/11 à 14:02" },
    { "it is offline since 2025-11-19 14:02", "il est hors ligne depuis le 19/11/2025 à 14:02" },
    { "it has not been seen yet", "il n'a pas encore été vu" },
    { "100 runs wait for it already", "100 tâches l'attendent déjà" },
    { "work of high risk needs an approval", "un travail de risque high exige une approbation" },
    { "work of high risk needs an approval of a second user: the freeze",
      "un travail de risque high exige l'approbation d'une deuxième personne : the freeze" },

    { "blackout hours 02:00-05:00; starts 2026-11-21 05:00 CET",
      "heures interdites 02:00-05:00 ; départ : le 21/11 à 05:00 CET" },
    { "approved by ana: it is paused; !agentON web1 resumes it; waits until 2026-11-21 14:13 UTC",
      "approuvée par ana : il est en pause ; !agentON web1 le remet au travail ; attend, au plus "
      "tard : le 21/11 à 14:13 UTC" },
    { "rule 2 of policy.json needs an approval: four eyes; !approve 7 or !reject 7; expires 15:13; "
      "there is no second user: a rule of policy.json with \"second\": false lets you approve "
      "yourself what is asked after it",
      "la règle 2 de policy.json exige une approbation : four eyes ; !approve 7 ou !reject 7 ; "
      "échéance : 15:13 ; il n'y a pas de deuxième personne : une règle de policy.json avec "
      "\"second\": false vous laisse approuver vous-même ce qui est demandé ensuite" },
    { "refused (paused): it is paused; !agentON web1 resumes it",
      "refused (paused): il est en pause ; !agentON web1 le remet au travail" },
    { "refused (blackout): blackout hours 02:00-05:00; next: 05:00 CET",
      "refused (blackout): heures interdites 02:00-05:00 ; prochaine possibilité : 05:00 CET" },
    { "expired (its agent was not there in time)", "expired (son agent n'était pas là à temps)" },
    { "by ana: not today", "par ana : not today" },
    { "work hours 08:00-18:00 mon; opens 2026-11-23 08:00 CET",
      "hors de ses heures de travail 08:00-18:00 lun ; reprise : le 23/11 à 08:00 CET" },
    { "dry run: would start: /bin/true", "essai à blanc : lancerait : /bin/true" },

    { "words of another version", "words of another version" },
    { "", "" },
};

static void each_reads_as_a_sentence(void **state)
{
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = french(rows[i].english);
        Core core = { .language = LANGUAGE_EN };
        g_autofree char *english = reason_words(&core, rows[i].english);

        assert_string_equal(text, rows[i].french);
        assert_string_equal(english, rows[i].english);
    }
}

static void a_run_is_described(void **state)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_utc();
    Core core = { .language = LANGUAGE_FR, .zone = zone, .now_ms = NOW_MS };
    g_autoptr(Run) run = run_new("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1);
    g_autofree char *without = NULL;
    g_autofree char *paused = NULL;

    (void)state;
    run->state = RUN_REJECTED;
    without = reason_words_run(&core, run);
    assert_string_equal(without, "refused: l'agent n'a pas donné de raison");
    run->outcome.rule = g_strdup("paused");
    run->outcome.reason = g_strdup("this agent is paused");
    paused = reason_words_run(&core, run);
    assert_string_equal(paused, "refused (paused): cet agent est en pause");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_has_its_french),
        cmocka_unit_test(each_reads_as_a_sentence),
        cmocka_unit_test(a_run_is_described),
    };

    return cmocka_run_group_tests_name("reason_words", tests, NULL, NULL);
}
