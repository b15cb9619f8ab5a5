/*
 * config: the language, over a table of its own, from files in a directory
 * that is made for each test.
 */
#include <sys/stat.h>
#include <sys/types.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "unit.h"

static char	dir[256];

/* What a text comes to: lines as dumped, messages as "W:1: text". */
static char	lines[16384];
static char	messages[16384];
static int	faults;

static const char *const modules[] = { "core", "proxy", "proxy_scgi", NULL };

static int
set_nothing(struct config_call *call)
{
	(void)call;
	return 0;
}

static int
set_picky(struct config_call *call)
{
	if (strcmp(call->argv[0], "warn") == 0)
		config_warn(call, "Picky warns");
	if (strcmp(call->argv[0], "bad") == 0)
		return config_fault(call, "Picky says no");
	return 0;
}

static int
set_box(struct config_call *call)
{
	static struct location inside;

	if (strcmp(call->argv[0], "bad") == 0)
		return config_fault(call, "Box says no");
	call->scope.location = &inside;
	if (strcmp(call->argv[0], "half") == 0)
		return config_fault(call, "Box says half");
	return 0;
}

/* Is the location that of the section around? */
static int
set_inner(struct config_call *call)
{
	if ((call->scope.location != NULL) !=
	    (strcmp(call->argv[0], "in") == 0))
		return config_fault(call, "Inner is on the wrong side");
	return 0;
}

static const struct directive table[] = {
	{ .name = "Any", .set = set_nothing, .max = -1, .help = "Any ..." },
	{ .name = "One", .set = set_nothing, .min = 1, .max = 1,
	  .initial = "1", .help = "One word" },
	{ .name = "Two", .set = set_nothing, .min = 1, .max = 2,
	  .help = "Two word [word]" },
	{ .name = "Nix", .set = set_nothing, .help = "Nix" },
	{ .name = "Many", .set = set_nothing, .min = 2, .max = -1,
	  .help = "Many word word ..." },
	{ .name = "Picky", .set = set_picky, .min = 1, .max = 1,
	  .help = "Picky word" },
	{ .name = "Outer", .set = set_nothing, .contexts = CONTEXT_SERVER,
	  .help = "Outer" },
	{ .name = "Inner", .set = set_inner, .min = 1, .max = 1,
	  .contexts = CONTEXT_SERVER | CONTEXT_LOCATION,
	  .help = "Inner in|out" },
	{ .name = "Deep", .set = set_nothing, .contexts = CONTEXT_LOCATION,
	  .help = "Deep" },
	{ .name = "Box", .kind = DIRECTIVE_SECTION, .set = set_box,
	  .contexts = CONTEXT_SERVER, .inside = CONTEXT_LOCATION,
	  .min = 1, .max = 1,
	  .help = "Box name" },
	{ .name = "OneOld", .kind = DIRECTIVE_ALIAS, .words = "One" }
};

static const struct config_absent absent[] = {
	{ "mod_lazy", ABSENT_IGNORED, "Sleeps <Idle", NULL, "so it is" },
	{ "mod_no", ABSENT_REFUSED, "Never <Nowhere", "off none", "use One" },
	{ "mod_p", ABSENT_REFUSED, "Pre_*", NULL, "use One" }
};

static void
make_path(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", dir, name);
}

static void
write_bytes(const char *name, const char *text, size_t n)
{
	char path[512];
	FILE *fp;

	make_path(path, sizeof(path), name);
	fp = fopen(path, "w");
	ck_assert_ptr_nonnull(fp);
	ck_assert_uint_eq(fwrite(text, 1, n, fp), n);
	ck_assert_int_eq(fclose(fp), 0);
}

static void
write_file(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static void
setup(void)
{
	char path[512];
	const char *tmp;

	tmp = getenv("TMPDIR");
	snprintf(dir, sizeof(dir), "%s/unit_config.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	make_path(path, sizeof(path), "sub");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	write_file("a.inc", "One a\n");
	write_file("bad.inc", "\nNope\n");
	write_file("self.inc", "Include self.inc\n");
	write_file("open.inc", "<Box x>\nInner in\n");
	write_file("close.inc", "</Box>\n");
	write_file("outer.inc", "One o\nInclude bad.inc\n");
	write_file("box.inc", "Inner in\n");
	write_file("sub/1.conf", "One 1");
	write_file("sub/2.conf", "One 2");
	write_file("sub/.3.conf", "One 3");
	setenv("UNIT_WORD", "from the environment", 1);
	setenv("UNIT_BREAK", "a\nb", 1);
	unsetenv("UNIT_NONE");
}

static void
teardown(void)
{
	static const char *const names[] = { "a.inc", "bad.inc", "self.inc",
	    "open.inc", "close.inc", "outer.inc", "box.inc", "sub/1.conf",
	    "sub/2.conf", "sub/.3.conf", "main", "again", "sub" };
	char path[512];
	size_t i;

	for (i = 0; i < NELEM(names); i++) {
		make_path(path, sizeof(path), names[i]);
		remove(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
}

/* Append text and a newline to buf, without the name of the directory. */
static void
append(char *buf, size_t size, const char *prefix, const char *text)
{
	struct out o;
	size_t skip;

	out_init(&o, buf, size);
	o.n = strlen(buf);
	out_z(&o, prefix);
	skip = strlen(dir);
	while (*text != '\0')
		if (strncmp(text, dir, skip) == 0)
			text += skip + (text[skip] == '/' ? 1 : 0);
		else
			out_ch(&o, *text++);
	out_ch(&o, '\n');
	out_ch(&o, '\0');
	ck_assert(!o.bad);
}

static void
keep_line(void *arg, const char *line)
{
	const char *what = arg;

	if (line[0] == '#' || strncmp(line, "ServerRoot /", 12) == 0)
		return;
	append(lines, sizeof(lines), what, line);
}

static int
begin(struct config *conf)
{
	conf->modules = modules;
	return 0;
}

static struct config *
load_source(struct config_source *source)
{
	const struct config_message *m;
	struct config *conf;

	source->table = table;
	source->ntable = NELEM(table);
	source->absent = absent;
	source->nabsent = NELEM(absent);
	source->begin = begin;
	lines[0] = messages[0] = '\0';
	conf = config_load(source);
	if (conf == NULL)
		return NULL;
	faults = conf->faults;
	for (m = conf->messages; m != NULL; m = m->next)
		append(messages, sizeof(messages), m->warning ? "W:" : "",
		    m->text);
	config_dump(conf, table, NELEM(table), keep_line, "");
	return conf;
}

static void
load_file(const char *name)
{
	static const char *const defines[] = { "given" };
	struct config_source source;
	struct config *conf;
	char path[512];

	make_path(path, sizeof(path), name);
	memset(&source, 0, sizeof(source));
	source.file = path;
	source.defines = defines;
	source.ndefines = 1;
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	config_free(conf);
}

struct row {
	const char	*text;
	const char	*lines;		/* what is understood */
	const char	*messages;
};

static const struct row rows[] = {
	/* Lines and words. */
	{ "", "", "" },
	{ "\n\n \t \n", "", "" },
	{ "One a\n", "One a\n", "" },
	{ "One a", "One a\n", "" },
	{ "  \tOne   a  \n", "One a\n", "" },
	{ "one a\nONE b\n", "One a\nOne b\n", "" },
	{ "# One a\n   # One b\n#\n", "", "" },
	{ "One a\r\nOne b\r\n", "One a\nOne b\n", "" },
	{ "\xef\xbb\xbfOne a\n", "One a\n", "" },
	{ "Any\n", "Any\n", "" },
	{ "Any a b c\n", "Any a b c\n", "" },
	{ "Any \"a b\" c\n", "Any \"a b\" c\n", "" },
	{ "Any 'a b' c\n", "Any \"a b\" c\n", "" },
	{ "Any \"a'b\" 'c\"d'\n", "Any \"a'b\" \"c\\\"d\"\n", "" },
	{ "Any \"a\\\"b\" 'c\\'d'\n", "Any \"a\\\"b\" \"c'd\"\n", "" },
	{ "Any \"\" ''\n", "Any \"\" \"\"\n", "" },
	{ "Any a\"b c\n", "Any \"a\\\"b\" c\n", "" },
	{ "Any \"a\"b\n", "Any a b\n", "" },
	{ "Any a\\b\n", "Any \"a\\\\b\"\n", "" },
	{ "Any \\.gif$ \\d\n", "Any \"\\\\.gif$\" \"\\\\d\"\n", "" },
	{ "Any a\\\\b \"c\\\\d\"\n", "Any \"a\\\\b\" \"c\\\\d\"\n", "" },
	{ "Any \"\\n\"\n", "Any \"\\\\n\"\n", "" },
	{ "Any \"a\n", "", "main:1: a quote is opened and not closed\n" },
	{ "Any a 'b\nOne c\n", "One c\n",
	    "main:1: a quote is opened and not closed\n" },
	{ "Any \"a\\\"\n", "", "main:1: a quote is opened and not closed\n" },
	{ "One \"#a\"\nTwo #a\n", "One \"#a\"\nTwo \"#a\"\n", "" },
	{ "Any a#b\n", "Any a#b\n", "" },

	/* Continuation. */
	{ "Any a \\\nb\n", "Any a b\n", "" },
	{ "Any a\\\nb\n", "Any ab\n", "" },
	{ "Any a \\\r\nb\r\n", "Any a b\n", "" },
	{ "# a comment \\\nOne a\nOne b\n", "One b\n", "" },
	{ "Any \\\n a \\\n b\nNope\n", "Any a b\n",
	    "main:4: unknown directive \"Nope\"\n" },
	{ "\nNo\\\npe \\\n a\n", "",
	    "main:2: unknown directive \"Nope\"\n" },
	{ "One a\\", "One \"a\\\\\"\n", "" },
	{ "One a\\\n", "One a\n", "" },
	{ "One a \\\n\nOne b\n", "One a\nOne b\n", "" },

	/* Names, numbers of arguments, comments behind. */
	{ "Onr a\n", "",
	    "main:1: unknown directive \"Onr\" (did you mean \"One\"?)\n" },
	{ "Pikcy a\n", "",
	    "main:1: unknown directive \"Pikcy\" (did you mean \"Picky\"?)\n" },
	{ "Xyzzy a\n", "", "main:1: unknown directive \"Xyzzy\"\n" },
	{ "Includ a\n", "",
	    "main:1: unknown directive \"Includ\" (did you mean "
	    "\"Include\"?)\n" },
	{ "One\n", "", "main:1: One takes 1 argument, not 0: One word\n" },
	{ "One a b\n", "", "main:1: One takes 1 argument, not 2: One word\n" },
	{ "Two\n", "",
	    "main:1: Two takes 1 to 2 arguments, not 0: Two word [word]\n" },
	{ "Nix a\n", "", "main:1: Nix takes no argument, not 1: Nix\n" },
	{ "Many a\n", "", "main:1: Many takes at least 2 arguments, not 1: "
	    "Many word word ...\n" },
	{ "One a # b\n", "", "main:1: a comment must be a line of its own "
	    "(put \"#\" in quotes if it is an argument of One)\n" },
	{ "One a #b\n", "", "main:1: a comment must be a line of its own "
	    "(put \"#b\" in quotes if it is an argument of One)\n" },
	{ "Two a # b\n", "", "main:1: a comment must be a line of its own "
	    "(put \"#\" in quotes if it is an argument of Two)\n" },
	{ "Any a #b c\n", "", "main:1: a comment must be a line of its own "
	    "(put \"#b\" in quotes if it is an argument of Any)\n" },
	{ "Any \"#\"\n", "Any \"#\"\n", "" },
	{ "Picky bad\nPicky warn\nPicky good\n",
	    "Picky warn\nPicky good\n",
	    "main:1: Picky says no\nW:main:2: Picky warns\n" },
	{ "Nope\nOne\nPicky bad\n", "",
	    "main:1: unknown directive \"Nope\"\n"
	    "main:2: One takes 1 argument, not 0: One word\n"
	    "main:3: Picky says no\n" },
	{ "No\x01pe\x7f\n", "", "main:1: unknown directive \"No?pe?\"\n" },

	/* Kinds of rows. */
	{ "OneOld a\n", "One a\n", "" },
	{ "OneOld\n", "", "main:1: One takes 1 argument, not 0: One word\n" },
	{ "Idle a b\nidle\n", "",
	    "W:main:1: Idle, of mod_lazy, has no effect: so it is\n" },
	{ "Never On\n", "",
	    "main:1: Never, of mod_no, is not here: use One\n" },
	{ "Never\n", "", "main:1: Never, of mod_no, is not here: use One\n" },
	{ "Never Off\nnever off none\n", "", "" },
	{ "Sleeps\n<Idle>\n</Idle>\nSleeps\n", "",
	    "W:main:1: Sleeps, of mod_lazy, has no effect: so it is\n"
	    "W:main:2: <Idle>, of mod_lazy, has no effect: so it is\n" },
	{ "pre_this a\n", "",
	    "main:1: pre_this, of mod_p, is not here: use One\n" },
	{ "Nevr a\n", "", "main:1: unknown directive \"Nevr\" (did you mean "
	    "\"Never\", of mod_no? that is not here: use One)\n" },
	{ "<Nowhre a>\n</Nowhre>\n", "", "main:1: unknown section <Nowhre> "
	    "(did you mean <Nowhere>, of mod_no? that is not here: use "
	    "One)\n" },
	{ "Never off on\n", "",
	    "main:1: Never, of mod_no, is not here: use One\n" },
	{ "Box a\n", "", "main:1: Box is a section: <Box name>\n" },
	{ "IfDefine a\n", "", "main:1: IfDefine is a section: "
	    "<IfDefine ...>\n" },

	/* Variables. */
	{ "Define x 1\nOne ${x}\n", "One 1\n", "" },
	{ "Define Foo 1\nOne ${foo}\n", "One 1\n", "" },
	{ "define x a\nAny ${x}${x} b${x}c\n", "Any aa bac\n", "" },
	{ "Define x \"a b\"\nAny ${x}\n", "Any a b\n", "" },
	{ "Define x \"a b\"\nAny \"${x}\"\n", "Any \"a b\"\n", "" },
	{ "Define x One\n${x} a\n", "One a\n", "" },
	{ "Define x 1\nDefine x 2\nOne ${x}\n", "One 2\n", "" },
	{ "Define x 1\nDefine y ${x}2\nOne ${y}\n", "One 12\n", "" },
	{ "Define x ${y}\nDefine y 1\nOne \"${x}\"\n", "One ${y}\n",
	    "W:main:1: ${y} is not defined and left as it is\n" },
	{ "Define x 1\nUnDefine x\nOne ${x}\n", "One ${x}\n",
	    "W:main:3: ${x} is not defined and left as it is\n" },
	{ "One \"${UNIT_WORD}\"\n", "One \"from the environment\"\n", "" },
	{ "Define UNIT_WORD mine\nOne ${UNIT_WORD}\n", "One mine\n", "" },
	{ "Define UNIT_WORD\nOne \"${UNIT_WORD}\"\n",
	    "One \"from the environment\"\n", "" },
	{ "One ${UNIT_NONE}\n", "One ${UNIT_NONE}\n",
	    "W:main:1: ${UNIT_NONE} is not defined and left as it is\n" },
	{ "One ${UNIT_NONE?=else}\n", "One else\n", "" },
	{ "One ${a:b}\n", "One ${a:b}\n", "" },
	{ "Any ${ $x $ {x} ${}\n", "Any ${ $x $ {x} ${}\n",
	    "W:main:1: ${ $x $ {x} is not defined and left as it is\n"
	    "W:main:1: ${} is not defined and left as it is\n" },
	{ "Any $ ${x\n", "Any $ ${x\n", "" },
	{ "One ${UNIT_BREAK}\n", "",
	    "main:1: the value of ${UNIT_BREAK} has a line break in it\n" },
	{ "Define a:b c\n", "", "main:1: \"a:b\" cannot be defined: a name "
	    "is not empty and has no colon\n" },
	{ "Define\n", "", "main:1: Define takes 1 to 2 arguments, not 0: "
	    "Define name [value]\n" },
	{ "Define e \"\"\nOne \"${e}\"\n${e}\n", "One \"\"\n", "" },

	/* Sections. */
	{ "<Box a>\nInner in\n</Box>\nInner out\n",
	    "<Box a>\n    Inner in\n</Box>\nInner out\n", "" },
	{ "<box \"a b\">\n</BOX>\n", "<Box \"a b\">\n</Box>\n", "" },
	{ "<Box a>\nDeep\n</Box>\nDeep\n", "<Box a>\n    Deep\n</Box>\n",
	    "main:4: Deep cannot stand outside <Location>\n" },
	{ "<Box a>\nOuter\n</Box>\nOuter\n", "<Box a>\n</Box>\nOuter\n",
	    "main:2: Outer cannot stand inside <Box> (opened at main:1)\n" },
	{ "<Box a>\n<Box b>\nInner in\n</Box>\n</Box>\n",
	    "<Box a>\n</Box>\n",
	    "main:2: Box cannot stand inside <Box> (opened at main:1)\n" },
	{ "<Box>\nNope\n</Box>\n", "",
	    "main:1: Box takes 1 argument, not 0: Box name\n" },
	{ "<Box bad>\nNope\n</Box>\n", "", "main:1: Box says no\n" },
	{ "<Box half>\nInner in\nNope\n</Box>\n",
	    "<Box half>\n    Inner in\n</Box>\n", "main:1: Box says half\n"
	    "main:3: unknown directive \"Nope\"\n" },
	{ "<Box a>\nInner in\n", "<Box a>\n    Inner in\n</Box>\n",
	    "main:1: <Box> is opened here and not closed\n" },
	{ "One a\n</Box>\n", "One a\n",
	    "main:2: </Box> closes nothing that this file opened\n" },
	{ "<Box a>\n</Bix>\nInner out\n", "<Box a>\n</Box>\nInner out\n",
	    "main:2: </Bix> where </Box> is missing (opened at main:1)\n" },
	{ "<Box a>\n</IfDefine>\n</Box>\n", "<Box a>\n</Box>\n",
	    "main:2: </IfDefine> where </Box> is missing (opened at "
	    "main:1)\n" },
	{ "<Box a>\n<IfDefine given>\n</Box>\nInner out\n",
	    "<Box a>\n</Box>\nInner out\n",
	    "main:3: </Box> where </IfDefine> is missing (opened at "
	    "main:2)\n" },
	{ "<Foo a>\nNope\n</Foo>\n", "", "main:1: unknown section <Foo>\n" },
	{ "<Boxx a>\nNope\n</Boxx>\n", "",
	    "main:1: unknown section <Boxx> (did you mean <Box>?)\n" },
	{ "<IfModul x>\n</IfModul>\n", "", "main:1: unknown section <IfModul> "
	    "(did you mean <IfModule>?)\n" },
	{ "<Never a>\nNope\n</Never>\nOne a\n", "One a\n",
	    "main:1: <Never>, of mod_no, is not here: use One\n" },
	{ "<Idle>\nNope\n</Idle>\n", "",
	    "W:main:1: <Idle>, of mod_lazy, has no effect: so it is\n" },
	{ "<One a>\n</One>\n", "", "main:1: One is not a section\n" },
	{ "<Box a\nInner in\n</Box>\n", "",
	    "main:1: <Box ...> does not end with >\n" },
	{ "<Box a # b\n</Box>\n", "", "main:1: <Box ...> does not end with "
	    ">; a comment must be a line of its own\n" },
	{ "<Box a> # b\n</Box>\n", "<Box a>\n</Box>\n",
	    "W:main:1: \"# b\" behind the > is passed over\n" },
	{ "<Box a>\n</Box> # b\n", "<Box a>\n</Box>\n",
	    "W:main:2: \"# b\" behind the > is passed over\n" },
	{ "<Box a>\n</Box\n", "<Box a>\n</Box>\n",
	    "main:2: </Box does not end with >\n" },
	{ "<Box \"a\n</Box>\n", "",
	    "main:1: <Box ...> does not end with >\n" },
	{ "<Box \"a>\n</Box>\n", "",
	    "main:1: a quote is opened and not closed\n" },
	{ "<Box a>b>\n</Box>\n", "<Box \"a>b\">\n</Box>\n", "" },
	{ "<>\n</>\n", "", "" },
	{ "<\n", "", "main:1: < ...> does not end with >\n"
	    "main:1: <> is opened here and not closed\n" },

	/* Conditions. */
	{ "<IfDefine given>\nOne a\n</IfDefine>\n", "One a\n", "" },
	{ "<IfDefine other>\nNope\n</IfDefine>\nOne b\n", "One b\n", "" },
	{ "<IfDefine !given>\nNope\n</IfDefine>\n", "", "" },
	{ "<IfDefine !other>\nOne a\n</IfDefine>\n", "One a\n", "" },
	{ "Define x\n<IfDefine x>\nOne a\n</IfDefine>\n", "One a\n", "" },
	{ "<IfDefine>\nNope\n</IfDefine>\n", "",
	    "main:1: <IfDefine> takes 1 argument, not 0\n" },
	{ "<IfModule mod_proxy_scgi.c>\nOne a\n</IfModule>\n", "One a\n",
	    "" },
	{ "<IfModule proxy_scgi_module>\nOne a\n</IfModule>\n", "One a\n",
	    "" },
	{ "<IfModule core.c>\nOne a\n</IfModule>\n", "One a\n", "" },
	{ "<IfModule \"mod_proxy.c\">\nOne a\n</IfModule>\n", "One a\n", "" },
	{ "<IfModule mod_ssl.c>\nNope\n</IfModule>\n", "", "" },
	{ "<IfModule !mod_ssl.c>\nOne a\n</IfModule>\n", "One a\n", "" },
	{ "<IfModule !mod_proxy.c>\nNope\n</IfModule>\n", "", "" },
	{ "<IfFile a.inc>\nOne a\n</IfFile>\n", "One a\n", "" },
	{ "<IfFile none.inc>\nNope\n</IfFile>\n", "", "" },
	{ "<IfFile !none.inc>\nOne a\n</IfFile>\n", "One a\n", "" },
	{ "<IfDirective One>\nOne a\n</IfDirective>\n", "One a\n", "" },
	{ "<IfDirective Never>\nNope\n</IfDirective>\n", "", "" },
	{ "<IfSection Box>\nOne a\n</IfSection>\n", "One a\n", "" },
	{ "<IfSection One>\nNope\n</IfSection>\n", "", "" },
	{ "<IfDefine other>\n<Foo>\nNope ${UNIT_NONE}\n</Foo>\n<IfDefine "
	    "given>\nNope\n</IfDefine>\n</IfDefine>\nOne a\n", "One a\n",
	    "" },
	{ "<IfDefine other>\n<Foo>\n</Bar>\n</Foo>\n</IfDefine>\n", "",
	    "main:3: </Bar> where </Foo> is missing (opened at main:2)\n" },
	{ "<IfDefine other>\nOne \"a\n", "",
	    "main:1: <IfDefine> is opened here and not closed\n" },
	{ "<Box a>\n<IfDefine given>\nInner in\n</IfDefine>\n</Box>\n",
	    "<Box a>\n    Inner in\n</Box>\n", "" },
	{ "<IfDefine given>\n<Box a>\nInner in\n</Box>\n</IfDefine>\n",
	    "<Box a>\n    Inner in\n</Box>\n", "" },

	/* Messages, ServerRoot. */
	{ "Error \"it is so\"\n", "", "main:1: it is so\n" },
	{ "Warning \"it is so\"\n", "", "W:main:1: it is so\n" },
	{ "ServerRoot sub\n", "",
	    "main:1: ServerRoot: \"sub\" does not begin with /\n" },
	{ "<Box a>\nServerRoot /\n</Box>\n", "<Box a>\n</Box>\n",
	    "main:2: ServerRoot cannot stand inside <Box> (opened at "
	    "main:1)\n" },

	/* Includes. */
	{ "Include a.inc\nOne b\n", "One a\nOne b\n", "" },
	{ "Include ./a.inc\n", "One a\n", "" },
	{ "Include sub\n", "One 1\nOne 2\n", "" },
	{ "Include sub/*.conf\n", "One 1\nOne 2\n", "" },
	{ "Include s?b/[12].conf\n", "One 1\nOne 2\n", "" },
	{ "Include sub/*.none\n", "",
	    "main:1: cannot include sub/*.none: nothing matches\n" },
	{ "IncludeOptional sub/*.none\n", "", "" },
	{ "Include none.inc\n", "",
	    "main:1: cannot include none.inc: No such file or directory\n" },
	{ "IncludeOptional none.inc\n", "", "" },
	{ "IncludeOptional a.inc\n", "One a\n", "" },
	{ "Include bad.inc\n", "", "bad.inc:2: unknown directive \"Nope\" "
	    "(included from main:1)\n" },
	{ "\nInclude outer.inc\n", "One o\n", "bad.inc:2: unknown directive "
	    "\"Nope\" (included from outer.inc:2, main:2)\n" },
	{ "Include self.inc\n", "", "self.inc:1: cannot include self.inc: it "
	    "includes itself (included from main:1)\n" },
	{ "Include main\n", "",
	    "main:1: cannot include main: it includes itself\n" },
	{ "<Box a>\nInclude box.inc\n</Box>\n",
	    "<Box a>\n    Inner in\n</Box>\n", "" },
	{ "Include open.inc\nInner out\n",
	    "<Box x>\n    Inner in\n</Box>\nInner out\n",
	    "open.inc:1: <Box> is opened here and not closed (included from "
	    "main:1)\n" },
	{ "<Box a>\nInclude close.inc\nInner in\n</Box>\n",
	    "<Box a>\n    Inner in\n</Box>\n", "close.inc:1: </Box> closes "
	    "nothing that this file opened (included from main:2)\n" },
	{ "<IfDefine other>\nInclude none.inc\n</IfDefine>\n", "", "" },
	{ "Include\n", "", "main:1: Include takes 1 argument, not 0: Include "
	    "file|directory|pattern\n" }
};

START_TEST(test_language)
{
	const struct row *row = &rows[_i];
	const char *p;
	int n;

	write_file("main", row->text);
	load_file("main");
	ck_assert_str_eq(messages, row->messages);
	ck_assert_str_eq(lines, row->lines);
	n = 0;
	for (p = row->messages; *p != '\0'; p = strchr(p, '\n') + 1)
		if (strncmp(p, "W:", 2) != 0)
			n++;
	ck_assert_int_eq(faults, n);
}
END_TEST

/* What is dumped without a fault reads back to the same. */
START_TEST(test_fixpoint)
{
	char first[sizeof(lines)];

	write_file("main", rows[_i].text);
	load_file("main");
	if (faults > 0)
		return;
	memcpy(first, lines, sizeof(first));
	write_file("again", first);
	load_file("again");
	ck_assert_int_eq(faults, 0);
	ck_assert_str_eq(lines, first);
}
END_TEST

START_TEST(test_no_text)
{
	write_bytes("main", "One a\nOne \0b\nNope\n", 19);
	load_file("main");
	ck_assert_str_eq(messages, "main:2: NUL byte: this is no text, the "
	    "rest is not read\n");
	ck_assert_str_eq(lines, "One a\n");
}
END_TEST

/* The longest line, one byte more, and one that grows by its variables. */
START_TEST(test_long_lines)
{
	enum { MAX = 64 * 1024 };
	static char text[2 * MAX];
	size_t n;

	memset(text, 'a', sizeof(text));
	memcpy(text, "#", 1);
	n = MAX;
	memcpy(text + n, "\nOne a\n", 7);
	write_bytes("main", text, n + 7);
	load_file("main");
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(lines, "One a\n");

	text[n++] = 'a';
	memcpy(text + n, "\nOne a\n", 7);
	write_bytes("main", text, n + 7);
	load_file("main");
	ck_assert_str_eq(messages, "main:1: line is longer than 65536 bytes, "
	    "the rest is not read\n");
	ck_assert_str_eq(lines, "");

	memcpy(text, "Define x ", 9);
	n = MAX / 2;
	memcpy(text + n, "\nOne ${x}${x}${x}\nOne b\n", 24);
	write_bytes("main", text, n + 24);
	load_file("main");
	ck_assert_str_eq(messages, "main:2: line is longer than 65536 bytes "
	    "when its variables are replaced\n");
	ck_assert_str_eq(lines, "One b\n");
}
END_TEST

START_TEST(test_many_faults)
{
	char text[4096];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < 150; i++)
		memcpy(text + 5 * i, "Nope\n", 6);
	write_file("main", text);
	load_file("main");
	ck_assert_int_eq(faults, 100);
	ck_assert_ptr_nonnull(strstr(messages, "main:100: unknown directive "
	    "\"Nope\"\ntoo many faults, the rest is not looked at\n"));
	ck_assert_ptr_null(strstr(messages, "main:101:"));
}
END_TEST

/* Files that include the next one, without end. */
START_TEST(test_deep_includes)
{
	char name[32], text[64];
	int i;

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "deep%d", i);
		snprintf(text, sizeof(text), "One %d\nInclude deep%d\n", i,
		    i + 1);
		write_file(name, text);
	}
	load_file("deep0");
	ck_assert_int_eq(faults, 1);
	ck_assert_ptr_nonnull(strstr(messages, "deep15:2: cannot include "
	    "deep16: includes are nested too deep (included from deep14:2, "));
	ck_assert_ptr_nonnull(strstr(lines, "One 15\n"));
	ck_assert_ptr_null(strstr(lines, "One 16\n"));
	for (i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "deep%d", i);
		make_path(lines, sizeof(lines), text);
		unlink(lines);
	}
}
END_TEST

START_TEST(test_command_line)
{
	static const char *const words[] = { "One a", "<Box b>", "Inner in",
	    "</Box>", "Nope", "Any \\", "c", "One 1\nNope" };
	struct config_source source;
	struct config *conf;
	char path[512];

	write_file("main", "One m\n");
	make_path(path, sizeof(path), "main");
	memset(&source, 0, sizeof(source));
	source.file = path;
	source.lines = words;
	source.nlines = NELEM(words);
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(lines, "One m\nOne a\n<Box b>\n    Inner in\n"
	    "</Box>\nAny c\nOne 1\n");
	ck_assert_str_eq(messages, "-c:5: unknown directive \"Nope\"\n"
	    "-c:8: unknown directive \"Nope\"\n");
	config_free(conf);
}
END_TEST

START_TEST(test_no_file)
{
	struct config_source source;
	struct config *conf;

	memset(&source, 0, sizeof(source));
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	ck_assert_int_eq(conf->faults, 0);
	config_free(conf);

	source.file = "/nonexistent/file";
	ck_assert_ptr_null(load_source(&source));
	ck_assert_int_eq(errno, ENOENT);
	source.file = dir;
	ck_assert_ptr_null(load_source(&source));
	ck_assert_int_eq(errno, EISDIR);
	config_free(NULL);
}
END_TEST

/* Relative paths: below ServerRoot, the file, or what the caller says. */
START_TEST(test_base)
{
	static const char *const words[] = { "Include a.inc" };
	struct config_source source;
	struct config *conf;
	char text[512];

	snprintf(text, sizeof(text), "ServerRoot %s/sub\nInclude 1.conf\n",
	    dir);
	write_file("main", text);
	load_file("main");
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(lines, "One 1\n");

	memset(&source, 0, sizeof(source));
	source.base = dir;
	source.lines = words;
	source.nlines = 1;
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(lines, "One a\n");
	config_free(conf);
}
END_TEST

static void
keep_all(void *arg, const char *line)
{
	append(arg, sizeof(lines), "", line);
}

START_TEST(test_dump_defaults)
{
	struct config_source source;
	struct config *conf;
	char path[512];

	write_file("main", "Nix\n<Box a>\nOne 2\n</Box>\n");
	make_path(path, sizeof(path), "main");
	memset(&source, 0, sizeof(source));
	source.file = path;
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	lines[0] = '\0';
	config_dump(conf, table, NELEM(table), keep_all, lines);
	ck_assert_str_eq(lines, "ServerRoot \nNix\n<Box a>\n    One 2\n"
	    "</Box>\n# One 1\n");
	config_free(conf);
}
END_TEST

START_TEST(test_places)
{
	struct config_place place = { NULL, 0, NULL };
	struct config_source source;
	struct config *conf;

	memset(&source, 0, sizeof(source));
	conf = load_source(&source);
	ck_assert_ptr_nonnull(conf);
	config_warn_at(conf, place, "nowhere");
	ck_assert_str_eq(conf->messages->text, "nowhere");
	ck_assert(conf->messages->warning);
	place.file = "a";
	ck_assert_int_eq(config_fault_at(conf, place, "%d", 1), -1);
	ck_assert_str_eq(conf->messages->next->text, "a: 1");
	ck_assert_int_eq(conf->faults, 1);
	config_free(conf);
}
END_TEST

static const struct {
	const char	*word;
	int		 unit;
	int		 rc;
	int		 ms;
} times[] = {
	{ "5", 1000, 0, 5000 },
	{ "5", 1, 0, 5 },
	{ "0", 1000, 0, 0 },
	{ "5s", 1, 0, 5000 },
	{ "500ms", 1000, 0, 500 },
	{ "2mi", 1000, 0, 120000 },
	{ "2min", 1000, 0, 120000 },
	{ "1H", 1000, 0, 3600000 },
	{ "576h", 1000, 0, 2073600000 },
	{ "577h", 1000, -1, 0 },
	{ "2073600", 1000, 0, 2073600000 },
	{ "2073601", 1000, -1, 0 },
	{ "99999999999999999999", 1000, -1, 0 },
	{ "", 1000, -1, 0 },
	{ "s", 1000, -1, 0 },
	{ "-5", 1000, -1, 0 },
	{ "+5", 1000, -1, 0 },
	{ "5 s", 1000, -1, 0 },
	{ "5m", 1000, -1, 0 },
	{ "5d", 1000, -1, 0 },
	{ "1.5s", 1000, -1, 0 }
};

START_TEST(test_time)
{
	int ms;

	ms = 0;
	ck_assert_int_eq(config_parse_time(times[_i].word, times[_i].unit,
	    &ms), times[_i].rc);
	ck_assert_int_eq(ms, times[_i].ms);
}
END_TEST

START_TEST(test_nearest)
{
	static const char *const words[] = { "retry", "timeout", "max",
	    "route" };
	static const struct {
		const char	*word;
		const char	*near;
	} cases[] = {
		{ "rety", "retry" }, { "RETRY", "retry" },
		{ "timeuot", "timeout" }, { "tiemout", "timeout" },
		{ "tmout", "timeout" }, { "rout", "route" },
		{ "mx", NULL }, { "mxa", NULL }, { "maxx", "max" },
		{ "xyz", NULL }, { "", NULL }, { "timing", NULL }
	};
	char longer[200];
	size_t i;

	for (i = 0; i < NELEM(cases); i++)
		ck_assert_pstr_eq(config_nearest(cases[i].word, words,
		    NELEM(words)), cases[i].near);
	memset(longer, 'a', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	ck_assert_ptr_null(config_nearest(longer, words, NELEM(words)));
}
END_TEST

START_TEST(test_find_word)
{
	ck_assert_int_eq(config_find_word("off on full|all", "OFF"), 0);
	ck_assert_int_eq(config_find_word("off on full|all", "on"), 1);
	ck_assert_int_eq(config_find_word("off on full|all", "full"), 2);
	ck_assert_int_eq(config_find_word("off on full|all", "All"), 2);
	ck_assert_int_eq(config_find_word("off on full|all", "o"), -1);
	ck_assert_int_eq(config_find_word("off on full|all", ""), -1);
	ck_assert_int_eq(config_find_word("off on", "off on"), -1);
}
END_TEST

Suite *
suite_config(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("config");
	tc = tcase_create("language");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_language, 0, (int)NELEM(rows));
	tcase_add_loop_test(tc, test_fixpoint, 0, (int)NELEM(rows));
	tcase_add_test(tc, test_no_text);
	tcase_add_test(tc, test_long_lines);
	tcase_add_test(tc, test_many_faults);
	tcase_add_test(tc, test_deep_includes);
	tcase_add_test(tc, test_command_line);
	tcase_add_test(tc, test_no_file);
	tcase_add_test(tc, test_base);
	tcase_add_test(tc, test_dump_defaults);
	tcase_add_test(tc, test_places);
	suite_add_tcase(s, tc);
	tc = tcase_create("values");
	tcase_add_loop_test(tc, test_time, 0, (int)NELEM(times));
	tcase_add_test(tc, test_nearest);
	tcase_add_test(tc, test_find_word);
	suite_add_tcase(s, tc);
	return s;
}
