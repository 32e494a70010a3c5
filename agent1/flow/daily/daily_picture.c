#include "agent1/flow/daily/daily_picture.h"

#include "agent1/flow/daily/daily_chart.h"
#include "agent1/flow/voice/uploads.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

void daily_picture_send(Core *core, const DailyText *what, const char *jids)
{
    g_autoptr(DayChart) chart = NULL;
    g_autofree char *text = NULL;
    g_autofree char *date = local_day_print(what->day);
    g_autofree char *name = g_strdup_printf("runs-%s.png", date);

    if (uploads_may_draw(core))
        chart = daily_chart(core, what->rows, what->from_ms, what->until_ms);
    if (!chart)
        return;
    text = day_chart_print(chart);
    uploads_begin_chart(core, name, text, jids);
}
