/*
 * hosts: how long a configuration of many virtual hosts takes to be read,
 * and how long a request takes to find its place in it.
 *
 *	bench/hosts [hosts [locations [requests]]]
 *
 * Each host has a name, an alias, and so many <Location> sections with a
 * ProxyPass; requests go to all of them in turn.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "directive.h"
#include "refused.h"
#include "route.h"

static double
seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static long
argument(int argc, char **argv, int i, long usual)
{
	return argc > i ? strtol(argv[i], NULL, 10) : usual;
}

static void
write_configuration(FILE *fp, long hosts, long locations)
{
	long h, l;

	fprintf(fp, "Listen 127.0.0.1:8080\n");
	for (h = 0; h < hosts; h++) {
		fprintf(fp, "<VirtualHost *:8080>\nServerName h%ld.example\n"
		    "ServerAlias www.h%ld.example *.x%ld.example\n", h, h, h);
		for (l = 0; l < locations; l++)
			fprintf(fp, "<Location /app%ld/>\nProxyPass "
			    "scgi://127.0.0.1:4000/\nSetEnv APP %ld\n"
			    "</Location>\n", l, l);
		fprintf(fp, "</VirtualHost>\n");
	}
}

static struct config *
load(const char *file)
{
	struct config_source source;

	memset(&source, 0, sizeof(source));
	source.file = file;
	source.table = directives;
	source.ntable = ndirectives;
	source.absent = refused;
	source.nabsent = nrefused;
	source.begin = directive_begin;
	source.finish = directive_finish;
	return config_load(&source);
}

/* One request's way: its host, its settings, its place. */
static int
route_one(const struct config *conf, struct arena *a,
    const struct sockaddr_storage *here, struct str name, struct str path)
{
	const struct settings *set;
	const struct vhost *v;
	struct place p;

	arena_reset(a);
	v = route_vhost(route_hosts(conf, here), name);
	if (v == NULL)
		return -1;
	set = route_settings(v, path, NULL, a);
	if (set == NULL || route_find(&p, v, set, path, false, a) != 0 ||
	    p.kind != PLACE_MEMBER)
		return -1;
	return route_settings(v, path, &p, a) == NULL ? -1 : 0;
}

static double
route_many(const struct config *conf, long hosts, long locations,
    long requests)
{
	struct sockaddr_storage here;
	struct sockaddr_in *sin;
	char name[64], path[64];
	struct arena a;
	double from;
	long i;

	memset(&here, 0, sizeof(here));
	sin = (struct sockaddr_in *)&here;
	sin->sin_family = AF_INET;
	sin->sin_port = htons(8080);
	if (arena_init(&a, 64 * 1024) == -1)
		exit(71);
	from = seconds();
	for (i = 0; i < requests; i++) {
		snprintf(name, sizeof(name), "h%ld.example", i % hosts);
		snprintf(path, sizeof(path), "/app%ld/x/y", i % locations);
		if (route_one(conf, &a, &here, str_of(name),
		    str_of(path)) == -1) {
			fprintf(stderr, "hosts: no place for %s%s\n", name,
			    path);
			exit(1);
		}
	}
	arena_free(&a);
	return seconds() - from;
}

/* What the loop above costs by itself. */
static double
name_many(long hosts, long locations, long requests)
{
	char name[64], path[64];
	double from;
	size_t n;
	long i;

	n = 0;
	from = seconds();
	for (i = 0; i < requests; i++) {
		snprintf(name, sizeof(name), "h%ld.example", i % hosts);
		snprintf(path, sizeof(path), "/app%ld/x/y", i % locations);
		n += strlen(name) + strlen(path);
	}
	return n == 0 ? 0 : seconds() - from;
}

int
main(int argc, char **argv)
{
	char file[] = "/tmp/gateway-hosts.XXXXXX";
	struct config *conf;
	double from, loaded, routed;
	long hosts, locations, requests;
	FILE *fp;
	int fd;

	hosts = argument(argc, argv, 1, 1000);
	locations = argument(argc, argv, 2, 10);
	requests = argument(argc, argv, 3, 1000000);
	if ((fd = mkstemp(file)) == -1 || (fp = fdopen(fd, "w")) == NULL)
		return 71;
	write_configuration(fp, hosts, locations);
	fclose(fp);
	from = seconds();
	conf = load(file);
	unlink(file);
	if (conf == NULL || conf->faults > 0 || route_index(conf) == -1)
		return 1;
	loaded = seconds() - from;
	routed = route_many(conf, hosts, locations, requests) -
	    name_many(hosts, locations, requests);
	printf("%ld hosts with %ld locations: read in %.3f s, routed in "
	    "%.3f us a request\n", hosts, locations, loaded,
	    routed * 1e6 / (double)requests);
	config_free(conf);
	return 0;
}
