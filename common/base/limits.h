/*
 * Every bound of the product in one place.
 *
 * Nothing that comes from outside sizes an allocation, a queue or a loop before it met one of
 * these. The figures of the wire are part of the protocol; the others are this program's own.
 */
#ifndef COMMON_BASE_LIMITS_H
#define COMMON_BASE_LIMITS_H

/* Names and texts. */
#define AGENT_NAME_MAX_CHARS 32
#define SESSION_MIN_CHARS    16
#define SESSION_MAX_CHARS    32
#define ULID_CHARS           26
#define TASK_TEXT_MAX_BYTES  (64 * 1024)
#define CHAT_TEXT_MAX_BYTES  (128 * 1024)
#define LABEL_MAX_BYTES      256
#define TIME_SPEC_MAX_CHARS  256
#define SHOWN_MAX_CHARS      60 /* of a text from outside, where a message repeats it */

/* The wire: a body of at most 190 KiB, which base64 and the header line make 4/3 as long. */
#define BODY_MAX_BYTES           (190 * 1024)
#define FRAME_MAX_BYTES          (256 * 1024)
#define JSON_MAX_DEPTH           32
#define UNKNOWN_KEY_FRAMES_PER_S 20
#define CHAT_CLOCK_SKEW_MAX_MS   (60 * 1000)
#define CHAT_EXPIRES_MAX_MS      (5 * 60 * 1000)

/* Files that people write. */
#define CONFIG_MAX_BYTES   (1024 * 1024)
#define REGISTRY_MAX_BYTES (8 * 1024 * 1024)
#define TASKS_MAX_BYTES    (64 * 1024 * 1024)
#define SECRET_MAX_BYTES   4096

/* Runs. */
#define AGENTS_MAX               10000
#define QUEUE_MAX_PER_AGENT      100
#define SKILLS_MAX_VALUES        4096 /* JSON values in what one agent offers */
#define TARGETS_MAX              1000
#define PLAN_STEPS_MAX           50 /* as written; one may stand for several agents */
#define TRIGGERS_MAX_PER_MESSAGE 20
#define OUTPUT_HEAD_BYTES        (16 * 1024)
#define OUTPUT_TAIL_BYTES        (48 * 1024)
#define OUTPUT_FETCH_BYTES       (128 * 1024)
#define PROGRESS_TAIL_BYTES      2048
#define TOMBSTONE_KEPT_MS        (7 * 24 * 3600 * INT64_C(1000))

/* People and keys who wait. */
#define WAITING_MAX           100
#define WAITING_KEYS_PER_NAME 8
#define WAITING_KEPT_MS       (24 * 3600 * INT64_C(1000))

/* What people have remembered. */
#define MEMORIES_MAX           10000
#define MEMORIES_OF_ONE_MAX    2000 /* that one person wrote */
#define MEMORY_KEY_MAX_CHARS   64
#define MEMORY_HALF_LIFE_MS    (90 * 24 * 3600 * INT64_C(1000)) /* of how well it is found */
#define MEMORY_VALUE_MAX_BYTES (8 * 1024)
#define MEMORY_NEAR_MIN        0.5 /* cosine from which a note has to do with what is asked */

/* What people publish and hear on MQTT by chat. */
#define PUBLISH_MAX_BYTES      (64 * 1024)
#define PUBLICATIONS_MAX       100 /* that the broker has not answered */
#define PUBLISH_WAIT_MS        (60 * INT64_C(1000))
#define SUBSCRIPTIONS_MAX      10
#define LISTEN_COUNT_DEFAULT   10
#define LISTEN_COUNT_MAX       100
#define LISTEN_TIME_DEFAULT_MS (10 * 60 * INT64_C(1000))
#define LISTEN_TIME_MAX_MS     (24 * 3600 * INT64_C(1000))

/* Pages of the web that are read, and searches. */
#define PAGES_AT_ONCE          4
#define PAGES_WAITING          32
#define PAGE_TEXT_MAX_BYTES    (32 * 1024)
#define PAGE_TITLE_MAX_CHARS   200
#define PAGE_WHY_MAX_CHARS     200
#define PAGE_ADDRESS_MAX_BYTES 2048
#define PAGE_QUERY_MAX_BYTES   1000
#define PAGE_FETCH_MAX_BYTES   (4 * 1024 * 1024) /* once it is unpacked */
#define PAGE_HOPS_MAX          5
#define PAGE_CONNECT_MS        (5 * INT64_C(1000))
#define PAGE_TIME_MS           (20 * INT64_C(1000))
#define PAGE_GRACE_MS          (5 * INT64_C(1000)) /* to begin and to tell of it */
#define SEARCH_RESULTS_DEFAULT 5
#define SEARCH_RESULTS_MAX     20
#define PRIVATE_HOSTS_MAX      50

/* Looking for a newer version. */
#define UPDATE_CHECK_MS (60 * INT64_C(1000)) /* git, with all that it waits for */
#define UPDATE_WAIT_MS  (90 * INT64_C(1000)) /* for an agent's answer */
#define UPDATE_ASKERS   16                   /* who wait for one look */
#define UPDATE_ROUNDS   100                  /* questions of people under way */

/* Time. */
#define RECONNECT_MAX_MS         (30 * 1000)
#define DEAF_MIN_MS              (10 * 1000) /* a connection that brings nothing is kept so long */
#define CLOCK_OFFSET_WARN_MS     (30 * 1000)
#define CRASHES_BEFORE_SET_ASIDE 3

#endif
