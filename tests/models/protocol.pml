/* The eventcount of bench/interface/eventcount.h, and memory with store buffers.
 *
 * Included by the models, which define N (processes), FLUSH(i) (what process i has stored reaches
 * memory) and, in each process, the locals `me`, `ok`, `mine`, `done`, `again`,
 * `seen`, `q`.
 *
 * Memory. A publication (a plain or release store: an item is complete, a place is free) waits in
 * the store buffer of its process until a fence of that process, a heavy fence of another one, or
 * any moment (process Memory). Everything else is an atomic read-modify-write or a load of memory.
 *
 * Faults, one at a time: -DNO_HEAVY, -DNO_LIGHT, -DCHECK_FIRST, -DBACK_ALWAYS, -DNO_HELP,
 * -DWOKEN_SLEEPS_ON.
 */
byte epoch[2], inside[2], waiting[2], waking[2]; /* of each eventcount: one word in the program */
byte sleeps_on[N];                    /* 1 + the eventcount on which process i sleeps; 0: awake */

#ifdef BETWEEN_PROCESSES /* both fences are full ones */
#ifdef NO_LIGHT
#define LIGHT skip
#else
#define LIGHT FLUSH(me)
#endif
#define HEAVY FLUSH(me)
#else /* threads of one process: membarrier */
#define LIGHT skip
#ifdef NO_HEAVY /* also: a membarrier that leaves out the CPUs of the others */
#define HEAVY FLUSH(me)
#else
#define HEAVY FLUSH(me); q = 0; do :: q < N -> FLUSH(q); q++ :: else -> q = 0; break od
#endif
#endif

/* futex_wake(1): any sleeper; the kernel's first come, first served is one of the choices. */
#define WAKE_ONE(e) atomic { \
    if \
    :: sleeps_on[0] == 1 + e -> sleeps_on[0] = 0 \
    :: sleeps_on[1] == 1 + e -> sleeps_on[1] = 0 \
    :: N > 2 && sleeps_on[2 % N] == 1 + e -> sleeps_on[2 % N] = 0 \
    :: N > 3 && sleeps_on[3 % N] == 1 + e -> sleeps_on[3 % N] = 0 \
    :: else \
    fi }

/* Where a claimer may lose its CPU, for good if the model says so. */
#ifndef LOSE_CPU
#define LOSE_CPU skip
#endif
#ifdef NO_HELP
#define HELP(e) skip
#else
#define HELP(e) WAKE_ONE(e)
#endif

#define LOOK(e) seen = (waiting[e] != 0 || waking[e] != 0)

#define ACT_ON_LOOK(e) \
    if \
    :: seen -> \
       if \
       :: atomic { waiting[e] != 0 -> \
            FLUSH(me); /* the claim is a release */ \
            waiting[e]--; waking[e]++; epoch[e]++ } \
          LOSE_CPU; WAKE_ONE(e); waking[e]-- \
       :: atomic { waiting[e] == 0 && waking[e] != 0 -> skip } HELP(e) \
       :: atomic { waiting[e] == 0 && waking[e] == 0 -> skip } \
       fi; \
       seen = 0 \
    :: else \
    fi

#define NOTIFY_ONE(e) LIGHT; LOOK(e); ACT_ON_LOOK(e)

#define NOTIFY_ALL(e) \
    FLUSH(me); \
    atomic { epoch[e]++; waiting[e] = 0 } \
    atomic { q = 0; do \
      :: q < N -> if :: sleeps_on[q] == 1 + e -> sleeps_on[q] = 0 :: else fi; q++ \
      :: else -> q = 0; break od }

/* The first time a waiter enters; each further time it counts in again, if not all are counted. */
#define COUNT_IN(e) atomic { \
    if \
    :: !again -> inside[e]++; waiting[e]++; again = 1 \
    :: again && waiting[e] < inside[e] -> waiting[e]++ \
    :: else \
    fi; \
    assert(waiting[e] <= inside[e]); \
    mine = epoch[e] }

#ifdef BACK_ALWAYS
#define LEAVE(e) atomic { \
    if :: waiting[e] > 0 -> waiting[e]-- :: else fi; \
    inside[e]--; mine = 0; again = 0 }
#else
#define LEAVE(e) atomic { \
    if :: waiting[e] == inside[e] -> waiting[e]-- :: else fi; \
    inside[e]--; mine = 0; again = 0 }
#endif

#ifdef CHECK_FIRST /* the check may be made before the count is visible */
#define COUNT_IN_AND_TRY(e, TRY) \
    if \
    :: skip -> TRY; COUNT_IN(e) \
    :: skip -> COUNT_IN(e) HEAVY; TRY \
    fi
#else
#define COUNT_IN_AND_TRY(e, TRY) COUNT_IN(e) HEAVY; TRY
#endif

/* A wake call may reach another sleeper than the one that was claimed. So whoever was woken counts in
 * again if it found nothing, even if its epoch stands. */
#ifdef WOKEN_SLEEPS_ON
#define AFTER_WAKEUP(e, TRY) \
    if \
    :: epoch[e] == mine -> TRY; if :: ok -> done = 1; break :: else fi \
    :: else -> break \
    fi
#else
#define AFTER_WAKEUP(e, TRY) break
#endif

#ifndef SIGNALS /* how often a sleeper may be woken by something else, e.g. a signal */
#define SIGNALS 0
#endif
byte signals = SIGNALS;

/* await(): TRY sets `ok`. The clock and the look at the other end are left out: they would repair
 * what the model is to find. */
#define AWAIT(e, TRY) \
    done = 0; \
    do \
    :: done -> done = 0; LEAVE(e) break \
    :: else -> \
       COUNT_IN_AND_TRY(e, TRY); \
       if \
       :: ok -> done = 1 \
       :: else -> \
          do \
          :: atomic { epoch[e] == mine -> sleeps_on[me] = 1 + e } \
             if \
             :: (sleeps_on[me] == 0) -> AFTER_WAKEUP(e, TRY) \
             :: atomic { (signals > 0 && sleeps_on[me] != 0) -> signals--; sleeps_on[me] = 0 } \
                if \
                :: epoch[e] != mine -> break \
                :: else -> TRY; if :: ok -> done = 1; break :: else fi \
                fi \
             fi \
          :: epoch[e] != mine -> break \
          od; \
          if :: !done -> mine = 0; TRY; done = ok :: else fi \
       fi \
    od
