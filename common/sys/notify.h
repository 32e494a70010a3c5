/* The service manager (sd_notify(3)): READY, RELOADING, STOPPING, STATUS and the watchdog, which is
 * fed by the main loop at half its interval. Everything is a no-op outside systemd. */
#ifndef COMMON_SYS_NOTIFY_H
#define COMMON_SYS_NOTIFY_H

void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/* One line for `systemctl status`. */
void notify_status(const char *text);

/* Starts feeding the watchdog from the default main context, where one is configured. */
void notify_start_watchdog(void);

#endif
