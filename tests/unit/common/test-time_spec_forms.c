/* What time specs may look like: every form and its canonical one, what is wrong with others, and
 * any calendar there and back. */
#include "common/data/time_spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "tests/unit/common/time_forms.h"

#include "common/base/banned.h"

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(time_forms); i++) {
        TimeSpec spec = time_form_parse(time_forms[i].text);
        g_autofree char *printed = time_spec_print(&spec);
        TimeSpec again = time_form_parse(printed);
        g_autofree char *printed_again = time_spec_print(&again);

        if (!g_str_equal(printed, time_forms[i].canonical))
            fail_msg("%s: \"%s\"", time_forms[i].text, printed);
        assert_true(time_spec_equal(&spec, &again));
        assert_string_equal(printed_again, printed);
    }
}

static const struct {
    const char *text;
    const char *message;
} refused[] = {
    { "", "character 1: found the end, expected a time such as \"daily 03:00\"" },
    { "   ", "character 4: found the end, expected a time such as" },
    { "whenever", "character 1: found \"whenever\", expected a time such as" },
    { "20m", "character 1: found \"20m\", expected \"in 20m\", or \"every 20m\" to have it again "
             "and again" },
    { " 30 min ", "character 2: found \"30\", expected \"in 30 min\", or \"every 30 min\"" },
    { "90s", "character 1: found \"90s\", expected \"in 90s\", or \"every 90s\"" },
    { "20m x", "character 3: found \"m\", expected a colon and minutes" },
    { "daily 25:00", "character 7: found \"25:00\", expected an hour from 0 to 23" },
    { "daily 24:00", "character 7: found \"24:00\", expected an hour from 0 to 23; midnight" },
    { "at 24:00", "character 4: found \"24:00\", expected an hour from 0 to 23; midnight" },
    { "daily 12:60", "character 10: found \"60\", expected minutes from 0 to 59" },
    { "mon..fri 9 ",
      "character 11: found the end, expected a colon and minutes, as in \"mon..fri 09:00\"" },
    { "tous les jours 9",
      "character 17: found the end, expected a colon and minutes, as in \"daily 09:00\"" },
    { "8pm", "character 1: found \"8pm\", expected \"at 20:00\", or \"daily 20:00\" to have it" },
    { "8 du soir", "character 1: found \"8 du soir\", expected \"at 20:00\", or \"daily 20:00\"" },
    { " 9 ",
      "character 2: found \"9\", expected \"at 09:00\", or \"daily 09:00\" to have it every day" },
    { "at 0am", "character 4: found \"0am\", expected an hour from 1 to 12, as in \"at 8pm\"" },
    { "at 13am", "character 4: found \"13am\", expected an hour from 1 to 12" },
    { "mon 9",
      "character 6: found the end, expected a colon and minutes, as in \"weekly mon 09:00\"" },
    { "demain 9",
      "character 9: found the end, expected a colon and minutes, as in \"at tomorrow 09:00\"" },
    { "daily 12 3", "character 10: found \"3\", expected a colon and minutes" },
    { "daily 12 foo", "character 10: found \"foo\", expected nothing more" },
    { "two hours",
      "character 1: found \"two\", expected \"in two hours\", or \"every two hours\"" },
    { "une demi-heure", "character 1: found \"une\", expected \"in une demi-heure\"" },
    { "in a", "character 5: found the end, expected a unit" },
    { "in half", "character 4: found \"half\", expected a number and a unit" },
    { "every quarter", "character 7: found \"quarter\", expected a number and a unit" },
    { "in an hour and", "character 12: found \"and\", expected nothing more" },
    { "tonight",
      "character 8: found the end, expected a time of day with it, as in \"tonight 20:00\"" },
    { "ce soir",
      "character 8: found the end, expected a time of day with it, as in \"ce soir 20:00\"" },
    { "demain matin, backup", "character 15: found \"backup\", expected a time of day with it, as "
                              "in \"demain matin 08:00\"" },
    { "every monday night at 2", "character 23: found \"2\", expected a time before midnight" },
    { "ce soir à 2h",
      "character 11: found \"2h\", expected a time of that part of the day, from 17:00 to 00:00" },
    { "tonight at 8am", "character 12: found \"8am\", expected a time of that part of the day" },
    { "demain matin à 14h",
      "character 16: found \"14h\", expected a time of that part of the day, from 00:00 to 11:59" },
    { "next week", "character 6: found \"week\", expected \"next monday 09:00\", \"this morning" },
    { "this monday 9:00", "character 6: found \"monday\", expected \"next monday 09:00\"" },
    { "next friday",
      "character 12: found the end, expected a time of day with it, as in \"next friday 08:00\"" },
    { "yesterday 08:00",
      "character 1: found \"yesterday\", expected a time to come, for that is past" },
    { " hier à 8h", "character 2: found \"hier\", expected a time to come" },
    { "daily 12:", "character 10: found the end, expected minutes" },
    { "daily at", "character 9: found the end, expected a time of day" },
    { "daily lundi", "character 7: found \"lundi\", expected a time of day" },
    { "daily 03:00:30", "character 13: found \"30\", expected no seconds but :00" },
    { "daily 03:00 Europe/Paris", "character 13: found \"Europe/Paris\", expected nothing more "
                                  "(a time zone is called as Europe/Paris is)" },
    { "daily 03:00 CET",
      "character 13: found \"CET\", expected nothing more (a time zone is called" },
    { "daily 03:00 please", "character 13: found \"please\", expected nothing more" },
    { "every two days at 9",
      "character 16: found \"at\", expected nothing more, for a length of time" },
    { "at 9 on monday", "character 6: found \"on\", expected nothing more" },
    { "at 9 every", "character 6: found \"every\", expected nothing more" },
    { "daily 03:00 04:00", "character 13: found \"04:00\", expected nothing more" },
    { "tous les jours à 25h", "character 18: found \"25h\", expected an hour" },
    { "tous jours 3h", "character 6: found \"jours\", expected \"les\"" },
    { "weekly lundo 08:00", "character 8: found \"lundo\", expected a day of the week" },
    { "weekly 08:00", "character 8: found \"08:00\", expected a day of the week" },
    { "weekly lun", "character 11: found the end, expected a time of day" },
    { "weekly lun,", "character 12: found the end, expected a day of the week" },
    { "weekly mars 8h30", "character 8: found \"mars\", expected a day of the week" },
    { "weekly mars 08:00", "character 8: found \"mars\", expected a day of the week" },
    { "chaque matin",
      "character 13: found the end, expected a time of day with it, as in \"chaque matin 08:00\"" },
    { "every evening at 8am",
      "character 18: found \"8am\", expected a time of that part of the day" },
    { "le 15",
      "character 6: found the end, expected \"of the month\" for each month, or the name of one" },
    { "le 9 à 10h", "character 6: found \"à\", expected \"of the month\"" },
    { "the 15th at 8", "character 10: found \"at\", expected \"of the month\"" },
    { "last friday of the month at 6pm",
      "character 1: found \"last\", expected a day that every month has" },
    { "now", "character 1: found \"now\", expected a time to come, for what is to be done now" },
    { "mon-fri 9-17",
      "character 9: found \"9-17\", expected \"*-09-17\" to have it every year, or" },
    { "in two and a half days", "character 19: found \"days\", expected a unit" },
    { "Mon..Fro 09:00", "character 6: found \"Fro\", expected a day of the week" },
    { "0 3 * *", "character 8: found the end, expected the day of the week" },
    { "0 3 * * * *", "character 11: found \"*\", expected nothing more" },
    { "60 * * * *", "character 1: found \"60\", expected the minute, 0 to 59" },
    { "* 24 * * *", "character 3: found \"24\", expected the hour, 0 to 23" },
    { "* * 0 * *", "character 5: found \"0\", expected the day of the month" },
    { "* * 32 * *", "character 5: found \"32\", expected the day of the month" },
    { "* * * 13 *", "character 7: found \"13\", expected the month" },
    { "* * * foo *", "character 7: found \"foo\", expected the month" },
    { "* * * * 8", "character 9: found \"8\", expected the day of the week" },
    { "* * * * mon#1", "character 12: found \"#1\", expected a space" },
    { "* * L * *", "character 5: found \"L\", expected the day of the month" },
    { "*/0 * * * *", "character 3: found \"0\", expected a step" },
    { "*/60 * * * *", "character 3: found \"60\", expected a step" },
    { "5/15 * * * *", "character 1: found \"5/15\", expected a range before the step" },
    { "30-10 * * * *", "character 1: found \"30-10\", expected a range from less to more" },
    { "* 22-6 * * *", "character 3: found \"22-6\", expected a range from less to more" },
    { "1,,2 * * * *", "character 3: found \",2\", expected the minute" },
    { "99999999999 * * * *", "character 1: found \"99999999999\", expected the minute" },
    { "@reboot", "character 2: found \"reboot\", expected @hourly" },
    { "@daily 03:00", "character 8: found \"03:00\", expected nothing more" },
    { "2026-*-01 04:00", "character 6: found \"*-01\", expected a date of 1970 to 2100" },
    { "Mon 2026-12-01 04:00", "character 5: found \"2026-12-01\", expected a \"*\" for the year" },
    { "*-13-01 04:00", "character 3: found \"13-01\", expected a month" },
    { "*-*-32 04:00", "character 5: found \"32\", expected a day" },
    { "every 6", "character 8: found the end, expected a unit" },
    { "every 6x", "character 8: found \"x\", expected a unit" },
    { "every 30min 1h", "character 14: found \"h\", expected a smaller unit" },
    { "every 1h 1h", "character 11: found \"h\", expected a smaller unit" },
    { "every 0s", "character 7: found \"0s\", expected from one second to" },
    { "every -6h", "character 7: found \"-6h\", expected a number and a unit" },
    { "every 1.5h", "character 8: found \".5h\", expected a unit" },
    { "every 3651d", "character 7: found \"3651d\", expected from one second" },
    { "every 9999999999h", "character 7: found \"9999999999h\", expected a number" },
    { "every", "character 6: found the end, expected a number and a unit" },
    { "in", "character 3: found the end, expected a number and a unit" },
    { "in 20", "character 6: found the end, expected a unit" },
    { "at 2026-02-30T08:00", "character 4: found \"2026-02-30T08:00\", expected a day that this "
                             "month has: its last one is 2026-02-28" },
    { "at 2028-02-30", "character 4: found \"2028-02-30\", expected a day that this month has: its "
                       "last one is 2028-02-29" },
    { "at 2026-00-10T08:00", "character 4: found \"2026-00-10T08:00\", expected a month" },
    { "at 2026-13-01T08:00", "character 4: found \"2026-13-01T08:00\", expected a month" },
    { "le 31 février", "character 4: found \"31 février\", expected a day that this month has, as "
                       "in \"at 28 Feb 08:00\"" },
    { "le 31 février à 8h", "character 4: found \"31 février\", expected a day that this month "
                            "has, as in \"at 28 Feb 08:00\"" },
    { "31 avril, chaque année", "character 1: found \"31 avril\", expected a day that this month "
                                "has: \"*-04-30\" is there every year" },
    { "February 31", "character 1: found \"February 31\", expected a day that this month has, as "
                     "in \"at 28 Feb 08:00\"" },
    { "30 Feb 9:30", "character 1: found \"30 Feb\", expected a day that this month has, as in "
                     "\"at 28 Feb 09:30\"" },
    { "le 31 avril à 9h", "character 4: found \"31 avril\", expected a day that this month has, as "
                          "in \"at 30 Apr 09:00\"" },
    { "on the 31st of April 2027", "character 8: found \"31st of April 2027\", expected a day that "
                                   "this month has: its last one is 2027-04-30" },
    { "le 0 mai", "character 4: found \"0 mai\", expected a day from 1 to 31" },
    { "29 February",
      "character 1: found \"29 February\", expected \"at 29 Feb 08:00\" to have it once, in the "
      "next leap year, \"*-02-29\" in each, or \"*-02-28\" every year" },
    { "chaque année le 29 févr. à 8h",
      "character 17: found \"29 févr.\", expected \"at 29 Feb 08:00\" to have it once, in the next "
      "leap year, \"*-02-29 08:00\" in each, or \"*-02-28 08:00\" every year" },
    { "le 29 février 2027", "character 4: found \"29 février 2027\", expected a day that this "
                            "month has: its last one is 2027-02-28" },
    { "15 avril", "character 1: found \"15 avril\", expected \"*-04-15\" to have it every year, or "
                  "\"at 15 Apr 08:00\" to have it once" },
    { "chaque année le 15/04 à 9h", "character 17: found \"15/04\", expected \"*-04-15 09:00\" to "
                                    "have it every year, or \"at 15 Apr 09:00\"" },
    { "28/11", "character 1: found \"28/11\", expected \"*-11-28\" to have it every year" },
    { "sat 28 Nov 8pm", "character 1: found \"sat\", expected the date without a day of the week, "
                        "\"at 28 Nov 20:00\"" },
    { "le 31 février à 8pm",
      "character 4: found \"31 février\", expected a day that this month has" },
    { "28 nov each year at 9:00", "character 1: found \"28 nov\", expected \"*-11-28 09:00\" to "
                                  "have it every year, or \"at 28 Nov 09:00\"" },
    { "every 6h from 28 Nov", "character 15: found \"28 Nov\", expected \"*-11-28\" to have it" },
    { "28 Nov each week 2", "character 8: found \"each\", expected one time of day" },
    { "on 28 Nov at 25:00", "character 14: found \"25:00\", expected an hour from 0 to 23" },
    { "28 Nov soon", "character 8: found \"soon\", expected one time of day" },
    { "28 Nov 14:02 please", "character 14: found \"please\", expected nothing more" },
    { "sat 28 Nov 14:02",
      "character 1: found \"sat\", expected the date without a day of the week, "
      "\"at 28 Nov 14:02\"" },
    { "on saturday, the 28th of November at 14:02",
      "character 4: found \"saturday\", expected the date without a day of the week, "
      "\"at 28 Nov 14:02\"" },
    { "lundi 5 mars 8h",
      "character 1: found \"lundi\", expected the date without a day of the week, "
      "\"at 5 Mar 08:00\"" },
    { "le mar 3 avril à 9", "character 4: found \"mar\", expected the date without a day of the "
                            "week, \"at 3 Apr 09:00\"" },
    { "sat. 28/11/2026 14:02", "character 1: found \"sat\", expected the date without a day of the "
                               "week, \"at 2026-11-28T14:02\"" },
    { "sat 28 Nov", "character 1: found \"sat\", expected the date without a day of the week, "
                    "\"at 28 Nov 08:00\"" },
    { "sat 28 Nov soon", "character 1: found \"sat\", expected the date without a day of the week, "
                         "\"28 Nov\"" },
    { "sat 31 Feb 8:00", "character 5: found \"31 Feb\", expected a day that this month has" },
    { "11/28T08:00", "character 1: found \"11/28\", expected \"at 28 Nov 08:00\"" },
    { "on 05/06 at 8:00", "character 4: found \"05/06\", expected \"at 5 Jun 08:00\" or \"at 6 May "
                          "08:00\", for either number may be the month" },
    { "05/06", "character 1: found \"05/06\", expected \"at 5 Jun 08:00\" or \"at 6 May 08:00\"" },
    { "11/28 14:02",
      "character 1: found \"11/28\", expected \"at 28 Nov 14:02\", for of two numbers "
      "the first counts as the day" },
    { "le 31/02 à 8h", "character 4: found \"31/02\", expected a day that this month has, as in "
                       "\"at 28 Feb 08:00\"" },
    { "le 28/13 à 8h", "character 4: found \"28/13\", expected a month from 1 to 12" },
    { "45/2 8:00", "character 1: found \"45/2\", expected a day that this month has" },
    { "28/11/2026", "character 1: found \"28/11/2026\", expected the date in figures, as in \"at "
                    "2026-11-28 08:00\"" },
    { "le 28/11/1902 à 8h", "character 4: found \"28/11/1902\", expected a date of 1970 to 2100" },
    { "le mar 3 à 9h", "character 10: found \"à\", expected a colon and minutes" },
    { "15/5 * * * *", "character 1: found \"15/5\", expected a range before the step" },
    { "15/5 3 * * *", "character 1: found \"15/5\", expected a range before the step" },
    { "yearly may the 4th", "character 8: found \"may the 4th\", expected \"*-05-04\" to have" },
    { "03/04/2027 08:00", "character 1: found \"03/04/2027\", expected \"at 2027-04-03T08:00\" or "
                          "\"at 2027-03-04T08:00\", for either number may be the month" },
    { "05-06-2027 9:30", "character 1: found \"05-06-2027\", expected \"at 2027-06-05T09:30\" or "
                         "\"at 2027-05-06T09:30\"" },
    { "11/28/2026 08:00", "character 1: found \"11/28/2026\", expected \"at 2026-11-28T08:00\", "
                          "for of two numbers the first" },
    { "05-06 8:00",
      "character 1: found \"05-06\", expected \"at 6 May 08:00\" or \"at 5 Jun 08:00\", for either "
      "number may be the month; for every year a \"*-\" stands before month and day" },
    { "mon 05-06 8:00",
      "character 5: found \"05-06\", expected \"at 6 May 08:00\" or \"at 5 Jun 08:00\"" },
    { "05-06", "character 1: found \"05-06\", expected \"at 6 May 08:00\" or" },
    { "2-01T02026-12-01T08:00",
      "character 1: found \"2-01T02026-12-01T08:00\", expected a \"*\" for the year" },
    { "28-11 14:02", "character 1: found \"28-11\", expected \"*-11-28 14:02\" to have it every "
                     "year, or \"at 28 Nov 14:02\" to have it once" },
    { "28-11", "character 1: found \"28-11\", expected \"*-11-28\" to have it every year, or" },
    { "12-25", "character 1: found \"12-25\", expected \"*-12-25\" to have it every year" },
    { "28-31 14:02", "character 1: found \"28-31\", expected a month from 1 to 12" },
    { "31/12 at 24:00", "character 10: found \"24:00\", expected an hour from 0 to 23; midnight" },
    { "31/12 24:00", "character 7: found \"24:00\", expected an hour from 0 to 23" },
    { "29/02 at 25h", "character 10: found \"25h\", expected an hour from 0 to 23" },
    { "28/11 at 12:60", "character 13: found \"60\", expected minutes from 0 to 59" },
    { "28 Nob",
      "character 4: found \"Nob\", expected a month, jan … dec, as in \"at 28 Nov 08:00\"" },
    { "28 Nov 9",
      "character 9: found the end, expected a colon and minutes, as in \"at 28 Nov 09:00\"" },
    { "28 Nob 14:02",
      "character 4: found \"Nob\", expected a month, jan … dec, as in \"at 28 Nov 14:02\"" },
    { "le 28 novmbre à 9h",
      "character 7: found \"novmbre\", expected a month, jan … dec, as in \"at 28 Nov 09:00\"" },
    { "on the 3rd of Ocotber at 9", "character 15: found \"Ocotber\", expected a month" },
    { "15 day 9:00", "character 4: found \"day\", expected a colon and minutes" },
    { "every 3 mon 9:00", "character 9: found \"mon\", expected a unit" },
    { "le 31/02/2027", "character 4: found \"31/02/2027\", expected a day that this month has: its "
                       "last one is 2027-02-28" },
    { "le 31", "character 6: found the end, expected \"of the month\"" },
    { "le 32", "character 4: found \"32\", expected a day from 1 to 31" },
    { "le cinquième lundi du mois", "character 4: found \"cinquième\", expected the first to "
                                    "fourth of a weekday" },
    { "0 25 1 may *", "character 3: found \"25\", expected the hour" },
    { "at 2026-12-257T08:00", "character 4: found \"2026-12-257T08:00\", expected a date" },
    { "at 1969-12-31T08:00", "character 4: found \"1969-12-31T08:00\", expected a date" },
    { "at 2101-01-01T00:00", "character 4: found \"2101-01-01T00:00\", expected a date" },
    { "at 1970-01-01T00:00+01:00", "character 4: found \"1970-01-01T00:00+01:00\", expected an "
                                   "instant" },
    { "at 2026-12-01", "character 14: found the end, expected one time of day" },
    { "at 2026-12-01T08:00+1", "character 22: found the end, expected Z or an offset" },
    { "at *:00", "character 4: found \"*:00\", expected one time of day" },
    { "tomorrow",
      "character 9: found the end, expected a time of day with it, as in \"tomorrow 08:00\"" },
    { "du lundi à 9h", "character 10: found \"à\", expected \"to\" or \"au\" and another day" },
    { "du lundi au vendrdi à 9h", "character 13: found \"vendrdi\", expected a day of the week" },
    { "from 9:00 to 17:00", "character 6: found \"9:00\", expected a day of the week" },
    { "lundi à vendrdi 9h", "character 9: found \"vendrdi\", expected a time of day" },
    { "chaque lundi et jeuid à 18h", "character 17: found \"jeuid\", expected a day of the week" },
    { "tous les jours ouvrables à 9h",
      "character 16: found \"ouvrables\", expected a time of day" },
    { "tous les jours sauf dimanche", "character 16: found \"sauf\", expected a time of day" },
    { "on monday at 9:00", "character 4: found \"monday\", expected \"every monday\"" },
    { "le 32 du mois à 8h", "character 4: found \"32\", expected a day from 1 to 31" },
    { "le 1er à 8h", "character 8: found \"à\", expected \"of the month\"" },
    { "le 1er du mois", "character 15: found the end, expected a time of day" },
    { "le 5e lundi du mois à 9h", "character 4: found \"5e\", expected the first to fourth" },
    { "le dernier jour du mois à 8h", "character 4: found \"dernier\", expected a day that every "
                                      "month has" },
    { "on the last day of the month at 8:00", "character 8: found \"last\", expected a day that" },
    { "chaque mois", "character 12: found the end, expected a day of the month" },
    { "every month", "character 12: found the end, expected a day of the month" },
    { "en avril", "character 4: found \"avril\", expected \"semaine\"" },
    { "daily \xff", "expected a text in UTF-8" },
};

static void test_refused(void **state)
{
    g_autofree char *long_text = g_strnfill(TIME_SPEC_MAX_CHARS + 1, ' ');
    g_autoptr(GError) long_error = NULL;
    TimeSpec spec = { .at_s = 7 };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        g_autoptr(GError) error = NULL;

        if (time_spec_parse(refused[i].text, &spec, &error))
            fail_msg("%s: accepted", refused[i].text);
        if (!g_str_has_prefix(error->message, refused[i].message))
            fail_msg("%s: \"%s\"", refused[i].text, error->message);
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_SYNTAX));
        assert_int_equal(spec.at_s, 7);
    }
    assert_false(time_spec_parse(long_text, &spec, &long_error));
    assert_true(g_error_matches(long_error, PROBLEM, PROBLEM_LIMIT));
}

/* Any calendar prints to a text that reads back as the same. */
static void test_any_calendar(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(5);

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        Calendar calendar = {
            .minutes = (uint64_t)g_rand_int(random) << 28 & g_rand_int(random) * UINT64_C(0x10001),
            .hours = g_rand_int(random) & g_rand_int(random),
            .days = g_rand_boolean(random) ? DAYS_ALL : g_rand_int(random),
            .months = g_rand_boolean(random) ? MONTHS_ALL : g_rand_int(random),
            .weekdays = g_rand_boolean(random) ? 0x7f : g_rand_int(random),
        };
        TimeSpec spec = { .kind = TIME_SPEC_CALENDAR };
        TimeSpec again;
        g_autofree char *printed = NULL;

        if (g_rand_boolean(random))
            calendar.minutes = UINT64_C(1) << g_rand_int_range(random, 0, 60);
        if (g_rand_boolean(random))
            calendar.hours = 1U << g_rand_int_range(random, 0, 24);
        calendar.minutes = (calendar.minutes & MINUTES_ALL) | 1;
        calendar.hours = (calendar.hours & HOURS_ALL) | 1U << 5;
        calendar.days = (calendar.days & DAYS_ALL) | 1U << 7;
        calendar.months = (calendar.months & MONTHS_ALL) | 1U << 2;
        calendar.weekdays = (calendar.weekdays & 0x7f) | 1U << 3;
        calendar.is_either =
            g_rand_boolean(random) && calendar.days != DAYS_ALL && calendar.weekdays != 0x7f;
        spec.calendar = calendar;
        printed = time_spec_print(&spec);
        again = time_form_parse(printed);
        if (!time_spec_equal(&spec, &again))
            fail_msg("%s", printed);
    }
}

/* So does any day without a year, and what people write of it is that day. */
static void test_any_day(void **state)
{
    (void)state;
    for (int month = 1; month <= 12; month++) {
        for (int day = 1; day <= g_date_get_days_in_month((GDateMonth)month, 2000); day++) {
            int minute = (day * 67 + month * 131) % 1440;
            TimeSpec spec = { .kind = TIME_SPEC_AT_DATE,
                              .calendar = { .minutes = UINT64_C(1) << minute % 60,
                                            .hours = 1U << minute / 60,
                                            .days = 1U << day,
                                            .months = 1U << month,
                                            .weekdays = 0x7f } };
            g_autofree char *printed = time_spec_print(&spec);
            g_autofree char *typed =
                g_strdup_printf("le %d/%d à %dh%02d", day, month, minute / 60, minute % 60);
            TimeSpec again = time_form_parse(printed);

            assert_true(time_spec_equal(&spec, &again));
            again = time_form_parse(typed);
            if (!time_spec_equal(&spec, &again))
                fail_msg("%s", typed);
        }
    }
}

/* And any day that is counted from now. */
static void test_any_near_day(void **state)
{
    (void)state;
    for (int minute = 0; minute < 1440; minute += 7) {
        for (int day = 0; day < 10; day++) {
            TimeSpec spec = { .kind = day < 7 ? TIME_SPEC_AT_WEEKDAY : TIME_SPEC_AT_DAY,
                              .day = day % 7,
                              .at_s = minute * 60 };
            g_autofree char *printed = time_spec_print(&spec);
            TimeSpec again = time_form_parse(printed);

            if (!time_spec_equal(&spec, &again))
                fail_msg("%s", printed);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_any_calendar), cmocka_unit_test(test_any_day),
        cmocka_unit_test(test_any_near_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
