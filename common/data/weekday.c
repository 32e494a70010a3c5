#include "common/data/weekday.h"

#include "common/base/banned.h"

static const struct {
    const char *name;
    unsigned day;
} names[] = {
    { "mon", 0 },     { "monday", 0 },   { "lun", 0 },      { "lundi", 0 },    { "tue", 1 },
    { "tuesday", 1 }, { "mar", 1 },      { "mardi", 1 },    { "wed", 2 },      { "wednesday", 2 },
    { "mer", 2 },     { "mercredi", 2 }, { "thu", 3 },      { "thursday", 3 }, { "jeu", 3 },
    { "jeudi", 3 },   { "fri", 4 },      { "friday", 4 },   { "ven", 4 },      { "vendredi", 4 },
    { "sat", 5 },     { "saturday", 5 }, { "sam", 5 },      { "samedi", 5 },   { "sun", 6 },
    { "sunday", 6 },  { "dim", 6 },      { "dimanche", 6 },
};

static const char *const printed[DAYS_A_WEEK] = {
    "mon", "tue", "wed", "thu", "fri", "sat", "sun",
};

static const char *const printed_fr[DAYS_A_WEEK] = {
    "lun", "mar", "mer", "jeu", "ven", "sam", "dim",
};

bool weekday_parse(const char *name, unsigned *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_ascii_strcasecmp(name, names[i].name) == 0) {
            *out = names[i].day;
            return true;
        }
    }
    return false;
}

const char *weekday_name(unsigned day)
{
    g_assert(day < DAYS_A_WEEK);
    return printed[day];
}

const char *weekday_name_fr(unsigned day)
{
    g_assert(day < DAYS_A_WEEK);
    return printed_fr[day];
}
