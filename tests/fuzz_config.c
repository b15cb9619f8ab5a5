/*
 * Fuzzing of config.c and directive.c: the bytes as a file.  A configuration
 * without faults is printed, read again and printed again: both must be the
 * same.  Then some requests are looked up in it.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "directive.h"
#include "refused.h"
#include "route.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DUMP_SIZE = 8 * 1024 * 1024 };

static char	 dir[] = "/tmp/fuzz_config.XXXXXX";
static char	 file[sizeof(dir) + 8];
static char	*dump[2];

static void
tidy(void)
{
	unlink(file);
	rmdir(dir);
	free(dump[0]);
	free(dump[1]);
}

static void
begin(void)
{
	if (mkdtemp(dir) == NULL)
		abort();
	snprintf(file, sizeof(file), "%s/main", dir);
	dump[0] = malloc(DUMP_SIZE);
	dump[1] = malloc(DUMP_SIZE);
	if (dump[0] == NULL || dump[1] == NULL || atexit(tidy) != 0)
		abort();
}

static void
write_file(const void *data, size_t size)
{
	FILE *f;

	f = fopen(file, "w");
	if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
		abort();
}

/* It shall not wander about in the file system, nor wait for a device. */
static bool
wanders(struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (str_starts(str_from(s, i), STR("/dev")) ||
		    str_starts(str_from(s, i), STR("/proc")) ||
		    str_starts(str_from(s, i), STR("/sys")) ||
		    (str_casestarts(str_from(s, i), STR("include")) &&
		    str_chr(s, '/') < s.n))
			return true;
	return false;
}

/* A request's way, by names and paths that configurations may have. */
static void
look_up(struct config *conf)
{
	static const char *const names[] = { "a.org", "www.a.org", "" };
	static const char *const paths[] = { "/", "/a", "/a/b/x.cgi",
	    "/app/x y", "/RPC2" };
	const struct settings *set;
	const struct vhost *v;
	struct sockaddr_storage here;
	struct arena a;
	struct place p;
	size_t i, k;

	if (route_index(conf) == -1 || arena_init(&a, 256 * 1024) == -1)
		abort();
	memset(&here, 0, sizeof(here));
	here.ss_family = AF_INET;
	for (i = 0; i < NELEM(names); i++) {
		v = route_vhost(route_hosts(conf, &here), str_of(names[i]));
		if (v == NULL)
			v = route_default(route_hosts(conf, &here));
		for (k = 0; k < NELEM(paths); k++) {
			arena_reset(&a);
			set = route_settings(v, str_of(paths[k]), NULL, &a);
			if (set != NULL && route_find(&p, v, set,
			    str_of(paths[k]), false, &a) == 0)
				route_settings(v, str_of(paths[k]), &p, &a);
		}
	}
	arena_free(&a);
}

static void
keep_line(void *arg, const char *line)
{
	out_z(arg, line);
	out_ch(arg, '\n');
}

static struct config *
load(void)
{
	const struct config_message *m;
	struct config_source source;
	struct config *conf;
	int faults;

	memset(&source, 0, sizeof(source));
	source.file = file;
	source.table = directives;
	source.ntable = ndirectives;
	source.absent = refused;
	source.nabsent = nrefused;
	source.begin = directive_begin;
	source.finish = directive_finish;
	conf = config_load(&source);
	assert(conf != NULL);
	faults = 0;
	for (m = conf->messages; m != NULL; m = m->next) {
		assert(strchr(m->text, '\n') == NULL);
		if (!m->warning)
			faults++;
	}
	/* After the last one that is told there is a line that says so. */
	assert(faults == conf->faults + (conf->faults == 100));
	return conf;
}

static struct str
print(const struct config *conf, char *buf)
{
	struct out o;

	out_init(&o, buf, DUMP_SIZE);
	config_dump(conf, directives, ndirectives, keep_line, &o);
	return out_done(&o);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str first, second;
	struct config *conf;

	if (dump[0] == NULL)
		begin();
	if (wanders((struct str){ (const char *)data, size }))
		return 0;
	write_file(data, size);
	conf = load();
	if (conf->faults > 0) {
		config_free(conf);
		return 0;
	}
	first = print(conf, dump[0]);
	config_free(conf);
	if (first.p == NULL)
		return 0;
	write_file(first.p, first.n);
	conf = load();
	assert(conf->faults == 0);
	second = print(conf, dump[1]);
	look_up(conf);
	config_free(conf);
	assert(str_eq(first, second));
	return 0;
}
