#!/bin/sh
# ProxySCGISendfile: files that an application names, conditions, ranges, and
# that nothing outside of XSendFilePath is ever served.

. "${0%/*}/lib.sh"

mkdir "$T/files" "$T/files/dir" "$T/other"
printf '0123456789abcdefghij' >"$T/files/plain.txt"
: >"$T/files/empty"
printf 'a blank' >"$T/files/a b%20c.html"
printf 'no extension' >"$T/files/noext"
printf 'secret' >"$T/other/secret"
ln -s plain.txt "$T/files/link"
ln -s ../other/secret "$T/files/out"
ln -s ../other "$T/files/outdir"
ln -s loop "$T/files/loop"
mkfifo "$T/files/fifo"
head -c 300000 /dev/zero | tr '\0' 'z' >"$T/files/large.bin"
chmod -R a+rX "$T/files" "$T/other"

start_backend
start_gateway - <<EOT
ProxyPass / $URL
ProxySCGISendfile On
XSendFilePath $T/files
<Location /off>
ProxySCGISendfile Off
</Location>
<Location /named>
ProxySCGISendfile X-Send-Static
</Location>
<Location /other>
XSendFilePath $T/other
</Location>
EOT

# The path of a request whose answer names the file; further fields of the
# application in $FIELDS, encoded.
FIELDS=
names()
{
	echo "${2:-}/head?raw=${FIELDS}X-Sendfile:%20$(code "$1")%0A%0A&b=not%20this"
}

file()
{
	file_name=$1
	shift
	get "$(names "$file_name")" "$@"
}

test_whole()
{
	text=$(file "$T/files/plain.txt")
	status "$text" 200
	is "$(echo "$text" | body)" 0123456789abcdefghij
	is "$(echo "$text" | field Content-Length)" 20
	is "$(echo "$text" | field Content-Type)" text/plain
	is "$(echo "$text" | field Accept-Ranges)" bytes
	like "$(echo "$text" | field ETag)" '^"[0-9a-f-]+"$'
	like "$(echo "$text" | field Last-Modified)" GMT
	unlike "$text" X-Sendfile
	unlike "$text" 'not this'
}

test_names()
{
	is "$(file "$T/files/a b%20c.html" | body)" 'a blank'
	is "$(file "$T/files/a b%20c.html" | field Content-Type)" text/html
	is "$(file "$T/files/noext" | field Content-Type)" ''
	is "$(file "$T/files/link" | body)" 0123456789abcdefghij
	is "$(file "$T/files/dir/../plain.txt" | body)" 0123456789abcdefghij
	text=$(file "$T/files/empty")
	status "$text" 200
	is "$(echo "$text" | field Content-Length)" 0
}

test_application_wins()
{
	FIELDS='Status:%20404%20Gone%20fishing%0AContent-Type:%20a/b%0AETag:'
	FIELDS=$FIELDS'%20%22mine%22%0AX-More:%201%0AContent-Length:%203%0A'
	text=$(file "$T/files/plain.txt")
	like "$text" '^HTTP/1.1 404 Gone fishing$'
	is "$(echo "$text" | field Content-Type)" a/b
	is "$(echo "$text" | field ETag)" '"mine"'
	is "$(echo "$text" | field X-More)" 1
	is "$(echo "$text" | field Content-Length)" 20
	is "$(echo "$text" | body)" 0123456789abcdefghij
	# ranges and conditions are for 200 alone
	status "$(file "$T/files/plain.txt" 'Range: bytes=0-1')" 404
	FIELDS='ETag:%20%22mine%22%0A'
	status "$(file "$T/files/plain.txt" 'If-None-Match: "mine"')" 304
	FIELDS='x-SENDfile:%20/none%0A'
	status "$(file "$T/files/plain.txt")" 404 'named twice'
	FIELDS='Location:%20/id%0A'
	text=$(file "$T/files/plain.txt")
	status "$text" 200 'before the redirect'
	is "$(echo "$text" | field Location)" /id
}

test_conditions_and_ranges()
{
	text=$(file "$T/files/plain.txt")
	etag=$(echo "$text" | field ETag)
	date=$(echo "$text" | field Last-Modified)
	status "$(file "$T/files/plain.txt" "If-None-Match: $etag")" 304
	status "$(file "$T/files/plain.txt" "If-Modified-Since: $date")" 304
	status "$(file "$T/files/plain.txt" 'If-Match: "x"')" 412
	text=$(file "$T/files/plain.txt" 'Range: bytes=2-4')
	status "$text" 206
	is "$(echo "$text" | field Content-Range)" 'bytes 2-4/20'
	is "$(echo "$text" | body)" 234
	is "$(file "$T/files/plain.txt" 'Range: bytes=-3' | body)" hij
	text=$(file "$T/files/plain.txt" 'Range: bytes=0-0,5-5')
	status "$text" 206
	like "$text" '^Content-Type: multipart/byteranges; boundary='
	like "$text" '^Content-Range: bytes 5-5/20$'
	text=$(file "$T/files/plain.txt" 'Range: bytes=20-')
	status "$text" 416
	is "$(echo "$text" | field Content-Range)" 'bytes */20'
	text=$(file "$T/files/plain.txt" 'Range: bytes=2-4' 'If-Range: "x"')
	status "$text" 200
	text=$(file "$T/files/large.bin" 'Range: bytes=299990-')
	is "$(echo "$text" | body)" zzzzzzzzzz
	is "$(file "$T/files/large.bin" | body | tr -d '\n' | wc -c |
	    tr -d ' ')" 300000
}

test_head()
{
	text=$(wire s "HEAD $(names "$T/files/large.bin") HTTP/1.1\\r\\n" \
	    s 'Host: x\r\n\r\n' kh s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k |
	    tr -d '\r')
	is "$(echo "$text" | field Content-Length | head -n 1)" 300000
	like "$text" '^X-Backend: app$'
}

test_settings()
{
	text=$(get "$(names "$T/files/plain.txt" /off)")
	is "$(echo "$text" | body)" 'not this'
	like "$text" '^X-Sendfile: '
	is "$(get "$(names "$T/files/plain.txt" /named)" | body)" 'not this'
	text=$(get "/named/head?raw=X-Send-Static:%20$T/files/plain.txt%0A%0A")
	is "$(echo "$text" | body)" 0123456789abcdefghij
	is "$(get "$(names "$T/other/secret" /other)" | body)" secret
	status "$(get "$(names "$T/files/plain.txt" /other)")" 403
}

# Never a byte from outside, never a hang, never an empty 200.
test_confinement()
{
	for name in "$T/other/secret" /etc/passwd "$T/files/../other/secret" \
	    "$T/files/out" "$T/files/outdir/secret" "$T/files/loop" \
	    "$T/files/dir" "$T/files/" "$T/files" "$T/files/fifo" / /dev/null \
	    /proc/self/environ "$T/filesandmore" /dev/../etc/passwd; do
		text=$(file "$name")
		status "$text" 403 "$name"
		unlike "$text" secret "$name"
	done
	for name in "$T/files/none" "$T/files/plain.txt/" \
	    "$T/files/plain.txt/more" "$T/files/%2e%2e/other/secret" \
	    plain.txt "files/plain.txt" '' "$T/files/$(printf '%04000d' 1)"; do
		status "$(file "$name")" 404 "$name"
	done
	log_has "sendfile: $T/files/none: No such file.*location /,"
	log_has 'sendfile: plain.txt: no absolute path'
}

# Without XSendFilePath what can be read is served, but for what is no file.
test_anywhere()
{
	G=any start_gateway - <<-EOT
	ProxyPass / $URL
	ProxySCGISendfile On
	EOT
	is "$(file "$T/other/secret" | body)" secret
	is "$(file "$T/files/out" | body)" secret
	for name in /proc/self/environ /proc/version /sys/kernel/notes \
	    /dev/null /dev/../proc/version /proc/self/root/etc/passwd \
	    "$T/files/fifo" "$T/files/dir"; do
		case $(file "$name" | head -n 1) in
		*" 403 "*|*" 404 "*)
			;;
		*)
			fail "$name: $(file "$name" | head -n 1)" ;;
		esac
	done
	G=any log_has 'ProxySCGISendfile without XSendFilePath'
}

test_cut_short()
{
	head -c 50000000 /dev/zero >"$T/files/shrinks"
	chmod a+r "$T/files/shrinks"
	spawn slow "$TALK" "$ADDR" "$PORT" \
	    s "GET $(names "$T/files/shrinks") HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" \
	    m '\r\n\r\n' p 500 r
	nap 0.3
	: >"$T/files/shrinks"
	within 8 ended slow || fail 'it hangs'
	log_has 'sendfile: the file became shorter'
}

# An application that has answered a range itself, or encoded its body: the
# file is the whole of it, and the request's Range decides.
test_range_of_the_application()
{
	for code in '206%20Partial%20Content' 416; do
		FIELDS="Status:%20$code%0AContent-Range:%20bytes%205-9/20%0A"
		FIELDS="${FIELDS}Content-Length:%205%0AContent-MD5:%20x%0A"
		FIELDS="${FIELDS}Digest:%20a=b%0AContent-Digest:%20a=:b:%0A"
		FIELDS="${FIELDS}Content-Encoding:%20gzip%0AX-Own:%20kept%0A"
		text=$(file "$T/files/plain.txt")
		status "$text" 200 "$code"
		is "$(echo "$text" | body)" 0123456789abcdefghij "$code"
		is "$(echo "$text" | field Content-Length)" 20 "$code"
		is "$(echo "$text" | field X-Own)" kept "$code"
		unlike "$text" '^(Content-(Range|MD5|Digest|Encoding)|Digest):'
		text=$(file "$T/files/plain.txt" 'Range: bytes=5-9')
		status "$text" 206 "$code"
		is "$(echo "$text" | body)" 56789 "$code"
		is "$(echo "$text" | field Content-Range)" 'bytes 5-9/20'
		text=$(file "$T/files/plain.txt" 'Range: bytes=50-')
		status "$text" 416 "$code"
		is "$(echo "$text" | field Content-Range)" 'bytes */20'
	done
	FIELDS=
}

# Content-Encoding stays where the file is what is encoded.
test_encoded_file()
{
	printf 'plain text' | gzip -c >"$T/files/zipped"
	printf 'brotli' >"$T/files/x.br"
	chmod a+r "$T/files/zipped" "$T/files/x.br"
	for coding in gzip x-gzip 'br,%20gzip'; do
		FIELDS="Content-Encoding:%20$coding%0A"
		like "$(file "$T/files/zipped" | tr -d '\000')" \
		    "^Content-Encoding: $(echo "$coding" | sed 's/%20/ /')\$"
		unlike "$(file "$T/files/plain.txt")" '^Content-Encoding'
	done
	FIELDS='Content-Encoding:%20br%0A'
	like "$(file "$T/files/x.br")" '^Content-Encoding: br$'
	unlike "$(file "$T/files/plain.txt")" '^Content-Encoding'
	FIELDS='Content-Encoding:%20own%0A'
	like "$(file "$T/files/plain.txt")" '^Content-Encoding: own$'
	FIELDS=
}

# What was said for a success goes with it.
test_error_for_a_named_file()
{
	FIELDS='Cache-Control:%20max-age=99%0AExpires:%20x%0APragma:%20x%0A'
	FIELDS="${FIELDS}Age:%201%0AETag:%20%22a%22%0AContent-Location:%20/x%0A"
	FIELDS="${FIELDS}Digest:%20a=b%0AContent-Disposition:%20attachment%0A"
	FIELDS="${FIELDS}Accept-Ranges:%20bytes%0AContent-Encoding:%20gzip%0A"
	FIELDS="${FIELDS}Set-Cookie:%20a=b%0AX-Own:%20kept%0A"
	text=$(file "$T/files/none")
	status "$text" 404
	like "$text" '^Set-Cookie: a=b$'
	like "$text" '^X-Own: kept$'
	unlike "$text" '^(Cache-Control|Expires|Pragma|Age|ETag|Digest):'
	unlike "$text" '^(Content-(Location|Disposition|Enc)|Accept-)'
	FIELDS=
}

run_tests
