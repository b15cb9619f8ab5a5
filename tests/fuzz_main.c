/*
 * Runs a fuzzing entry over files: what a fuzzer has found, or a corpus,
 * with any compiler.  It makes up no input of its own.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1024 * 1024 };

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/*
 * One file, cut at INPUT_MAX; in memory of its size, so that a sanitizer
 * sees a read beyond it.
 */
static void
run_file(const char *path, uint8_t *room)
{
	FILE *f;
	uint8_t *data;
	size_t n;

	f = fopen(path, "rb");
	if (f == NULL)
		die(path);
	n = fread(room, 1, INPUT_MAX, f);
	if (ferror(f))
		die(path);
	fclose(f);
	data = malloc(n > 0 ? n : 1);
	if (data == NULL)
		die(path);
	memcpy(data, room, n);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

int
main(int argc, char *argv[])
{
	uint8_t *room;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: %s file ...\n", argv[0]);
		return EXIT_FAILURE;
	}
	room = malloc(INPUT_MAX);
	if (room == NULL)
		die(argv[0]);
	for (i = 1; i < argc; i++)
		run_file(argv[i], room);
	free(room);
	printf("%d files\n", argc - 1);
	return EXIT_SUCCESS;
}
