/* Feeds each file named on the command line to the fuzz target once; a crash ends the program. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
replay(FILE *f)
{
	size_t n = 0, cap = 4096, got;
	uint8_t *data = malloc(cap);

	while (data != NULL && (got = fread(data + n, 1, cap - n, f)) > 0) {
		n += got;
		if (n == cap)
			data = realloc(data, cap *= 2);
	}
	if (data == NULL)
		abort();
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");
		if (f == NULL) {
			perror(argv[i]);
			return 1;
		}
		replay(f);
		fclose(f);
	}
	return 0;
}
