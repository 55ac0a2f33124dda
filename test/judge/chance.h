/* chance.h - random numbers that are the same on every machine for the same seed. Pure. */
#ifndef FO_JUDGE_CHANCE_H
#define FO_JUDGE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;
};

/* Begins a series; series of different numbers have nothing to do with each other. */
void chance_begin(struct chance *chance, uint64_t seed, uint64_t number);

/* Evenly from 0 to below 1. */
double chance_share(struct chance *chance);

/* Evenly between the two. */
int64_t chance_between(struct chance *chance, int64_t low, int64_t high);

/* Whether something with this probability happens. */
bool chance_hits(struct chance *chance, double probability);

/* The time until the next of events that come at random, `mean_us` apart (a Poisson process). */
int64_t chance_wait_us(struct chance *chance, double mean_us);

#endif
