/*
 * Raw requests and what becomes of them: for the unit test of http.c, and to
 * be replayed over a real socket.
 *
 * rule is a section of RFC 9112, "9110 ..." one of RFC 9110, "ours" a choice
 * that the RFCs leave to the server.  status is 200 for a request that is
 * taken with its body, 0 for one of which more must come, else that of the
 * refusal.  ends tells that no further request is taken on the connection.
 */
#ifndef VECTORS_HTTP_H
#define VECTORS_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct raw_request {
	const char	*name;
	const char	*rule;
	const char	*bytes;
	size_t		 length;
	int		 status;
	bool		 ends;
};

/* Bytes of a literal and how many they are, NULs in it included. */
#define RAW(lit)	(lit), sizeof(lit) - 1

static const struct raw_request raw_requests[] = {
	/* a message as a whole */
	{ "plain", "2.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "nothing yet", "2.1", RAW(""), 0, false },
	{ "half a request line", "2.1", RAW("GET / HT"), 0, false },
	{ "request line alone", "2.1", RAW("GET / HTTP/1.1\r\n"), 0, false },
	{ "no empty line", "2.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n"), 0, false },
	{ "half an empty line", "2.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\r"), 0, false },
	{ "no fields, 1.0", "2.1", RAW("GET / HTTP/1.0\r\n\r\n"), 200, true },

	/* line ends and bytes that are in no head */
	{ "bytes above ASCII in a value", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: \303\244\377\r\n\r\n"),
	    200, false },
	{ "bare LF after the request line", "2.2",
	    RAW("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400, true },
	{ "bare LF after a field", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n"), 400, true },
	{ "bare LF as empty line", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\n"), 400, true },
	{ "bare LF everywhere", "2.2",
	    RAW("GET / HTTP/1.1\nHost: a\n\n"), 400, true },
	{ "LF CR", "2.2",
	    RAW("GET / HTTP/1.1\n\rHost: a\n\r\n\r"), 400, true },
	{ "bare CR in the method", "2.2",
	    RAW("GE\rT / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "bare CR in the target", "2.2",
	    RAW("GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "bare CR after the version", "2.2",
	    RAW("GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"), 400, true },
	{ "bare CR ends the request line", "2.2",
	    RAW("GET / HTTP/1.1\rHost: a\r\n\r\n"), 400, true },
	{ "bare CR in a field name", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX\rY: b\r\n\r\n"), 400, true },
	{ "bare CR in a value", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n"), 400, true },
	{ "bare CR begins a value", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX:\rb\r\n\r\n"), 400, true },
	{ "bare CR ends a field", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"), 400, true },
	{ "CR CR LF after a field", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"), 400, true },
	{ "CR only", "2.2",
	    RAW("GET / HTTP/1.1\rHost: a\r\r"), 400, true },
	{ "CR CR LF as empty line", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"), 400, true },
	{ "one empty line before", "2.2",
	    RAW("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "ten empty lines before", "2.2",
	    RAW("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "eleven empty lines before", "ours",
	    RAW("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n"
	    "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "empty lines and no more", "2.2", RAW("\r\n\r\n"), 0, false },
	{ "bare LF before", "2.2",
	    RAW("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "bare CR before", "2.2",
	    RAW("\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank line before", "2.2",
	    RAW(" \r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "SP before the first field", "2.2",
	    RAW("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400, true },
	{ "HTAB before the first field", "2.2",
	    RAW("GET / HTTP/1.1\r\n\tX: b\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank line before the first field", "2.2",
	    RAW("GET / HTTP/1.1\r\n \r\nHost: a\r\n\r\n"), 400, true },
	{ "NUL first", "2.2", RAW("\000"), 400, true },
	{ "NUL in the target", "2.2",
	    RAW("GET /\000 HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "NUL in a field name", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX\000: b\r\n\r\n"), 400, true },
	{ "NUL in a value", "9110 5.5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\000\r\n\r\n"), 400, true },
	{ "control byte in a value", "9110 5.5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: \001b\r\n\r\n"), 400, true },
	{ "ESC in a value", "9110 5.5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: \033[2J\r\n\r\n"),
	    400, true },
	{ "DEL in a value", "9110 5.5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: \177\r\n\r\n"), 400, true },
	{ "TLS hello", "2.2", RAW("\026\003\001\002\000\001"), 400, true },
	{ "TLS hello, first byte", "2.2", RAW("\026"), 400, true },
	{ "SSLv2 hello", "2.2", RAW("\200\056\001\003"), 400, true },
	{ "line of garbage", "2.2", RAW("what is this\r\n\r\n"), 400, true },
	{ "SSH greeting", "2.2", RAW("SSH-2.0-OpenSSH_9.2\r\n"), 400, true },

	/* versions */
	{ "1.0", "2.3", RAW("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), 200, true },
	{ "1.2 is 1.1", "2.3",
	    RAW("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 200, false },
	{ "1.9 is 1.1", "2.3",
	    RAW("GET / HTTP/1.9\r\nHost: a\r\n\r\n"), 200, false },
	{ "1.2 needs Host as 1.1 does", "3.2",
	    RAW("GET / HTTP/1.2\r\n\r\n"), 400, true },
	{ "2.0", "9110 15.6.6",
	    RAW("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505, true },
	{ "preface of HTTP/2", "9110 15.6.6",
	    RAW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, true },
	{ "3.0", "9110 15.6.6",
	    RAW("GET / HTTP/3.0\r\nHost: a\r\n\r\n"), 505, true },
	{ "0.9 in words", "9110 15.6.6",
	    RAW("GET / HTTP/0.9\r\n\r\n"), 505, true },
	{ "no version", "2.3", RAW("GET /\r\n"), 400, true },
	{ "no version, with fields", "2.3",
	    RAW("GET /\r\nHost: a\r\n\r\n"), 400, true },
	{ "empty version", "2.3",
	    RAW("GET / \r\nHost: a\r\n\r\n"), 400, true },
	{ "lower case version", "2.3",
	    RAW("GET / http/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "mixed case version", "2.3",
	    RAW("GET / HtTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "no minor version", "2.3",
	    RAW("GET / HTTP/1\r\nHost: a\r\n\r\n"), 400, true },
	{ "empty minor version", "2.3",
	    RAW("GET / HTTP/1.\r\nHost: a\r\n\r\n"), 400, true },
	{ "no major version", "2.3",
	    RAW("GET / HTTP/.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "two digits minor", "2.3",
	    RAW("GET / HTTP/1.10\r\nHost: a\r\n\r\n"), 400, true },
	{ "leading zeros", "2.3",
	    RAW("GET / HTTP/01.01\r\nHost: a\r\n\r\n"), 400, true },
	{ "comma in the version", "2.3",
	    RAW("GET / HTTP/1,1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank in the version", "2.3",
	    RAW("GET / HTTP/ 1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank before the slash", "2.3",
	    RAW("GET / HTTP /1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "sign in the version", "2.3",
	    RAW("GET / HTTP/+1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "letter in the version", "2.3",
	    RAW("GET / HTTP/1.x\r\nHost: a\r\n\r\n"), 400, true },
	{ "another protocol", "2.3",
	    RAW("GET / HTTPS/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "ICY", "2.3", RAW("GET / ICY/1.0\r\nHost: a\r\n\r\n"), 400, true },

	/* the request line */
	{ "two blanks after the method", "3",
	    RAW("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "two blanks before the version", "3",
	    RAW("GET /  HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "HTAB after the method", "3",
	    RAW("GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "HTAB before the version", "3",
	    RAW("GET /\tHTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "VT after the method", "3",
	    RAW("GET\013/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "FF after the method", "3",
	    RAW("GET\014/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank first", "3",
	    RAW(" GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank last", "3",
	    RAW("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 400, true },
	{ "HTAB last", "3",
	    RAW("GET / HTTP/1.1\t\r\nHost: a\r\n\r\n"), 400, true },
	{ "word after the version", "3",
	    RAW("GET / HTTP/1.1 x\r\nHost: a\r\n\r\n"), 400, true },
	{ "two versions", "3",
	    RAW("GET / HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "blank in the target", "3.2",
	    RAW("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "no target", "3",
	    RAW("GET HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "empty target", "3",
	    RAW("GET  HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "no method", "3",
	    RAW("/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "version alone", "3", RAW("HTTP/1.1\r\nHost: a\r\n\r\n"),
	    400, true },
	{ "HEAD", "3.1",
	    RAW("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "unknown method", "3.1",
	    RAW("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "lower case method is another", "3.1",
	    RAW("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "all signs of a token", "3.1",
	    RAW("!#$%&'*+-.^_`|~9aZ / HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },
	{ "parenthesis in the method", "3.1",
	    RAW("GE(T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "colon in the method", "3.1",
	    RAW("GET: / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "quotes in the method", "3.1",
	    RAW("\"GET\" / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "method above ASCII", "3.1",
	    RAW("G\303\211T / HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },

	/* targets */
	{ "query", "3.2.1",
	    RAW("GET /a?b=c?d HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "query that is empty", "3.2.1",
	    RAW("GET /? HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "two slashes first", "3.2.1",
	    RAW("GET //a HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "escapes", "3.2.1",
	    RAW("GET /%61?%zz HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "signs that browsers leave", "ours",
	    RAW("GET /a?\"<>^`{|}\\ HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },
	{ "fragment", "3.2",
	    RAW("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "fragment in the query", "3.2",
	    RAW("GET /a?b#c HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "target above ASCII", "ours",
	    RAW("GET /\303\244?\377 HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },
	{ "overlong UTF-8 in the target", "ours",
	    RAW("GET /\300\257 HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },
	{ "host above ASCII in the target", "3.2.2",
	    RAW("GET http://\303\244/ HTTP/1.1\r\nHost: a\r\n\r\n"),
	    400, true },
	{ "version above ASCII", "2.3",
	    RAW("GET / HTTP/1.\261\r\nHost: a\r\n\r\n"), 400, true },
	{ "DEL in the target", "3.2",
	    RAW("GET /\177 HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "no slash first", "3.2.1",
	    RAW("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "query alone", "3.2.1",
	    RAW("GET ?a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "backslash first", "3.2.1",
	    RAW("GET \\a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form", "3.2.2",
	    RAW("GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "absolute form, another Host", "3.2.2",
	    RAW("GET http://a/b HTTP/1.1\r\nHost: c\r\n\r\n"), 200, false },
	{ "absolute form, no Host", "3.2",
	    RAW("GET http://a/b HTTP/1.1\r\n\r\n"), 400, true },
	{ "absolute form, empty Host", "3.2.2",
	    RAW("GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n"), 200, false },
	{ "absolute form, two Hosts", "3.2",
	    RAW("GET http://a/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"),
	    400, true },
	{ "absolute form, bad Host", "3.2",
	    RAW("GET http://a/ HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, true },
	{ "absolute form, no path", "3.2.2",
	    RAW("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "absolute form, query alone", "3.2.2",
	    RAW("GET http://a?b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "absolute form, scheme in capitals", "9110 4.2.3",
	    RAW("GET HTTP://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "absolute form, https", "3.2.2",
	    RAW("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "absolute form, port", "3.2.2",
	    RAW("GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },
	{ "absolute form, 1.0", "3.2.2",
	    RAW("GET http://a/ HTTP/1.0\r\n\r\n"), 200, true },
	{ "absolute form, no host", "9110 4.2.1",
	    RAW("GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, port alone", "9110 4.2.1",
	    RAW("GET http://:80/a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, nothing", "9110 4.2.1",
	    RAW("GET http:// HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, one slash", "3.2.2",
	    RAW("GET http:/a HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, user", "9110 4.2.4",
	    RAW("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, user and password", "9110 4.2.4",
	    RAW("GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n"),
	    400, true },
	{ "absolute form, bad port", "3.2.2",
	    RAW("GET http://a:b/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, ftp", "ours",
	    RAW("GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "absolute form, no authority", "ours",
	    RAW("GET urn:a:b HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "authority form", "3.2.3",
	    RAW("GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "CONNECT", "3.2.3",
	    RAW("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"), 405, true },
	{ "asterisk form", "3.2.4",
	    RAW("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "asterisk form of another method", "3.2.4",
	    RAW("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "asterisk and more", "3.2.4",
	    RAW("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "OPTIONS of an authority", "3.2.4",
	    RAW("OPTIONS http://a:81 HTTP/1.1\r\nHost: a\r\n\r\n"),
	    200, false },

	/* Host */
	{ "no Host", "3.2", RAW("GET / HTTP/1.1\r\n\r\n"), 400, true },
	{ "no Host but others", "3.2",
	    RAW("GET / HTTP/1.1\r\nX-Host: a\r\n\r\n"), 400, true },
	{ "no Host, 1.0", "3.2", RAW("GET / HTTP/1.0\r\nX: a\r\n\r\n"),
	    200, true },
	{ "two Hosts", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, true },
	{ "two equal Hosts", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n"), 400, true },
	{ "two Hosts, one empty", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n"), 400, true },
	{ "two Hosts, 1.0", "3.2",
	    RAW("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400, true },
	{ "empty Host", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 200, false },
	{ "Host in capitals", "9110 5.1",
	    RAW("GET / HTTP/1.1\r\nHOST: A\r\n\r\n"), 200, false },
	{ "Host with port", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:65535\r\n\r\n"), 200, false },
	{ "Host with empty port", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:\r\n\r\n"), 200, false },
	{ "Host with the root's dot", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: a.b.\r\n\r\n"), 200, false },
	{ "Host is IPv4", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n"), 200, false },
	{ "Host is IPv6", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n"), 200, false },
	{ "Host is IPv6 with port", "9110 7.2",
	    RAW("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n"),
	    200, false },
	{ "Host with underscore", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: my_host\r\n\r\n"), 200, false },
	{ "port 0", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:0\r\n\r\n"), 400, true },
	{ "port 65536", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"), 400, true },
	{ "port overflows", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:18446744073709551696\r\n\r\n"),
	    400, true },
	{ "port is a word", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"), 400, true },
	{ "port has a sign", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:+80\r\n\r\n"), 400, true },
	{ "two ports", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n"), 400, true },
	{ "port alone", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: :80\r\n\r\n"), 400, true },
	{ "list of hosts", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400, true },
	{ "list of hosts, no blank", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), 400, true },
	{ "blank in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400, true },
	{ "HTAB in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\tb\r\n\r\n"), 400, true },
	{ "path in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400, true },
	{ "user in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400, true },
	{ "scheme in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: http://a\r\n\r\n"), 400, true },
	{ "query in Host", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: a?b\r\n\r\n"), 400, true },
	{ "markup in Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: <b>\r\n\r\n"), 400, true },
	{ "escape in Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: a%62\r\n\r\n"), 400, true },
	{ "Host of 255 bytes", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: "
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a"
	    ":80\r\n\r\n"), 200, false },
	{ "Host of 256 bytes", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: "
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.aa"
	    "\r\n\r\n"), 400, true },
	{ "host of 257 bytes in the target", "ours",
	    RAW("GET http://"
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a"
	    "/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400, true },
	{ "Host above ASCII", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: \303\244\r\n\r\n"), 400, true },
	{ "empty label in Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: a..b\r\n\r\n"), 400, true },
	{ "dot first in Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: .a\r\n\r\n"), 400, true },
	{ "dot as Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: .\r\n\r\n"), 400, true },
	{ "IPv6 without brackets", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: ::1\r\n\r\n"), 400, true },
	{ "IPv6 that does not close", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400, true },
	{ "IPv6 that is none", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: [::g]\r\n\r\n"), 400, true },
	{ "empty brackets", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: []\r\n\r\n"), 400, true },
	{ "IPv6 with a zone", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]\r\n\r\n"),
	    400, true },
	{ "IPv4 in brackets", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: [127.0.0.1]\r\n\r\n"), 400, true },
	{ "bytes after the brackets", "3.2",
	    RAW("GET / HTTP/1.1\r\nHost: [::1]80\r\n\r\n"), 400, true },
	{ "folded Host", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"), 400, true },
	{ "Host on the folded line", "ours",
	    RAW("GET / HTTP/1.1\r\nHost:\r\n a\r\n\r\n"), 400, true },
	{ "Host behind a fold", "5.2",
	    RAW("GET / HTTP/1.1\r\nX: b\r\n Host: a\r\n\r\n"), 400, true },

	/* fields */
	{ "all signs of a name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n!#$%&'*+-.^_`|~9aZ: b\r\n\r\n"),
	    200, false },
	{ "names as long as those of framing", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nDate: b\r\nCookie: c\r\n"
	    "Keep-Alive: d\r\nAccept-Charset: e\r\n"
	    "If-Modified-Since: f\r\n\r\n"), 200, false },
	{ "empty value", "5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX:\r\n\r\n"), 200, false },
	{ "value of blanks", "5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: \t \r\n\r\n"), 200, false },
	{ "no blank after the colon", "5",
	    RAW("GET / HTTP/1.1\r\nHost:a\r\nX:b\r\n\r\n"), 200, false },
	{ "HTAB and blanks around", "5",
	    RAW("GET / HTTP/1.1\r\nHost:\t a \t\r\n\r\n"), 200, false },
	{ "colons in the value", "5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX::b:c\r\n\r\n"), 200, false },
	{ "SP before the colon", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400, true },
	{ "HTAB before the colon", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX\t: b\r\n\r\n"), 400, true },
	{ "SP before the colon of Content-Length", "5.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 0\r\n\r\n"),
	    400, true },
	{ "SP before the colon of Transfer-Encoding", "5.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "blank in the name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX Y: b\r\n\r\n"), 400, true },
	{ "no name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"), 400, true },
	{ "no colon", "5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n"), 400, true },
	{ "brackets in the name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n[X]: b\r\n\r\n"), 400, true },
	{ "slash in the name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX/Y: b\r\n\r\n"), 400, true },
	{ "name above ASCII", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\303\244: b\r\n\r\n"),
	    400, true },
	{ "VT before the name", "5.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\013X: b\r\n\r\n"), 400, true },
	{ "fold with SP", "5.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n"),
	    200, false },
	{ "fold with HTAB", "5.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n"),
	    200, false },
	{ "two folds", "5.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n  c\r\n \t d\r\n\r\n"),
	    200, false },
	{ "empty fold", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n \r\n\r\n"),
	    400, true },
	{ "empty fold before the end", "ours",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n \t\r\nY: c\r\n\r\n"),
	    400, true },
	{ "fold with a bare LF", "2.2",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\n c\r\n\r\n"), 400, true },
	{ "control byte in a fold", "9110 5.5",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n \001\r\n\r\n"),
	    400, true },

	/* how long a body is */
	{ "body by length", "6.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	    "hello"), 200, false },
	{ "length in another case", "6.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\ncONTENT-lENGTH: 5\r\n\r\n"
	    "hello"), 200, false },
	{ "length 0", "6.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
	    200, false },
	{ "length with leading zeros", "6.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0005\r\n\r\n"
	    "hello"), 200, false },
	{ "blanks around the length", "5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \t5 \r\n\r\n"
	    "hello"), 200, false },
	{ "no body without a length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "body of a GET", "6.3",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	    "hello"), 200, false },
	{ "body in HTTP/1.0", "6.3",
	    RAW("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello"),
	    200, true },
	{ "body that is not all there", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	    "hell"), 0, false },
	{ "length with a sign", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n"
	    "hello"), 400, true },
	{ "negative length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n"
	    "hello"), 400, true },
	{ "length -0", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -0\r\n\r\n"),
	    400, true },
	{ "hexadecimal length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\n"
	    "hello"), 400, true },
	{ "octal length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0o5\r\n\r\n"
	    "hello"), 400, true },
	{ "length with a fraction", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5.0\r\n\r\n"
	    "hello"), 400, true },
	{ "length with an exponent", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5e0\r\n\r\n"
	    "hello"), 400, true },
	{ "length with an underscore", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0_5\r\n\r\n"
	    "hello"), 400, true },
	{ "length in quotes", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \"5\"\r\n\r\n"
	    "hello"), 400, true },
	{ "length with a parameter", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5;a\r\n\r\n"
	    "hello"), 400, true },
	{ "length is a word", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: five\r\n\r\n"
	    "hello"), 400, true },
	{ "empty length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"),
	    400, true },
	{ "two numbers in a length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5 5\r\n\r\n"
	    "hello"), 400, true },
	{ "length and a comma", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,\r\n\r\n"
	    "hello"), 400, true },
	{ "VT before the length", "9110 5.5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \0135\r\n\r\n"
	    "hello"), 400, true },
	{ "NBSP before the length", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: \302\2405\r\n\r\nhello"), 400, true },
	{ "length list, equal", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n"
	    "hello"), 400, true },
	{ "length list, not equal", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\n"
	    "hello"), 400, true },
	{ "two lengths, equal", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Content-Length: 5\r\n\r\nhello"), 400, true },
	{ "two lengths, not equal", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Content-Length: 0\r\n\r\nhello"), 400, true },
	{ "two lengths, 1.0", "6.3",
	    RAW("POST / HTTP/1.0\r\nContent-Length: 5\r\n"
	    "Content-Length: 5\r\n\r\nhello"), 400, true },
	{ "folded length", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n 5\r\n\r\n"
	    "hello"), 400, true },
	{ "length continued by a fold", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n 0\r\n"
	    "\r\nhello"), 400, true },
	{ "largest length", "9110 8.6",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 9223372036854775807\r\n\r\n"), 0, false },
	{ "length over 63 bits", "9110 8.6",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 9223372036854775808\r\n\r\n"), 400, true },
	{ "length over 64 bits", "9110 8.6",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 18446744073709551621\r\n\r\nhello"), 400, true },
	{ "length of many digits", "9110 8.6",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 99999999999999999999999999999999999\r\n\r\n"),
	    400, true },

	/* transfer codings */
	{ "chunked", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
	    200, false },
	{ "chunked in capitals", "7",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: ChUnKeD\r\n\r\n0\r\n\r\n"), 200, false },
	{ "blanks around chunked", "5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding:\tchunked \r\n\r\n0\r\n\r\n"), 200, false },
	{ "chunked body of a GET", "6.3",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 200, false },
	{ "CL.TE", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nG"), 400, true },
	{ "TE.CL", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
	    "5\r\nhello\r\n0\r\n\r\n"), 400, true },
	{ "CL.TE with length 0", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "CL.TE with a bad length", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "CL.TE with identity", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Transfer-Encoding: identity\r\n\r\nhello"), 400, true },
	{ "codings in HTTP/1.0", "6.1",
	    RAW("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
	    "0\r\n\r\n"), 400, true },
	{ "codings and length in HTTP/1.0", "6.1",
	    RAW("POST / HTTP/1.0\r\nContent-Length: 5\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "unknown coding, then chunked", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: bogus, chunked\r\n\r\n0\r\n\r\n"), 501, true },
	{ "gzip, then chunked", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501, true },
	{ "identity, then chunked", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n"),
	    501, true },
	{ "gzip, then chunked in two lines", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 501, true },
	{ "identity alone", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: identity\r\n\r\n"), 400, true },
	{ "gzip alone", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: gzip\r\n\r\n"), 400, true },
	{ "chunked, then gzip", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"), 400, true },
	{ "chunked, then identity", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
	    400, true },
	{ "chunked, then identity in two lines", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"
	    "\r\n0\r\n\r\n"), 400, true },
	{ "identity, then chunked in two lines", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n0\r\n\r\n"), 501, true },
	{ "chunked twice", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
	    400, true },
	{ "chunked twice in two lines", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked\r\n"
	    "\r\n0\r\n\r\n"), 400, true },
	{ "xchunked", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "chunked in quotes", "6.3",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"), 400, true },
	{ "chunked with a parameter", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n"), 400, true },
	{ "gzip with a parameter", "7.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: gzip;q=1, chunked\r\n\r\n0\r\n\r\n"),
	    400, true },
	{ "two words", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: x chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "empty codings", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n"),
	    400, true },
	{ "comma before chunked", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "comma after chunked", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n"), 400, true },
	{ "VT before chunked", "9110 5.5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: \013chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "FF after chunked", "9110 5.5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\014\r\n\r\n0\r\n\r\n"), 400, true },
	{ "NUL after chunked", "9110 5.5",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\000\r\n\r\n0\r\n\r\n"), 400, true },
	{ "NBSP before chunked", "6.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: \240chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "folded chunked", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "chunked in a fold of gzip", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: gzip,\r\n\tchunked\r\n\r\n0\r\n\r\n"),
	    400, true },
	{ "codings behind a fold are no field", "5.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nX: b\r\n"
	    " Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello"),
	    200, false },
	{ "codings behind a bare LF", "2.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nX: b\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "codings behind a bare CR", "2.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nX: b\r"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
	{ "name that looks like it", "5.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello"),
	    200, false },
	{ "TE is no framing", "7.4",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers, chunked\r\n"
	    "Connection: TE\r\n\r\n"), 200, false },

	/* chunks */
	{ "two chunks", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"), 200, false },
	{ "hexadecimal of either case", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"), 200, false },
	{ "zeros before a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "00000000000000000000005\r\nhello\r\n000\r\n\r\n"), 200, false },
	{ "no last chunk", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), 0, false },
	{ "no end of the trailers", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
	    0, false },
	{ "half a chunk", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"), 0, false },
	{ "no size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n\r\n\r\n"), 400, true },
	{ "size is no number", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), 400, true },
	{ "0x before a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "sign before a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "minus before a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "underscore in a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0_5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "blank before a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "blank after a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "comma in a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5,5\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "NUL in a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\000\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "size over 64 bits", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello"
	    "\r\n0\r\n\r\n"), 400, true },
	{ "size of 64 bits", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello"),
	    400, true },
	{ "size of 63 bits", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nhello"),
	    0, false },
	{ "bare LF after a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "bare CR after a size", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\rhello\r\n0\r\n\r\n"),
	    400, true },
	{ "no CRLF after the data", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello0\r\n\r\n"),
	    400, true },
	{ "bare LF after the data", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n"),
	    400, true },
	{ "more data than said", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n"),
	    400, true },
	{ "less data than said", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n6\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "any byte as data", "7.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "5\r\n\000\r\n\377\n\r\n0\r\n\r\n"), 200, false },

	/* chunk extensions */
	{ "extension without a value", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0;b\r\n\r\n"),
	    200, false },
	{ "extension with a value", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n"),
	    200, false },
	{ "extensions with blanks", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "5 ; a\t= b ;c;d=\"e\" ; f\r\nhello\r\n0\r\n\r\n"), 200, false },
	{ "quoted value", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "5;a=\"b;\\\"c=\\\\ \303\244\"\r\nhello\r\n0\r\n\r\n"),
	    200, false },
	{ "semicolon alone", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "no name of an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;=b\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "no value of an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a=\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "blank after an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a \r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "bracket in an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;[\r\nhello\r\n0\r\n\r\n"),
	    400, true },
	{ "quote that does not end", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\r\nhello\r\n0\r\n"
	    "\r\n"), 400, true },
	{ "bytes after the quote", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a=\"b\"c\r\nhello\r\n0\r\n"
	    "\r\n"), 400, true },
	{ "NUL in an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a\000\r\nhello\r\n0\r\n"
	    "\r\n"), 400, true },
	{ "bare CR in an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a\rb\r\nhello\r\n0\r\n"
	    "\r\n"), 400, true },
	{ "bare LF in an extension", "7.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n"
	    "\r\n"), 400, true },

	/* trailers */
	{ "trailers", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "5\r\nhello\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n"), 200, false },
	{ "trailers that would be framing", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 50\r\n"
	    "Transfer-Encoding: gzip\r\nHost: b\r\n\r\n"), 200, false },
	{ "trailer without a colon", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nX\r\n\r\n"), 400, true },
	{ "trailer with SP before the colon", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nX : b\r\n\r\n"),
	    400, true },
	{ "trailer with a bad name", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n(X): b\r\n\r\n"),
	    400, true },
	{ "trailer with a control byte", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nX: \001\r\n\r\n"),
	    400, true },
	{ "trailer with a bare LF", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nX: b\n\r\n"), 400, true },
	{ "folded trailer", "ours",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\nX: b\r\n c\r\n\r\n"),
	    400, true },
	{ "bare LF ends the trailers", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\n"), 400, true },
	{ "bare CR ends the trailers", "7.1.2",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n0\r\n\rX"), 400, true },

	/* expectations */
	{ "100-continue", "9110 10.1.1",
	    RAW("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
	    "Expect: 100-Continue\r\n\r\nhello"), 200, false },
	{ "100-continue without a body", "9110 10.1.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"),
	    200, false },
	{ "unknown expectation", "9110 10.1.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n"),
	    417, true },
	{ "known and unknown expectation", "9110 10.1.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n"
	    "Expect: 100-continue, miracles\r\n\r\n"), 417, true },
	{ "unknown expectation in another line", "9110 10.1.1",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
	    "Expect: a=b\r\n\r\n"), 417, true },
	{ "expectation of 1.0", "9110 10.1.1",
	    RAW("POST / HTTP/1.0\r\nContent-Length: 5\r\n"
	    "Expect: 100-continue\r\n\r\nhello"), 200, true },
	{ "unknown expectation of 1.0", "9110 10.1.1",
	    RAW("GET / HTTP/1.0\r\nExpect: miracles\r\n\r\n"), 200, true },

	/* persistence */
	{ "1.1 persists", "9.3",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "1.0 does not", "9.3",
	    RAW("GET / HTTP/1.0\r\nHost: a\r\n\r\n"), 200, true },
	{ "1.0 with keep-alive", "9.3",
	    RAW("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
	    200, false },
	{ "1.0 with Keep-Alive in capitals", "9.3",
	    RAW("GET / HTTP/1.0\r\nCONNECTION: Keep-Alive\r\n\r\n"),
	    200, false },
	{ "1.1 with close", "9.6",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
	    200, true },
	{ "close in capitals", "9.6",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n"),
	    200, true },
	{ "close in a list", "9.6",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n"
	    "Connection: ,TE , close,\r\n\r\n"), 200, true },
	{ "close in a second line", "9.6",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE\r\n"
	    "Connection: close\r\n\r\n"), 200, true },
	{ "close wins over keep-alive", "9.3",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\n"
	    "Connection: keep-alive, close\r\n\r\n"), 200, true },
	{ "close wins in 1.0", "9.3",
	    RAW("GET / HTTP/1.0\r\nConnection: close\r\n"
	    "Connection: keep-alive\r\n\r\n"), 200, true },
	{ "another option", "9.3",
	    RAW("GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n"),
	    200, false },
	{ "Proxy-Connection does not count", "C.2.2",
	    RAW("GET / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n"),
	    200, true },
	{ "two requests", "9.3.2",
	    RAW("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "a request after close", "9.6",
	    RAW("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	    "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, true },
	{ "a request after a body", "9.3",
	    RAW("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	    "helloGET /b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false },
	{ "a request after chunks", "9.3",
	    RAW("POST /a HTTP/1.1\r\nHost: a\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	    "GET /b HTTP/1.1\r\nHost: a\r\n\r\n"), 200, false }
};

#endif
