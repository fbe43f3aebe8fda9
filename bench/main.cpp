// handoff: which way of handing work from producers to consumers, on this hardware?
#include "bench/commands/dispatch.h"

int main(int argc, char** argv) { return handoff::dispatch(argc, argv); }
