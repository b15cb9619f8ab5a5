/*
 * probe: what a check asks a member for, which is what a client of its host
 * would ask.
 */
#ifndef PROBE_H
#define PROBE_H

#include "buf.h"

struct config;
struct member;

/*
 * The netstring of a GET or HEAD of hcuri= below the member's url, with the
 * Host, variables and fields that the host has whose mapping leads to the
 * member's balancer; *host gets that Host, for the log.  In the arena, a fixed
 * one; absent when it is full.
 */
struct str	probe_make_request(const struct config *conf,
		    const struct member *m, struct arena *a,
		    struct str *host);

#endif
