/* A waiting channel (bench/interface/waiting_channel.h): P producers, C consumers, a bounded queue
 * without waiting of its own, an eventcount for each end.
 *
 * -DP= -DC= -DCAP= -DITEMS= (of each producer), -DBETWEEN_PROCESSES, faults as in protocol.pml and
 * -DCLOSED_LAST (closed is read after the last try).
 *
 * The queue is two numbers: complete items, free places. Who takes one does so at once (a
 * read-modify-write, or an index that only this process writes); what it publishes goes through its
 * store buffer. A buffer holds two publications: a third one would only be later than the second.
 */
#define N (P + C)
#define NOT_EMPTY 0
#define NOT_FULL 1
#define BUFFER 2

byte items = 0, room = CAP;
byte buffer[N]; /* publications that have not reached memory: items of a producer, places of a consumer */
bool closed = false;
byte producing = P, taken = 0, finished = 0;

#define FLUSH(i) atomic { \
    if :: (i) < P -> items = items + buffer[i] :: else -> room = room + buffer[i] fi; \
    buffer[i] = 0 }

#ifdef MAY_STOP /* producer 0 may stop for ever between its claim and its wake call */
#define LOSE_CPU if :: me == 0 -> if :: skip :: stopped = true; false fi :: else fi
bool stopped = false, later = false; /* later: another producer has handed in an item since */
#endif

#include "protocol.pml"

#define STORE atomic { if :: buffer[me] == BUFFER -> FLUSH(me) :: else fi; buffer[me]++ }

#define TRY_PUSH atomic { \
    if :: room > 0 -> room--; STORE; ok = 1 :: else -> ok = 0 fi }
#define TAKE atomic { \
    if :: items > 0 -> items--; STORE; taken++; got = 1 :: else -> got = 0 fi }
#ifdef CLOSED_LAST
#define TRY_POP TAKE; ok = (got || closed)
#else
#define TRY_POP was_closed = closed; TAKE; ok = (got || was_closed)
#endif

/* A compiler that is not told may look before it stores. */
#if defined(NO_LIGHT) && !defined(BETWEEN_PROCESSES)
#define PUSH_AND_NOTIFY \
    LOOK(NOT_EMPTY); TRY_PUSH; \
    if :: ok :: else -> seen = 0; AWAIT(NOT_FULL, TRY_PUSH); LOOK(NOT_EMPTY) fi; \
    ACT_ON_LOOK(NOT_EMPTY)
#else
#define PUSH_AND_NOTIFY \
    TRY_PUSH; \
    if :: ok :: else -> AWAIT(NOT_FULL, TRY_PUSH) fi; \
    NOTIFY_ONE(NOT_EMPTY)
#endif

proctype Producer(byte me) {
  byte left = ITEMS, mine, q;
  bool ok, done, again, seen, was_stopped;
  do
  :: left > 0 ->
#ifdef MAY_STOP
     was_stopped = stopped;
#endif
     PUSH_AND_NOTIFY; left--; ok = 0;
#ifdef MAY_STOP
     later = later || was_stopped
#endif
  :: else -> break
  od;
  atomic { FLUSH(me); producing--; ok = (producing == 0) }
  if
  :: ok -> closed = true; NOTIFY_ALL(NOT_EMPTY)
  :: else
  fi;
  finished++
}

proctype Consumer(byte me) {
  byte mine, q;
  bool ok, got, was_closed, done, again, seen;
  do
  :: TAKE;
     if :: got :: else -> AWAIT(NOT_EMPTY, TRY_POP) fi;
     if
     :: got -> got = 0; NOTIFY_ONE(NOT_FULL)
     :: else -> break
     fi
  od;
  finished++
}

active proctype Memory() {
  byte i;
  do
  :: atomic { (buffer[0] > 0) -> FLUSH(0) }
  :: atomic { (buffer[1] > 0) -> FLUSH(1) }
  :: atomic { (N > 2 && buffer[2 % N] > 0) -> FLUSH(2 % N) }
  :: atomic { (N > 3 && buffer[3 % N] > 0) -> FLUSH(3 % N) }
  :: timeout -> break
  od;
  /* Nobody can go on. */
#ifdef MAY_STOP
  if
  :: stopped -> assert(!later || items == 0) /* whoever sleeps now, what came later was taken */
  :: else -> assert(finished == N && taken == P * ITEMS)
  fi
#else
  assert(finished == N);
  assert(taken == P * ITEMS)
#endif
}

init {
  byte i;
  atomic {
    i = 0;
    do :: i < P -> run Producer(i); i++ :: else -> break od;
    do :: i < N -> run Consumer(i); i++ :: else -> break od
  }
}
