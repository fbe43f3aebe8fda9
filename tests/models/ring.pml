/* The ring of bench/interface/mpmc_ring.h: two slots with turns, any number of producers and consumers,
 * capacity 1 or 2, full fences (it lies in memory of several processes), chained wakeups.
 *
 * -DP= -DC= -DCAP= -DITEMS= (of each producer), -DONE_EACH (each consumer takes one item and never
 * comes back: it must not leave another one asleep beside an item), -DFILLED (the ring is full at
 * first), -DWITHDRAW (each producer reserves a slot more and withdraws it, as process_pool does when
 * nothing is left), faults as in protocol.pml and -DNO_CHAIN, -DCLOSED_LAST.
 *
 * Positions begin at BASE, a multiple of the number of slots. A store of a turn waits in the store
 * buffer of its process, with the item that was written before it. A buffer holds one: the next
 * store of a turn comes after a fence.
 */
#define N (P + C)
#define NOT_EMPTY 0
#define NOT_FULL 1
#define SLOTS 2
#define BASE 4
#define NOTHING 255 /* a slot that was reserved and withdrawn */
#define ALL (P * ITEMS + 2)
#define BETWEEN_PROCESSES

byte turn[SLOTS], item[SLOTS];
byte head, tail;
bool waits_in[N]; /* the store buffers: of a turn, its slot and the item in it */
byte buffered_slot[N], buffered_turn[N], buffered_item[N];
byte accepted[ALL];
bool closed = false;
byte producing = P, finished = 0;

#define FLUSH(i) atomic { \
    if \
    :: waits_in[i] -> \
       turn[buffered_slot[i]] = buffered_turn[i]; item[buffered_slot[i]] = buffered_item[i]; \
       waits_in[i] = false; \
       buffered_slot[i] = 0; buffered_turn[i] = 0; buffered_item[i] = 0 \
    :: else \
    fi }

#include "protocol.pml"

#define STORE_TURN(slot, value, what) atomic { \
    FLUSH(me); \
    buffered_slot[me] = slot; buffered_turn[me] = value; buffered_item[me] = what; \
    waits_in[me] = true }

/* Loads of turns: a process sees its own buffer first. */
#define TURN(slot) ((waits_in[me] && buffered_slot[me] == (slot)) -> buffered_turn[me] : turn[slot])

#define BEFORE(at) ((at - CAP) % SLOTS)
#define RESERVABLE(at) (TURN(BEFORE(at)) >= at - CAP + SLOTS)

/* Both load an end, then the turn, then try to move the end: three steps, again if others moved. */
#define TRY_RESERVE \
    at = tail; \
    do \
    :: atomic { (TURN(BEFORE(at)) < at - CAP + SLOTS) -> ok = 0 } break \
    :: atomic { (TURN(BEFORE(at)) > at - CAP + SLOTS) -> at = tail } \
    :: (TURN(BEFORE(at)) == at - CAP + SLOTS) -> \
       atomic { if :: tail == at -> FLUSH(me); tail++; ok = 1 :: else -> at = tail; ok = 0 fi } \
       if :: ok -> break :: else fi \
    od

#define TRY_TAKE_SLOT \
    at = head; \
    do \
    :: atomic { (TURN(at % SLOTS) < at + 1) -> got = 0 } break \
    :: atomic { (TURN(at % SLOTS) > at + 1) -> at = head } \
    :: (TURN(at % SLOTS) == at + 1) -> \
       atomic { if :: head == at -> head++; got = 1 :: else -> at = head; got = 0 fi } \
       if :: got -> break :: else fi \
    od

#ifdef CLOSED_LAST
#define TRY_TAKE TRY_TAKE_SLOT; ok = (got || closed)
#else
#define TRY_TAKE was_closed = closed; TRY_TAKE_SLOT; ok = (got || was_closed)
#endif

#ifdef NO_CHAIN
#define PASS_ON(condition, e) skip
#else
#define PASS_ON(condition, e) if :: condition -> NOTIFY_ONE(e) :: else fi
#endif

#define RESERVE \
    TRY_RESERVE; \
    if \
    :: ok \
    :: else -> AWAIT(NOT_FULL, TRY_RESERVE); PASS_ON(RESERVABLE(tail), NOT_FULL) \
    fi

#define COMMIT(what) \
    STORE_TURN(at % SLOTS, at + 1, what); \
    at = 0; ok = 0; \
    NOTIFY_ONE(NOT_EMPTY)

proctype Producer(byte me; byte first) {
  byte left = ITEMS, at, mine, q;
  bool ok, done, again, seen;
  do
  :: left > 0 ->
     RESERVE;
     COMMIT(first + ITEMS - left);
     left--
  :: else -> break
  od;
#ifdef WITHDRAW
  RESERVE;
  COMMIT(NOTHING);
#endif
#ifndef ONE_EACH
  atomic { FLUSH(me); producing--; ok = (producing == 0) }
  if
  :: ok -> closed = true; NOTIFY_ALL(NOT_EMPTY)
  :: else
  fi;
#endif
  finished++
}

proctype Consumer(byte me) {
  byte at, taken, mine, q;
  bool ok, got, was_closed, done, again, seen;
  do
  :: TRY_TAKE_SLOT;
     if
     :: got
     :: else -> AWAIT(NOT_EMPTY, TRY_TAKE); PASS_ON(TURN(head % SLOTS) >= head + 1, NOT_EMPTY)
     fi;
     if
     :: got ->
        taken = item[at % SLOTS];
        if
        :: taken != NOTHING -> atomic { accepted[taken]++; assert(accepted[taken] == 1) }
        :: else
        fi;
        STORE_TURN(at % SLOTS, at + SLOTS, 0);
        at = 0; got = 0; ok = 0;
        NOTIFY_ONE(NOT_FULL);
#ifdef ONE_EACH
        if :: taken != NOTHING -> break :: else fi;
#endif
        taken = 0
     :: else -> break
     fi
  od;
  finished++
}

active proctype Memory() {
  byte i;
  do
  :: atomic { waits_in[0] -> FLUSH(0) }
  :: atomic { waits_in[1] -> FLUSH(1) }
  :: atomic { (N > 2 && waits_in[2 % N]) -> FLUSH(2 % N) }
  :: atomic { (N > 3 && waits_in[3 % N]) -> FLUSH(3 % N) }
  :: timeout -> break
  od;
  assert(finished == N); /* nobody can go on: all must be done */
#ifndef ONE_EACH
  i = 0;
  do
  :: i < P * ITEMS -> assert(accepted[i] == 1); i++
  :: else -> break
  od
#endif
}

init {
  byte i;
  atomic {
    head = BASE; tail = BASE;
    turn[0] = BASE; turn[1] = BASE + 1;
#ifdef FILLED
    do
    :: i < CAP -> turn[i] = BASE + i + 1; item[i] = P * ITEMS + i; tail++; i++
    :: else -> break
    od;
#endif
    i = 0;
    do :: i < P -> run Producer(i, i * ITEMS); i++ :: else -> break od;
    do :: i < N -> run Consumer(i); i++ :: else -> break od
  }
}
