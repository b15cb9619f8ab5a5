/*
 * demo: a small SCGI application in plain C that shows what the gateway can
 * carry: variables, forms, uploads of any size, answers that come piece by
 * piece, statuses, redirects inside and outside, cookies, files, errors.
 *
 *	demo -s /path/of/socket | -p port
 *
 * It forks for each request, so that a handler may simply read from one
 * FILE and print to another.  The protocol is on one screen, read_request();
 * the rest is what any CGI program does.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_HEAD = 1024 * 1024,		/* of all variables together */
	MAX_VARS = 1000,
	MAX_FORM = 64 * 1024,
	PATIENCE = 60			/* s without progress */
};

static struct {
	const char	*name[MAX_VARS];
	const char	*value[MAX_VARS];
	size_t		 n;
} vars;

static FILE		*in, *out;	/* the connection */
static uint64_t		 body_left;	/* bytes of the body not yet read */
static const char	*socket_path;

/*
 * The request.
 */

static const char *
var(const char *name)
{
	size_t i;

	for (i = 0; i < vars.n; i++)
		if (strcmp(vars.name[i], name) == 0)
			return vars.value[i];
	return "";
}

/*
 * "24:" CONTENT_LENGTH NUL 27 NUL SCGI NUL 1 NUL ... "," and then the body,
 * of exactly CONTENT_LENGTH bytes.
 */
static bool
read_request(void)
{
	static char head[MAX_HEAD + 1];
	char *p, *end;
	size_t n;
	int c, digits;

	n = 0;
	digits = 0;
	while ((c = getc(in)) >= '0' && c <= '9' && digits++ < 7)
		n = n * 10 + (size_t)(c - '0');
	if (c != ':' || n == 0 || n > MAX_HEAD)
		return false;
	if (fread(head, 1, n + 1, in) != n + 1 || head[n] != ',' ||
	    head[n - 1] != '\0')
		return false;
	end = head + n;
	for (p = head; p < end && vars.n < MAX_VARS; vars.n++) {
		vars.name[vars.n] = p;
		p += strlen(p) + 1;
		if (p == end)
			return false;
		vars.value[vars.n] = p;
		p += strlen(p) + 1;
	}
	body_left = strtoumax(var("CONTENT_LENGTH"), NULL, 10);
	return strcmp(vars.name[0], "CONTENT_LENGTH") == 0 &&
	    strcmp(var("SCGI"), "1") == 0;
}

/* The next byte of the body, EOF behind its end. */
static int
next_byte(void)
{
	if (body_left == 0)
		return EOF;
	if (body_left-- % 65536 == 0)
		alarm(PATIENCE);
	return getc(in);
}

/*
 * With proxy-scgi-pathinfo SCRIPT_NAME is where we are mounted and
 * PATH_INFO the rest; without, SCRIPT_NAME is the whole path.
 */
static const char *
mount_point(void)
{
	return var("PATH_INFO")[0] == '\0' ? "" : var("SCRIPT_NAME");
}

static const char *
path(void)
{
	return var("PATH_INFO")[0] == '\0' ? var("SCRIPT_NAME") :
	    var("PATH_INFO");
}

static bool
is_post(void)
{
	return strcmp(var("REQUEST_METHOD"), "POST") == 0;
}

/* The value of a field of a query or form, decoded into value. */
static const char *
form_field(const char *form, const char *name, char *value, size_t size)
{
	unsigned code;
	size_t n = 0;

	while (strncmp(form, name, strlen(name)) != 0 ||
	    form[strlen(name)] != '=') {
		form += strcspn(form, "&");
		if (*form++ == '\0')
			return "";
	}
	form += strlen(name) + 1;
	for (; *form != '\0' && *form != '&' && n + 1 < size; form++) {
		value[n++] = *form == '+' ? ' ' : *form;
		if (*form == '%' && sscanf(form + 1, "%2x", &code) == 1) {
			value[n - 1] = (char)code;
			form += 2;
		}
	}
	value[n] = '\0';
	return value;
}

/* The same as a number. */
static long
query_number(const char *name, long low, long high, long otherwise)
{
	char value[16];
	long n;

	n = strtol(form_field(var("QUERY_STRING"), name, value,
	    sizeof(value)), NULL, 10);
	return n < low || n > high ? otherwise : n;
}

/*
 * The answer.
 */

static void
print_escaped(const char *s)
{
	for (; *s != '\0'; s++)
		if (strchr("<>&\"", *s) != NULL)
			fprintf(out, "&#%d;", *s);
		else
			putc(*s, out);
}

/* Where the front page is: SetEnv DEMO_HOME tells it to one mounted aside. */
static const char *
home(void)
{
	return *var("DEMO_HOME") == '\0' ? mount_point() : var("DEMO_HOME");
}

static void
begin_page(const char *title)
{
	fprintf(out,
	    "Content-Type: text/html; charset=utf-8\r\n\r\n"
	    "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n"
	    "<meta name=viewport content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=color-scheme content=\"light dark\">\n"
	    "<link rel=icon href=\"data:image/svg+xml,<svg "
	    "xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>"
	    "<path fill='%%2348a' d='M0 0h8v2H0zM0 2h2v6H0zM6 2h2v6H6z'/>"
	    "</svg>\">\n<title>%s</title>\n"
	    "<style>body { font: 1rem/1.5 sans-serif; max-width: 46rem; "
	    "margin: 2rem auto; padding: 0 1rem }\n"
	    "h1 { border-bottom: .2rem solid #48a }\n"
	    "td { border-bottom: 1px solid #8ab6; word-break: break-all; "
	    "vertical-align: top; font: .85rem monospace }\n"
	    "td:first-child { min-width: 9rem }\n"
	    "pre { overflow-x: auto; padding: .5rem; "
	    "background: #8ab3 }</style>\n"
	    "<h1>%s</h1>\n", title, title);
}

static void
end_page(void)
{
	fprintf(out, "<p><a href=\"%s/\">back to the front page</a></p>\n",
	    strcmp(home(), "/") == 0 ? "" : home());
}

/* What to type next. */
static void
print_next_steps(void)
{
	fputs("<h2>Now yours</h2>\n<p>An application that listens on TCP port "
	    "4000, or on a socket:</p>\n"
	    "<pre>./gateway -d -l 8080 scgi://localhost:4000/\n"
	    "./gateway -d -l 8080 unix:/run/app.sock</pre>\n"
	    "<p>With a file: copy <code>gateway.conf.sample</code>, take the "
	    "# off the lines of your application, then</p>\n"
	    "<pre>./gateway -n -f my.conf &amp;&amp; "
	    "./gateway -d -f my.conf</pre>\n", out);
}

static void
show_front(void)
{
	static const char *const link[][2] = {
		{ "/form?name=Ada&words=a+%26+b", "a form" },
		{ "/upload", "an upload of any size" },
		{ "/stream", "an answer that comes line by line" },
		{ "/slow?s=3", "an answer that takes three seconds" },
		{ "/status/404", "a status" },
		{ "/redirect", "a redirect that your browser follows" },
		{ "/internal", "a redirect inside the gateway" },
		{ "/cookie", "a counter in a cookie" },
		{ "/download", "a file that the gateway sends (X-Sendfile)" },
		{ "/inside", "a file that only a redirect inside reaches" },
		{ "/broken", "an application that fails, and an error page" },
		{ "/pair/which", "one of two applications, in turn" },
	};
	size_t i;

	begin_page("It works");
	fputs("<p>This page was made by <code>examples/demo.c</code>, an SCGI "
	    "application, and brought to you by the gateway.  Try</p>\n<ul>\n",
	    out);
	for (i = 0; i < sizeof(link) / sizeof(link[0]); i++)
		fprintf(out, "<li><a href=\"%s%s\">%s</a>\n", mount_point(),
		    link[i][0], link[i][1]);
	fputs("</ul>\n<p>These are the variables of this request:</p>\n"
	    "<table>\n", out);
	for (i = 0; i < vars.n; i++) {
		fputs("<tr><td>", out);
		print_escaped(vars.name[i]);
		fputs("<td>", out);
		print_escaped(vars.value[i]);
		fputs("\n", out);
	}
	fputs("</table>\n", out);
	print_next_steps();
}

static void
show_form(void)
{
	static char form[MAX_FORM + 1], value[MAX_FORM + 1];
	size_t n = 0;
	int c;

	while (is_post() && n < MAX_FORM && (c = next_byte()) != EOF)
		form[n++] = (char)c;
	begin_page("A form");
	fprintf(out, "<p>It came with %s.</p>\n<p>Name: <b>",
	    is_post() ? "POST" : "GET");
	if (!is_post())
		snprintf(form, sizeof(form), "%s", var("QUERY_STRING"));
	print_escaped(form_field(form, "name", value, sizeof(value)));
	fputs("</b>, words: <b>", out);
	print_escaped(form_field(form, "words", value, sizeof(value)));
	fprintf(out, "</b></p>\n"
	    "<form method=post action=\"%s/form\" accept-charset=utf-8>\n"
	    "<input name=name placeholder=name>\n"
	    "<input name=words placeholder=words>\n"
	    "<button>send with POST</button>\n"
	    "<button formmethod=get>send with GET</button>\n</form>\n",
	    mount_point());
	end_page();
}

/* What cksum(1) computes, so that an upload can be compared. */
struct checksum {
	uint64_t	 size;
	uint32_t	 crc;
};

static uint32_t
crc_byte(uint32_t crc, uint32_t byte)
{
	int i;

	crc ^= byte << 24;
	for (i = 0; i < 8; i++)
		crc = crc << 1 ^ (crc >> 31 ? UINT32_C(0x04c11db7) : 0);
	return crc;
}

static void
add_byte(struct checksum *sum, int c)
{
	sum->crc = crc_byte(sum->crc, (unsigned char)c);
	sum->size++;
}

static void
print_checksum(const struct checksum *sum)
{
	uint32_t crc = sum->crc;
	uint64_t n;

	for (n = sum->size; n > 0; n >>= 8)
		crc = crc_byte(crc, n & 0xff);
	fprintf(out, "%" PRIu64 " bytes, cksum %" PRIu32 "\n", sum->size,
	    ~crc & UINT32_C(0xffffffff));
}

/*
 * Read up to and with stop, of which k bytes are there already; what is
 * before it is summed.  CR is the first byte of stop and no other, so that a
 * mismatch never has to look further back.
 */
static bool
read_until(const char *stop, size_t k, struct checksum *sum)
{
	size_t i;
	int c;

	while (stop[k] != '\0') {
		if ((c = next_byte()) == EOF)
			return false;
		if (c == stop[k]) {
			k++;
			continue;
		}
		for (i = 0; i < k; i++)
			add_byte(sum, stop[i]);
		k = c == stop[0] ? 1 : 0;
		if (k == 0)
			add_byte(sum, c);
	}
	return true;
}

/* The fields of a part, up to the empty line. */
static void
print_fields(void)
{
	char line[512];
	size_t n;
	int c = 0;

	do {
		for (n = 0; (c = next_byte()) != EOF && c != '\n'; )
			if (c != '\r' && n + 1 < sizeof(line))
				line[n++] = (char)c;
		line[n] = '\0';
		print_escaped(line);
		fputs("<br>", out);
	} while (n > 0 && c != EOF);
}

/* multipart/form-data (RFC 7578), without keeping any of it. */
static void
read_parts(const char *boundary)
{
	struct checksum sum;
	char stop[80];
	bool whole;

	snprintf(stop, sizeof(stop), "\r\n--%s", boundary);
	whole = read_until(stop, 2, &sum);
	while (whole && next_byte() != '-' && next_byte() != EOF) {
		fputs("<li>", out);
		print_fields();
		memset(&sum, 0, sizeof(sum));
		whole = read_until(stop, 0, &sum);
		print_checksum(&sum);
	}
	if (!whole)
		fputs("<li>It was cut off.\n", out);
}

static void
show_upload(void)
{
	static const char multipart[] = "multipart/form-data; boundary=";
	struct checksum sum = { 0, 0 };
	char boundary[71];
	const char *p;
	int c;

	begin_page("An upload");
	p = var("CONTENT_TYPE");
	if (strncmp(p, multipart, sizeof(multipart) - 1) == 0) {
		p += sizeof(multipart) - 1;
		p += *p == '"';
		snprintf(boundary, sizeof(boundary), "%.*s",
		    (int)strcspn(p, "\";"), p);
		fputs("<p>It had</p>\n<ul>\n", out);
		read_parts(boundary);
		fputs("</ul>\n", out);
	} else if (is_post() || strcmp(var("REQUEST_METHOD"), "PUT") == 0) {
		while ((c = next_byte()) != EOF)
			add_byte(&sum, c);
		fputs("<p>It had ", out);
		print_checksum(&sum);
		fputs("</p>\n", out);
	}
	fprintf(out, "<form method=post enctype=\"multipart/form-data\" "
	    "action=\"%s/upload\">\n<input type=file name=file>\n"
	    "<button>send</button>\n</form>\n"
	    "<p><code>cksum</code> of the file says the same.</p>\n",
	    mount_point());
	end_page();
}

/* Server-sent events for who asks for them (EventSource), else text. */
static void
show_stream(void)
{
	struct timespec half = { 0, 500000000 };
	bool events;
	long i, n;

	events = strstr(var("HTTP_ACCEPT"), "text/event-stream") != NULL;
	n = query_number("n", 1, 1000, 10);
	fprintf(out, "Content-Type: %s\r\nCache-Control: no-cache\r\n\r\n",
	    events ? "text/event-stream" : "text/plain; charset=utf-8");
	for (i = 1; i <= n; i++) {
		fprintf(out, events ? "data: line %ld of %ld\n\n" :
		    "line %ld of %ld\n", i, n);
		alarm(PATIENCE);
		/* the client has left */
		if (fflush(out) == EOF)
			break;
		if (i < n)
			nanosleep(&half, NULL);
	}
}

static void
show_slow(void)
{
	long s;

	s = query_number("s", 0, PATIENCE / 2, 3);
	sleep((unsigned)s);
	begin_page("Slow");
	fprintf(out, "<p>This took %ld seconds.</p>\n", s);
	end_page();
}

static void
show_not_found(void)
{
	fputs("Status: 404 Not Found\r\n", out);
	begin_page("Not found");
	fputs("<p>There is nothing at <code>", out);
	print_escaped(path());
	fputs("</code>.</p>\n", out);
	end_page();
}

static void
show_status(void)
{
	long n;

	n = strtol(strrchr(path(), '/') + 1, NULL, 10);
	if (n < 200 || n > 599) {
		show_not_found();
		return;
	}
	fprintf(out, "Status: %ld\r\n", n);
	begin_page("A status");
	fprintf(out, "<p>The status of this page is %ld.</p>\n", n);
	end_page();
}

/* With a status it goes to the browser ... */
static void
show_redirect(void)
{
	fprintf(out, "Status: 302 Found\r\nLocation: %s/?redirected\r\n\r\n",
	    mount_point());
}

/* ... without, and with a path, the gateway itself asks for that path. */
static void
show_internal(void)
{
	fprintf(out, "Location: %s/inner?room=42\r\n\r\n", mount_point());
}

static void
show_inner(void)
{
	begin_page("An internal redirect");
	fputs("<p>You asked for <code>", out);
	print_escaped(var("REDIRECT_URL"));
	fputs("</code> and got <code>", out);
	print_escaped(path());
	fputs("</code> with the query <code>", out);
	print_escaped(var("QUERY_STRING"));
	fputs("</code>; your browser knows nothing of it.</p>\n", out);
	end_page();
}

static void
show_cookie(void)
{
	const char *p;
	unsigned long n = 1;

	if ((p = strstr(var("HTTP_COOKIE"), "visits=")) != NULL)
		n = strtoul(p + strlen("visits="), NULL, 10) + 1;
	fprintf(out, "Set-Cookie: visits=%lu; Path=%s/; HttpOnly; "
	    "SameSite=Lax\r\n", n, mount_point());
	begin_page("A cookie");
	fprintf(out, "<p>You were here %lu time%s.</p>\n", n,
	    n == 1 ? "" : "s");
	end_page();
}

/*
 * The gateway sends the file, with ranges: a download can be resumed.  Where
 * it is, the gateway's configuration says (SetEnv DEMO_FILES).
 */
static void
show_download(void)
{
	if (*var("DEMO_FILES") == '\0') {
		show_not_found();
		return;
	}
	fprintf(out, "Content-Disposition: attachment; filename=demo.txt\r\n"
	    "X-Sendfile: %s/demo.txt\r\n\r\n", var("DEMO_FILES"));
}

/* A path that is closed from outside (InternalOnly). */
static void
show_inside(void)
{
	fputs("Location: /protected/demo.txt\r\n\r\n", out);
}

/* No answer at all. */
static void
show_broken(void)
{
	exit(EXIT_FAILURE);
}

/* What ErrorDocument makes of it. */
static void
show_sorry(void)
{
	begin_page("An error page");
	fputs("<p>The application did not answer for <code>", out);
	print_escaped(var("REDIRECT_URL"));
	fputs("</code>; this page came in the place of status ", out);
	print_escaped(var("REDIRECT_STATUS"));
	fputs(".</p>\n", out);
	end_page();
}

/* Two of us behind a balancer. */
static void
show_which(void)
{
	begin_page("One of two");
	fputs("<p>The balancer <code>", out);
	print_escaped(var("BALANCER_NAME"));
	fputs("</code> chose <code>", out);
	print_escaped(var("BALANCER_WORKER_NAME"));
	fprintf(out, "</code>.  <a href=\"%s/which\">Once more</a></p>\n",
	    mount_point());
	end_page();
}

static const struct {
	const char	*path;		/* a slash at the end: all below */
	void		(*show)(void);
} pages[] = {
	{ "/form",	show_form },
	{ "/upload",	show_upload },
	{ "/stream",	show_stream },
	{ "/slow",	show_slow },
	{ "/status/",	show_status },
	{ "/redirect",	show_redirect },
	{ "/internal",	show_internal },
	{ "/inner",	show_inner },
	{ "/cookie",	show_cookie },
	{ "/download",	show_download },
	{ "/inside",	show_inside },
	{ "/broken",	show_broken },
	{ "/sorry",	show_sorry },
	{ "/which",	show_which },
};

static void
answer(void)
{
	const char *p;
	size_t i, n;

	p = path();
	if (*p == '\0' || strcmp(p, "/") == 0) {
		show_front();
		return;
	}
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		n = strlen(pages[i].path);
		if (strcmp(p, pages[i].path) == 0 ||
		    (pages[i].path[n - 1] == '/' &&
		    strncmp(p, pages[i].path, n) == 0)) {
			pages[i].show();
			return;
		}
	}
	show_not_found();
}

/*
 * The process.
 */

static void
fail(const char *what)
{
	fprintf(stderr, "demo: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int
listen_unix(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(name) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		fail(name);
	}
	memcpy(sun.sun_path, name, strlen(name));
	(void)unlink(name);
	/* the gateway may run as another user */
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(name, 0666) == -1 || listen(fd, 128) == -1)
		fail(name);
	socket_path = name;
	return fd;
}

static int
listen_port(const char *port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int fd, on = 1;

	sin.sin_port = htons((uint16_t)strtol(port, NULL, 10));
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == -1 ||
	    listen(fd, 128) == -1)
		fail(port);
	return fd;
}

static void
leave(int sig)
{
	(void)sig;
	if (socket_path != NULL)
		(void)unlink(socket_path);
	_exit(0);
}

static void
serve(int fd)
{
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	alarm(PATIENCE);
	if ((in = fdopen(fd, "r")) == NULL ||
	    (out = fdopen(dup(fd), "w")) == NULL)
		fail("fdopen");
	if (read_request())
		answer();
	else
		fputs("Status: 400 Bad Request\r\n\r\nno SCGI\n", out);
	(void)fflush(out);
}

int
main(int argc, char **argv)
{
	int fd, listener;

	if (argc == 3 && strcmp(argv[1], "-s") == 0)
		listener = listen_unix(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "-p") == 0)
		listener = listen_port(argv[2]);
	else {
		fprintf(stderr, "usage: demo -s socket | -p port\n");
		return 64;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);		/* no zombies */
	(void)signal(SIGTERM, leave);
	(void)signal(SIGINT, leave);
	for (;;) {
		if ((fd = accept(listener, NULL, NULL)) == -1)
			continue;
		if (fork() == 0) {
			close(listener);
			serve(fd);
			_exit(0);
		}
		close(fd);
	}
}
